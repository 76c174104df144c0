"""What a sentence orders in so many words, against the class that it was taken for as a whole: edits that enhancing knows
nothing of, a smaller picture, and what the chosen work will leave undone.

How the words of a workflow are read is the workflow's own; here two readings of one sentence are compared.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from bottega.domain.intent import Intent, WorkClass
from bottega.domain.request import Request, Role
from bottega.domain.task import TaskInput
from bottega.errors import InvalidOption
from bottega.intent.lexicon import default_lexicon
from bottega.intent.normalise import clean, normalise
from bottega.planning.converting import format_alone
from bottega.workflows.protocol import Workflow
from bottega.workflows.registry import workflow_for

EDITING: Final = str(WorkClass.IMAGE_EDITING)
ENHANCING: Final = str(WorkClass.IMAGE_ENHANCEMENT)

_NEXT_TO_EDITING: Final = (WorkClass.IMAGE_EDITING, WorkClass.IMAGE_ENHANCEMENT)
_IN_WORDS: Final = frozenset({"instruction", "restore", "colourise", "creative"})
"""With these a generative model is given the whole sentence."""
_EXPOSES: Final = frozenset({"auto_exposure", "improve"})
_NAMES: Final[dict[str, dict[str, str]]] = {
    EDITING: {
        "rotate": "turning",
        "flip": "mirroring",
        "aspect": "cropping",
        "crop": "cropping",
        "exposure": "brightness",
        "contrast": "contrast",
        "temperature": "colour temperature",
        "tint": "tint",
        "saturation": "saturation",
        "background": "the background",
    },
    ENHANCING: {
        "scale": "enlarging",
        "sharpen": "sharpening",
        "denoise": "removal of noise",
        "auto_exposure": "correction of the exposure",
        "improve": "improving",
        "restore": "restoring",
        "colourise": "colourising",
    },
}

# Normalised text: lower case, no accents, "й" reads "и".
_SMALLER: Final = re.compile(
    r"\b(?:smaller|shrink\w*|down-?(?:scale|size|sample)\w*|scal\w* (?:\w+ ){0,3}down|(?:reduce|halve) (?:it|this|its size)"
    r"|(?:reduce|halve|decrease) (?:the |its )?(?:\w+ ){0,2}(?:size|resolution)|half (?:the|its|as large|as big|(?:the )?size)"
    r"|kleiner\w*|verkleiner\w*|herunterskalier\w*|halb so gross|halbe grosse|halbier\w*|plus petite?|rape?tiss\w*"
    r"|redui\w* (?:la |sa )?(?:taille|resolution)|moitie|mas pequen\w*|reduc\w* (?:el |su )?tamano|encog\w*|mitad"
    r"|меньше|поменьше|уменьш\w*|вдвое меньше|половин\w*)"
)
_FILE_SIZE: Final = re.compile(
    r"\b(?:file ?size|dateigrosse|poids du fichier|taille du fichier|tamano del archivo|размер фаила)\b"
)
_BYTES: Final = re.compile(
    r"\b(?:under|below|less than|smaller than|at most|max\w*|unter|hochstens|kleiner als|moins de|sous|menos de|maximo"
    r"|до|меньше|не более) \d+(?:[.,]\d+)? ?(?:[km]i?b|[km]o|[км]б|kilobytes?|megabytes?)\b"
)
_NOT: Final = re.compile(
    r"\b(?:not|\w*n.t|dont|never|no|without|nicht|kein\w*|ohne|ne|pas|sans|sin|не|без)\b[^,.;:!?]{0,20}$"
)
_PERCENT: Final = re.compile(
    r"(?P<by>\b(?:by|um|de|en un|на)\s)?(?P<n>\d{1,3}(?:[.,]\d)?) ?(?:%|percent|prozent|pour ?cent|por ciento|процент\w*)"
)
_TIMES: Final = re.compile(
    r"(?<![\w.])(?P<n>\d(?:[.,]\d)?) ?(?:x|х|×|times|mal|fois|veces|раза?)(?![\w])|\b(?P<twice>twice|doppelt|вдвое)\b"
)
_SHARES: Final = {
    1 / 2: r"\bhal(?:f|ve)\b|\bhalb\w*|\bhalfte\b|moitie|mitad|половин\w*",
    1 / 3: r"\bone[- ]third\b|\bdrittel\b|\btiers\b|\btercio\b|\bтреть\b|\bтрети\b",
    1 / 4: r"\b(?:one[- ])?quarter\b|\bviertel\b|\bquart\b|\bcuarto\b|\bчетверт\w*",
}


_SMALL_WORDS: Final = re.compile(
    r"make|made|it|this|that|the|an?|my|image|picture|photo|photograph|file|size|resolution|please|can|you|to|by|of|its|just"
    r"|as|large|big|in|than|under|below"
    r"|mache?|es|das|dies|diese[sn]?|d[ie]e|den|bild|foto|datei|grosse|auf|um|bitte|kannst|du|auflosung|so|gross|nur"
    r"|rends?|fais|l[ae]|les|l|cette|ce|fichier|taille|de|d|en|s|il|te|vous|plait|svp|par"
    r"|haz(?:l[ao])?|est[ae]|el|imagen|archivo|tamano|al|por|favor|un|hasta"
    r"|сделаи|сделать|это|эту|фото|фотографию|картинку|изображение|размер|в|до|на|раза|пожалуиста"
)
"""With the words for smaller and how much, all of a sentence that speaks of the whole picture's size; normalised."""
_PIXELS: Final = frozenset({"width", "height", "long_side"})
_ABOUT_SIZE: Final = frozenset({"scale", "format"})


