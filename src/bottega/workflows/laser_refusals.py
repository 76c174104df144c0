"""What laser work answers when it cannot be done: which material may not be burnt, and how to come by a picture.

A refusal for safety is said in the language of the sentence; the reasons themselves are `materials.toml`'s.
"""

from bottega.errors import InvalidOption, MissingInput
from bottega.intent.enhance_prompt import language_of
from bottega.laser.materials import refuse_forbidden
from bottega.laser.prompts import template
from bottega.workflows.laser_subject import describes_a_picture, picture_wording

_REFUSED = {
    "ru": "Этот материал нельзя обрабатывать лазером ({title}): {reason}.",
    "fr": "Cette matière ne doit jamais passer au laser ({title}) : {reason}.",
    "es": "Este material nunca debe pasar por el láser ({title}): {reason}.",
    "de": "Dieses Material darf nie gelasert werden ({title}): {reason}.",
}
_INSTEAD = {
    "ru": "Возьмите другой материал, например фанеру, пробку или кожу растительного дубления. Если слово лишь называет "
    "то, что на картинке, уберите его из фразы.",
    "fr": "Prenez une autre matière, comme le contreplaqué, le liège ou le cuir tanné végétal. Si le mot ne nomme que ce "
    "que montre l'image, ôtez-le de la phrase.",
    "es": "Elija otro material, como contrachapado, corcho o cuero de curtido vegetal. Si la palabra solo nombra lo que "
    "muestra la imagen, quítela de la frase.",
    "de": "Nehmen Sie ein anderes Material, etwa Sperrholz, Kork oder pflanzlich gegerbtes Leder. Nennt das Wort nur, was "
    "das Bild zeigt, lassen Sie es weg.",
}


def refuse_forbidden_in(prompt: str, spoken: str) -> None:
    """As `refuse_forbidden` for `spoken`, in the language of the whole `prompt`. Raises InvalidOption."""
    try:
        refuse_forbidden(spoken)
    except InvalidOption as refused:
        language = language_of(prompt) or "en"
        reason = refused.details["reasons"].get(language)
        if language not in _REFUSED or reason is None:
            raise
        title = refused.message.partition(" must never")[0]
        raise InvalidOption(
            _REFUSED[language].format(title=title, reason=reason),
            hint=_INSTEAD[language],
            **refused.details,
        ) from None


def no_picture(
    prompt: str, *, given: bool = False, process: str = "engrave", stencil: bool = False
) -> MissingInput:
    """What to ask an image model for, and what to do with its picture, so that there is one to laser."""
    said = (
        "What was given is neither a picture nor an SVG drawing."
        if given
        else "A picture to engrave is needed."
    )
    if given or not describes_a_picture(prompt):
        hint = "Add a picture or an SVG drawing in the role working."
        told = "" if given else " Or say what it is to show, such as “engrave a wolf on plywood”."
        return MissingInput(said, hint=f"{hint}{told}")
    wording = picture_wording(prompt, process, stencil=stencil)
    steps = (
        {
            "workflow": "image_generation",
            "prompt": wording.prompt,
            "negative_prompt": wording.negative_prompt,
        },
        {
            "workflow": "laser",
            "prompt": prompt,
            "input": "the picture of the first step, in the role working",
        },
    )
    hint = (
        f"Add one in the role working, or make it in two jobs: first “{wording.prompt}” with the workflow "
        f"image_generation ({template(wording.style).title}), then this sentence again with that picture."
    )
    return MissingInput(said, hint=hint, laser_prompt=wording.model_dump(mode="json"), steps=list(steps))
