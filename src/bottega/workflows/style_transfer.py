"""Style transfer: a photograph as a drawing, a cartoon, a painting, or in the colours of another picture.

Says which style is meant and what the result must satisfy; styles that no engine here knows are named all the
same, so that routing can say so instead of doing something else.
"""

import re
from typing import Any, ClassVar, Final, Literal

from pydantic import Field

from bottega.domain.intent import Intent, WorkClass
from bottega.domain.request import Request, Role
from bottega.domain.task import Task, TaskInput
from bottega.domain.verdict import Criterion, Rubric
from bottega.errors import InvalidOption, MissingInput
from bottega.intent.normalise import normalise
from bottega.workflows.generative import (
    GenerativeOptions,
    choice_features,
    choice_parameters,
    estimated_megapixels,
    same_scene,
    same_shape,
    was_changed,
)
from bottega.workflows.protocol import InputSpec, Options
from bottega.workflows.wording import Wish, prompts_for

StyleName = Literal[
    "pencil_sketch",
    "cartoon",
    "oil_paint",
    "colour_transfer",
    "watercolour",
    "texture",
    "anime",
    "van_gogh",
    "impressionism",
    "cubism",
    "pop_art",
    "pixel_art",
    "mosaic",
    "stained_glass",
    "charcoal",
    "ink",
    "pastel",
    "low_poly",
    "ukiyo_e",
    "render_3d",
    "clay",
    "renaissance",
    "vintage",
    "sepia",
    "noir",
    "cinematic",
    "other",
]
"""Every style that sentences are searched for; `other` is a style that was named and is not in this list."""

# Matched on normalised text: lower case, no accents, so that "й" reads "и". Longer, more particular styles first:
# at the same place the first one wins.
_WORDS: dict[str, str] = {
    "colour_transfer": r"(match|copy|transfer|take|borrow|apply) (the |its )?(colou?rs?|palette|tones?|grading)"
    r"|colou?r(s| palette| scheme| grading)? (transfer|of|from|like)|same (colou?rs|palette)"
    r"|перенос\w* цвет|цвета (с|из|как|друго|этои)|couleurs (de|du|comme)|transfert de couleur|meme palette"
    r"|colores (de|del|como)|misma paleta|farben (von|des|der|aus|wie)|farbubertragung|gleiche farben",
    "texture": r"(match|copy|transfer|take|borrow|apply|use) (the |its )?(textures?|surface|material|brush ?strokes)"
    r"|textures? (transfer|of|from|like)|same texture|перенос\w* текстур|(с|из) текстур|текстур\w+ (с|из|как|друго|этои)"
    r"|transfert de texture|(meme|la) texture (que|de|du)|textura (de|del|como)|misma textura"
    r"|textur (von|des|der|aus|wie)|texturubertragung|gleiche textur",
    "watercolour": r"water ?colou?r|акварел|aquarel|acuarela",
    "anime": r"\banime\b|manga|ghibli|аниме|манга",
    "van_gogh": r"van gogh|ван гог|starry night",
    "impressionism": r"impressionis|импрессионис|monet\b|impresionis|renoir",
    "cubism": r"cubis|kubis|кубизм|picasso|пикассо",
    "pop_art": r"pop[ -]?art|warhol|lichtenstein|поп[ -]?арт",
    "pixel_art": r"pixel[ -]?art|8[ -]?bit|пиксель[ -]?арт|pixelkunst|arte de pixel",
    "mosaic": r"mosai[ck]|мозаик|mosaique|mosaico",
    "stained_glass": r"stained glass|витраж|vitrail|vitral|buntglas",
    "charcoal": r"charcoal|угл[ея]м|уголь|fusain|carboncillo|kohlezeichnung",
    "ink": r"ink (drawing|wash|painting|sketch)|pen and ink|тушью|encre|tinta china|tuschezeichnung",
    "pastel": r"pastel (drawing|painting)|in pastels|пастел|au pastel|al pastel|pastellzeichnung",
    "low_poly": r"low[ -]?poly",
    "ukiyo_e": r"ukiyo|hokusai|хокусаи|woodblock|гравюр",
    "clay": r"claymation|\bclay\b|plasticine|пластилин\w*|pate a modeler|plastilina|knete",
    "render_3d": r"\b3d (render|style|cartoon|model|character)|pixar",
    "renaissance": r"renaissance|ренессанс|возрождени|renacimiento|renacentista",
    "sepia": r"\bsepia|сепи[юяи]",
    "noir": r"(film )?noir (look|style|film)|film noir|нуар|cine negro",
    "vintage": r"\bvintage\b|винтаж|\bretro (look|photo|style|film)|ретро",
    "cinematic": r"cinematic (look|style|grading)|kinolook|кинематографичн|look cinema|aspecto cinematografico",
    "cartoon": r"cartoon|comic|toon\b|мульт(ик|фильм|яшн)|комикс|dessin anime|bande dessinee|caricatur|dibujos animados"
    r"|zeichentrick|карикатур",
    "pencil_sketch": r"pencil|graphite|sketch|\bdrawing\b(?! by)|hand[ -]?drawn|карандаш|набросок|скетч|рисун|crayon|croquis"
    r"|dessin|esquisse|lapiz|dibujo|boceto|bleistift|zeichnung|skizze",
    "oil_paint": r"\boil(s\b|[ -]?paint)|\bin oil|маслом|масло\b|живопис|peinture|a l.?huile|oleo|olgemalde|olmalerei"
    r"|\bolbild|gemalde|\bpainting\b(?! by)|картин[аыу] маслом|pintura",
}
_OTHER = (
    r"\b(in|into|with) (the |a |an )?([\w-]+ ){0,3}style\b|\bstyle of\b|в стиле|dans le style|a la maniere|al estilo"
    r"|estilo de|im stil|\bstilisier|(painting|painted|drawing|drawn) by|like (the|this|my) (reference|second|other)"
)
_PATTERNS = {name: re.compile(pattern) for name, pattern in (*_WORDS.items(), ("other", _OTHER))}
_NOT = re.compile(
    r"\b(not|n.?t|no|never|without|instead of|rather than|ne|pas|sans|sin|nicht|kein\w*|ohne|statt|не|без|вместо)"
    r"( \w+){0,3} $"
)