@dataclass(frozen=True, slots=True)
class Ordered:
    """The intent as the order has it, and options of its workflow that the sentence says beside those that the workflow
    reads itself."""

    intent: Intent
    options: dict[str, Any] = field(default_factory=dict[str, Any])


def ordered(
    intent: Intent, request: Request, inputs: Sequence[TaskInput], workflows: Mapping[str, Workflow]
) -> Ordered:
    """Editing instead of an enhancement (or of hair, where there is no word of it) of which the sentence says nothing, when
    it orders edits that this machine can do, or a smaller picture; and where it asks for another file format alone.

    Whoever named the workflow, the model or an option is taken at their word. Raises InvalidOption for a smaller picture
    of no size that could be computed: it would be enlarged.
    """
    editing, said = workflows.get(EDITING), request.prompt
    if editing is None or request.workflow or request.model or request.options:
        return Ordered(intent)
    sides = _widths(inputs)
    if (file_format := format_alone(normalise(said))) and len(sides) == 1:
        # As wide as it is: written anew, and not changed.
        same = {"format": file_format, "width": sides[0], "instruction": None}
        return Ordered(_as_editing(intent, "another file format"), same)
    if intent.out_of_scope:
        return Ordered(intent)
    own = workflow_for(dict(workflows), intent).read_options(said)
    if size := _smaller(said, intent, own, inputs):
        return Ordered(_as_editing(intent, "a smaller size"), size)
    if own or not _may_change(intent, said):
        return Ordered(intent)
    edits = editing.read_options(said)
    if edits and not _IN_WORDS & edits.keys():
        return Ordered(_as_editing(intent, ", ".join(_named(EDITING, edits))))
    return Ordered(intent)


def undone_note(
    request: Request, workflow: Workflow, own: Mapping[str, Any], workflows: Mapping[str, Workflow]
) -> tuple[str, ...]:
    """For people, where a picture is edited or enhanced and the sentence asks for something of the other kind, which needs a
    job of its own; empty where all is done. `own`: the options that were read for the work."""
    other = workflows.get({EDITING: ENHANCING, ENHANCING: EDITING}.get(workflow.name, ""))
    if other is None or not own or _IN_WORDS & (own.keys() | request.options.keys()):
        return ()
    left = dict(other.read_options(request.prompt))
    if own.keys() & _EXPOSES or "exposure" in own:
        left = {name: value for name, value in left.items() if name not in {"exposure", "auto_exposure"}}
    if own.keys() & _PIXELS:
        left.pop("scale", None)
    names = _named(other.name, left)
    if not names or "instruction" in left:
        return ()
    done = "enhances" if workflow.name == ENHANCING else "edits"
    return (
        f"One thing at a time: this job {done} the picture. Ask for {', '.join(names)} in a job of its own.",
    )