_STRENGTHS = (
    (0.25, r"very subtle|barely|hint of|едва|a peine|apenas|kaum"),
    (0.5, r"a (little|bit|touch)|slight|subtl|gentl|lightly|half|немного|чуть|слегка|легк|un peu|leger"
     r"|subtil|un poco|liger|sutil|suave|etwas|leicht|ein (wenig|bisschen)|dezent|halb"),
    (1.0, r"strong|full(y)?\b|complete|heav(y|ily)|сильн|полност|fort(ement)?\b|complet|fuerte|stark|vollig|ganz\b"),
)  # fmt: skip
_PERCENT = re.compile(r"(\d{1,3}) ?(%|percent|процент|prozent|por ciento|pour ?cent)")


class StyleOptions(GenerativeOptions):
    style: StyleName = Field(
        default="pencil_sketch",
        description="pencil_sketch, cartoon, oil_paint, watercolour, mosaic, colour_transfer and texture are made on "
        "this machine, the last two after a reference picture; the other styles need a generative model.",
    )
    strength: float = Field(
        default=1.0, ge=0, le=1, description="0 leaves the picture as it is, 1 is all style."
    )
    format: Literal["png", "jpeg", "webp"] | None = Field(
        default=None, description="File format of the result; by default that of the source, or PNG."
    )


_LIKE_IT: Final[dict[str, str]] = {
    "pencil_sketch": "a pencil drawing",
    "cartoon": "a cartoon",
    "oil_paint": "an oil painting",
    "watercolour": "a watercolour painting",
    "texture": "made of the material of the other picture",
    "anime": "a frame of hand-drawn animation in the Japanese manner",
    "van_gogh": "a post-impressionist painting with swirling strokes, in the manner of Van Gogh",
    "impressionism": "an impressionist painting",
    "cubism": "a cubist painting",
    "pop_art": "a pop art print",
    "pixel_art": "pixel art",
    "mosaic": "a mosaic of small stones",
    "stained_glass": "a stained glass window",
    "charcoal": "a charcoal drawing",
    "ink": "an ink drawing",
    "pastel": "a pastel drawing",
    "low_poly": "a low-polygon rendering",
    "ukiyo_e": "a Japanese woodblock print",
    "render_3d": "a 3D animated film",
    "clay": "a scene of modelling clay",
    "renaissance": "a Renaissance oil painting",
    "vintage": "an old colour photograph",
    "sepia": "a sepia-toned photograph",
    "noir": "a black and white film of the 1940s",
    "cinematic": "a frame of a feature film",
}
_FILTERS: Final = {"vintage": "Vintage", "sepia": "Sepia", "noir": "Noir", "cinematic": "Cinematic"}
"""Looks of a photograph, by the names of ready-made filters."""
_FROM_REFERENCE: Final = {"colour_transfer": "match the colours", "texture": "take over the texture"}
_CHARACTERS: Final = ("anime", "clay")
"""Styles that a ready-made model of characters takes by name, beside those made here."""


class StyleTransfer:
    name: ClassVar[str] = "style_transfer"
    work_class: ClassVar[WorkClass] = WorkClass.STYLE_TRANSFER
    title: ClassVar[str] = "Style transfer"
    summary: ClassVar[str] = (
        "A photograph as a drawing, cartoon, painting or mosaic, or in another picture's colours or texture."
    )
    examples: ClassVar[tuple[str, ...]] = (
        "Turn this photo into a pencil drawing",
        "Make a cartoon of it",
        "A subtle oil painting, please",
        "Make it a watercolour",
        "Match the colours of the second picture",
        "Use the texture of the second picture",
    )
    inputs: ClassVar[tuple[InputSpec, ...]] = (
        InputSpec(role=Role.WORKING, description="The picture to restyle.", minimum=1),
        InputSpec(role=Role.REFERENCE, description="The picture whose colours or style are taken over."),
    )
    options: ClassVar[type[Options]] = StyleOptions

    def read_options(self, prompt: str) -> dict[str, Any]:
        """The style named first, and how strong; English, Russian, French, Spanish, German."""
        text = normalise(prompt)
        found: dict[str, Any] = {}
        if style := _style_in(text):
            found["style"] = style
        strength = _strength_in(text)
        if strength is not None:
            found["strength"] = strength
        return found

    def prepare(
        self, request: Request, intent: Intent, options: Options, inputs: tuple[TaskInput, ...]
    ) -> Task:
        """Raises MissingInput without a picture, or without the reference that `colour_transfer` and
        `texture` need."""
        assert isinstance(options, StyleOptions)
        working = [item for item in inputs if item.role is Role.WORKING]
        references = [item for item in inputs if item.role is Role.REFERENCE]
        if not working or not working[0].media.is_picture:
            raise MissingInput("A picture to restyle is needed.", hint="Add one in the role working.")
        if len(working) > 1:
            raise InvalidOption(
                f"One picture is restyled at a time, {len(working)} were given.",
                hint="Ask for the others in jobs of their own; a picture to take colours from has the role reference.",
            )
        if options.style in _FROM_REFERENCE and not (references and references[0].media.is_picture):
            raise MissingInput(
                f"To {_FROM_REFERENCE[options.style]} of another picture, that picture is needed.",
                hint="Add it in the role reference.",
            )
        if options.style == "other" and not references and not request.prompt.strip():
            raise InvalidOption(
                "It is not clear which style is wished.",
                hint="Name it, or give a picture in it as reference.",
            )
        local = _is_local(options)
        return Task(
            workflow=self.name,
            operation="style",
            features=frozenset({_feature(options, references)}) | choice_features(options),
            prompt=request.prompt,
            prompts=prompts_for(_wish(options, request.prompt.strip(), references)),
            inputs=(working[0], *references[:1]),
            parameters=_parameters(options),
            seed=options.seed,
            output_megapixels=working[0].media.megapixels
            if local
            else estimated_megapixels(working[0], options.n),
        )

    def rubric(self, options: Options) -> Rubric:
        """Not blank, in the same shape, and where the style leaves things in their place still the same picture;
        clipping is no fault where paper is white and ink black. The rest is for those who look: `style_transfer`
        among the vision rubrics."""
        assert isinstance(options, StyleOptions)
        return Rubric(
            name=f"style:{options.style}",
            criteria=(
                Criterion(
                    measure="contrast", rule="at_least", threshold=0.02, why="The result is almost one grey."
                ),
                Criterion(
                    measure="detail", rule="at_least", threshold=0.05, why="The result is almost empty."
                ),
                *((was_changed(),) if options.style != "colour_transfer" and options.strength > 0.2 else ()),
                same_shape(),
                *_composition(options),
            ),
            compare_with_source=True,
        )