def _may_change(intent: Intent, said: str) -> bool:
    if intent.workflow is WorkClass.IMAGE_ENHANCEMENT:
        return True
    second = intent.runner_up
    near = second is not None and second.workflow in _NEXT_TO_EDITING
    return (
        intent.workflow is WorkClass.HAIR_STYLING
        and near
        and not default_lexicon().read(clean(said)).has("hair")
    )


def _as_editing(intent: Intent, what: str) -> Intent:
    return intent.model_copy(
        update={
            "workflow": WorkClass.IMAGE_EDITING,
            "subkind": None,
            "out_of_scope": False,
            "reasoning": f"{intent.reasoning} The order decided: {what}.",
            "runner_up": None,
        }
    )


def _named(workflow: str, options: Mapping[str, Any]) -> tuple[str, ...]:
    """What the options do, in words; nothing for those that change nothing, such as a factor of 1."""
    wanted = (name for name, value in options.items() if value and not (name == "scale" and value == 1))
    return tuple(dict.fromkeys(_NAMES[workflow][name] for name in wanted if name in _NAMES[workflow]))


# --- smaller ---------------------------------------------------------------------------------------------------------


def _smaller(
    said: str, intent: Intent, own: Mapping[str, Any], inputs: Sequence[TaskInput]
) -> dict[str, Any]:
    """The width in pixels of a picture that is to be made smaller; empty where that is not asked for, and where something
    else may be meant: a thing in the picture, or `own`, what the sentence says of the work. Raises InvalidOption."""
    text = normalise(said)
    if not any(item.role is Role.WORKING and item.media.is_picture for item in inputs):
        return {}
    enhances = intent.workflow is WorkClass.IMAGE_ENHANCEMENT
    if own.keys() - _ABOUT_SIZE if enhances else not says_no_more(text):
        return {}
    found = _SMALLER.search(text)
    if _BYTES.search(text) or (found and _FILE_SIZE.search(text)):
        raise InvalidOption(
            "A file of so many bytes cannot be promised.",
            hint="Ask for a size in pixels, such as “resize it to 1200 pixels wide”, as a JPEG or WebP.",
        )
    if found is None or _NOT.search(text[: found.start()]):
        return {}
    share = share_left(text)
    sides = _widths(inputs)
    if share is None or len(sides) != 1:
        raise InvalidOption(
            "A smaller picture is asked for, and not how small.",
            hint="Say the size, such as “resize it to 800 pixels wide” or “scale it down to 50 %”.",
        )
    return {"width": max(1, round(sides[0] * share))}


def _widths(inputs: Sequence[TaskInput]) -> list[int]:
    """Of the pictures that are to be worked on, in pixels."""
    working = (item.media for item in inputs if item.role is Role.WORKING and item.media.is_picture)
    return [media.width for media in working if media.width]


def says_no_more(text: str) -> bool:
    """Whether a normalised sentence is about the size of the picture alone: nothing in it, and no other work, is named."""
    rest = text
    for pattern in (_SMALLER, _BYTES, _FILE_SIZE, _PERCENT, _TIMES, *map(re.compile, _SHARES.values())):
        rest = pattern.sub(" ", rest)
    return all(_SMALL_WORDS.fullmatch(word) for word in re.findall(r"[^\W\d_]+", rest))


def share_left(text: str) -> float | None:
    """Of the width and height, by a sentence that asks for a smaller picture and went through `normalise`: 0.5 of "half the
    size" and of "to 50 %", 0.7 of "by 30 %", a third of "3 times smaller". None: it does not say."""
    if percent := _PERCENT.search(text):
        share = float(percent["n"].replace(",", ".")) / 100
        left = 1 - share if percent["by"] else share
        return left if 0 < left < 1 else None
    if times := _TIMES.search(text):
        factor = 2.0 if times["twice"] else float(times["n"].replace(",", "."))
        return 1 / factor if factor > 1 else None
    return next((share for share, words in _SHARES.items() if re.search(words, text)), None)