LOCAL_STYLES = (
    "pencil_sketch",
    "cartoon",
    "oil_paint",
    "watercolour",
    "mosaic",
    "colour_transfer",
    "texture",
)

# Likeness of source and result at full strength, done by filters, over five photographs of scikit-image: 0.97 and more;
# of the result and other photographs: at most 0.19. A model that draws anew shifts lines, and keeps 0.6 to 0.8. Drawings
# in lines alone and styles that rearrange have a likeness of anything: it says nothing there.
_LIKENESS = {"cartoon": 0.4, "oil_paint": 0.4, "watercolour": 0.4, "mosaic": 0.4, "colour_transfer": 0.5}


def _feature(options: StyleOptions, references: list[TaskInput]) -> str:
    if options.style in _FILTERS:
        return "style:filter"
    if options.style == "other" and references:
        return "style:reference"
    return f"style:{options.style}"


def _parameters(options: StyleOptions) -> dict[str, Any]:
    """`style` and `filter` for those that are ordered by name, and `strength` where it is not full."""
    parameters = choice_parameters(options)
    if _is_local(options) or options.style in _CHARACTERS:
        parameters["style"] = options.style
    if options.strength < 1 or _is_local(options):
        parameters["strength"] = options.strength
    if options.format is not None:
        parameters["format"] = options.format
    if options.style in _FILTERS:
        parameters["filter"] = _FILTERS[options.style]
    return parameters


def _wish(options: StyleOptions, said: str, references: list[TaskInput]) -> Wish:
    if options.style == "colour_transfer":
        order = "Give the first picture the colours of the second, and change nothing else in it"
        result = "The same picture in other colours"
    elif options.style == "texture":
        order = "Render the first picture again with the texture and material of the second; take nothing else from it"
        result = "The same scene in the texture of the other picture"
    elif options.style == "other" and references:
        order = "Render the first picture again in the style of the second; take nothing else from the second"
        result = "The same scene in the style of the other picture"
    elif options.style == "other":
        order, result = (
            "Render the picture again in the style that is wished",
            "The same scene in another style",
        )
    else:
        order = f"Render the picture again as {_LIKE_IT[options.style]}"
        result = f"The same scene as {_LIKE_IT[options.style]}"
    subtle = options.strength < 0.6
    return Wish(
        said=said,
        order=order,
        result=result,
        details=("only a touch of the style",) if subtle else (),
        keep=("the composition", "the subject", "the pose", "who is to be seen"),
        pictures=("the picture to render again", *["the picture to go by"] * len(references[:1])),
    )


def _is_local(options: StyleOptions) -> bool:
    return options.style in LOCAL_STYLES


def _composition(options: StyleOptions) -> tuple[Criterion, ...]:
    if options.style not in _LIKENESS:
        return ()
    return (same_scene(_LIKENESS[options.style]),)


def _style_in(text: str) -> str | None:
    """The style mentioned first and not denied; a style that is named but unknown is `other`."""
    best: tuple[int, int, str] | None = None
    for rank, (name, pattern) in enumerate(_PATTERNS.items()):
        for match in pattern.finditer(text):
            if _NOT.search(text[: match.start()]):
                continue
            # A style known by name beats the frame "in the style of" that stands around it.
            place = len(text) if name == "other" else match.start()
            if best is None or (place, rank) < best[:2]:
                best = (place, rank, name)
            break
    return best[2] if best else None


def _strength_in(text: str) -> float | None:
    if percent := _PERCENT.search(text):
        return min(100, int(percent.group(1))) / 100
    for strength, words in _STRENGTHS:
        if re.search(rf"\b({words})", text):
            return strength
    return None
