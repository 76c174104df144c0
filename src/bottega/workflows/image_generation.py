"""Pictures from a sentence: which options there are, what the sentence says of them, what must come out.

How pictures are made is left to the engines that offer `generate`.
"""

import re
from typing import Any, ClassVar, Literal

from pydantic import Field

from bottega.domain.intent import Intent, WorkClass
from bottega.domain.request import Request
from bottega.domain.task import Task, TaskInput
from bottega.domain.verdict import Criterion, Rubric
from bottega.errors import InvalidOption
from bottega.intent.normalise import normalise
from bottega.workflows.protocol import InputSpec, Options
from bottega.workflows.wording import Wish, prompts_for

Size = Literal[
    "512x512",
    "768x768",
    "1024x1024",
    "1536x1024",
    "1024x1536",
    "1152x864",
    "864x1152",
    "1536x864",
    "864x1536",
    "1792x1024",
    "1024x1792",
]
"""Width x height in pixels: the API's standard sizes, and the usual aspect ratios at about one megapixel with
both sides divisible by 16, as diffusion models need."""

_SIZES = frozenset(Size.__args__)
_SHAPES: dict[str, Size] = {
    "square": "1024x1024",
    "landscape": "1536x1024",
    "horizontal": "1536x1024",
    "portrait": "1024x1536",
    "vertical": "1024x1536",
    "widescreen": "1536x864",
}
_FORMAT = r"(?:format|formato|формат\w*|ориентаци\w*|bild|image|imagen|foto|poster|plakat|affiche|cartel|картинк\w*|изображени\w*|постер\w*)"
_SHAPES_ELSEWHERE = tuple(
    (re.compile(pattern), size)
    for pattern, size in (
        (
            rf"\bhochformat\w*|\bhochkant\b|\bformat portrait\b|\bformato (?:vertical|retrato)\b|\bвертикальн\w* {_FORMAT}"
            rf"|\b(?:portratformat|senkrechtes {_FORMAT})\b|\b{_FORMAT} verticale?\b|\bв вертикальном\b",
            "1024x1536",
        ),
        (
            rf"\bquerformat\w*|\bformat paysage\b|\bformato (?:horizontal|apaisado)\b|\bгоризонтальн\w* {_FORMAT}"
            rf"|\bwaagerechtes {_FORMAT}\b|\b{_FORMAT} horizontale?\b|\bальбомн\w* {_FORMAT}",
            "1536x1024",
        ),
        (r"\bbreitbild\w*|\bgrand ecran\b|\b(?:formato )?panoramico\b|\bширокоэкранн\w*", "1536x864"),
        (
            rf"\bquadratische[sn]? {_FORMAT}|\b{_FORMAT} carree?\b|\bformat carre\b|\b{_FORMAT} cuadrad[oa]\b|\bквадратн\w* {_FORMAT}",
            "1024x1024",
        ),
    )
)
"""German, French, Spanish and Russian, in the form that `normalise` gives."""
_RATIOS: dict[str, Size] = {
    "1:1": "1024x1024",
    "3:2": "1536x1024",
    "2:3": "1024x1536",
    "4:3": "1152x864",
    "3:4": "864x1152",
    "16:9": "1536x864",
    "9:16": "864x1536",
}
_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NUMBERS = {word: number for number, word in enumerate(_WORDS, 1)}

_SHAPE = "|".join(_SHAPES)
_PICTURES = (
    r"(?:pictures?|images?|photos?|photographs?|posters?|illustrations?|wallpapers?|drawings?|paintings?)"
)
_NUMBER = rf"(?P<n>\d{{1,3}}|{'|'.join(_NUMBERS)})"
# "Portrait" and "landscape" are also what a picture can be of: alone they say nothing about its shape.
_SHAPE_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(?P<shape>{_SHAPE})[ -](?:format|orientation|oriented|mode|layout|aspect|shaped?|ratio)\b",
        rf"\bin (?P<shape>{_SHAPE})(?=\s*(?:$|[,.;!]))",
        rf"(?:^|[,;.(])\s*(?P<shape>{_SHAPE})\s*(?=$|[,;.!)])",
        rf"\b(?P<shape>square|horizontal|vertical|widescreen)\s+{_PICTURES}\b",
    )
)
_RATIO_PATTERN = re.compile(r"(?<![\d:.])(?P<ratio>\d{1,2}\s?:\s?\d{1,2})(?![\d:]|\s*[ap]\.?m\b)")
_SIZE_PATTERN = re.compile(r"\b(?P<width>\d{3,4})\s?[x×]\s?(?P<height>\d{3,4})\b")
_COUNT_PATTERNS = (
    re.compile(
        rf"\b{_NUMBER}\s+(?:different\s+|other\s+)?(?:variants?|variations?|versions?|alternatives?)\b"
    ),
    # Pictures are counted only where the sentence begins: further on they may hang on a wall.
    re.compile(
        rf"^\W*(?:please\s+)?(?:(?:make|create|generate|draw|paint|render|give|show|produce|i want|i need)\s+)?"
        rf"(?:me\s+|us\s+)?{_NUMBER}\s+(?:different\s+)?{_PICTURES}\b"
    ),
)
_WORDS_ELSEWHERE = (
    r"zwei|deux|dos|два|две",
    r"drei|trois|tres|три",
    r"vier|quatre|cuatro|четыре",
    r"funf|cinq|cinco|пять",
    r"sechs|seis|шесть",
    r"sieben|sept|siete|семь",
    r"acht|huit|ocho|восемь",
)
"""From two to eight, as many as can be ordered; `six` is English as well."""
_NUMBER_ELSEWHERE = rf"(?P<n>\d{{1,3}}|six|{'|'.join(_WORDS_ELSEWHERE)})"
_COUNT_ELSEWHERE = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b{_NUMBER_ELSEWHERE} (?:verschiedene |andere |differentes |diferentes |разны\w+ )?"
        r"(?:varianten|versionen|variantes|variaciones|versiones|вариант\w*|верси\w*)\b",
        rf"^\W*(?:bitte |por favor |s'il te plait |пожалуйста,? )?"
        r"(?:(?:mach|mache|erstelle|erzeuge|generiere|male|zeichne|zeig|ich will|ich mochte|fais|cree|genere|dessine|peins"
        r"|je veux|je voudrais|haz|hazme|crea|genera|dibuja|pinta|quiero|сделаи|создаи|нарисуи|сгенерируи|хочу|покажи) )?"
        rf"(?:mir |uns |-?moi |-?nous |me |nos |мне |нам )?{_NUMBER_ELSEWHERE} (?:verschiedene |разны\w+ )?"
        r"(?:bilder|fotos|plakate|poster|illustrationen|zeichnungen|gemalde|images|photos|affiches|illustrations|dessins"
        r"|imagenes|carteles|ilustraciones|dibujos|cuadros|картин\w*|изображени\w*|фото\w*|рисунк\w*|постер\w*)\b",
    )
)
_SEED_PATTERN = re.compile(
    r"(?:\b(?:with|using|use|same)\s+(?:the\s+)?seed\s*[:=]?|\bseed\s*[:=])\s*(?P<seed>\d{1,10})\b"
)


class ImageGenerationOptions(Options):
    size: Size = Field(default="1024x1024", description="Width x height of each picture in pixels.")
    n: int = Field(default=1, ge=1, le=8, description="How many pictures to make; each has its price.")
    seed: int | None = Field(
        default=None,
        ge=0,
        le=2**32 - 1,
        description="The same seed gives the same picture again, with models that take one.",
    )
    quality: Literal["auto", "low", "medium", "high"] = Field(
        default="auto", description="The model's own quality setting; auto leaves it to the model."
    )
    negative_prompt: str | None = Field(
        default=None, max_length=1000, description="What must not be seen in the picture."
    )


class ImageGeneration:
    """A task has the features `size:<width>x<height>`, and where asked for `variants` (more than one picture),
    `seed` and `quality:<level>`; a model's catalogue entry lists those it offers, `size:*` for any size."""

    name: ClassVar[str] = "image_generation"
    work_class: ClassVar[WorkClass] = WorkClass.IMAGE_GENERATION
    title: ClassVar[str] = "Make a picture"
    summary: ClassVar[str] = "New pictures from a description, one or several, in the shape you need."
    examples: ClassVar[tuple[str, ...]] = (
        "A red bicycle in front of a bakery at dawn, in landscape format",
        "Three variants of a poster for a jazz night, 2:3",
        "A paper boat on a calm sea, watercolour, with seed 42",
    )
    inputs: ClassVar[tuple[InputSpec, ...]] = ()
    options: ClassVar[type[Options]] = ImageGenerationOptions

    def read_options(self, prompt: str) -> dict[str, Any]:
        """What the sentence says of `size`, `n` and `seed`, in five languages (`seed` in English). A number over a limit is returned as it was said, so
        that the answer is a plain refusal and not a smaller order than was placed. Quality is not read: "high
        quality" is said of every picture."""
        text, folded = prompt.lower(), normalise(prompt)
        read: dict[str, Any] = {}
        if size := _read_size(text) or _shape_elsewhere(folded):
            read["size"] = size
        count = next((found for pattern in _COUNT_PATTERNS if (found := pattern.search(text))), None)
        if count is not None:
            word = count["n"]
            read["n"] = _NUMBERS[word] if word in _NUMBERS else int(word)
        elif (number := _count_elsewhere(folded)) is not None:
            read["n"] = number
        if seed := _SEED_PATTERN.search(text):
            read["seed"] = int(seed["seed"])
        return read

    def prepare(
        self, request: Request, intent: Intent, options: Options, inputs: tuple[TaskInput, ...]
    ) -> Task:
        """What is described goes to the model as it was said. `output_megapixels` is that of all pictures together, because
        they are all paid for. Raises InvalidOption when there is no prompt, or a picture."""
        assert isinstance(options, ImageGenerationOptions)
        prompt = request.prompt.strip()
        if not prompt:
            raise InvalidOption(
                "There is no description of the picture.", hint='Say what it shows, such as "a red bicycle".'
            )
        if inputs:
            raise InvalidOption(
                "New pictures are made from a description alone.",
                hint="Leave the picture out, or name the workflow image_editing to change it.",
            )
        width, height = (int(side) for side in options.size.split("x"))
        return Task(
            workflow=self.name,
            operation="generate",
            features=_features(options),
            prompt=prompt,
            prompts=prompts_for(Wish(said=prompt, avoid=(options.negative_prompt or "").strip())),
            parameters=options.model_dump(mode="json", exclude_none=True),
            seed=options.seed,
            output_megapixels=options.n * width * height / 1e6,
        )

    def rubric(self, options: Options) -> Rubric:
        """Finds pictures that failed (blank, black, blown out, one flat colour), and says nothing of taste: a
        drawing with a few lines on white paper passes."""
        return Rubric(
            name="image_generation",
            criteria=(
                Criterion(
                    measure="detail",
                    rule="at_least",
                    threshold=0.005,
                    why="There is next to nothing in the picture.",
                ),
                Criterion(
                    measure="contrast",
                    rule="at_least",
                    threshold=0.02,
                    why="The picture is nearly one single tone.",
                ),
                Criterion(
                    measure="clipping",
                    rule="at_most",
                    threshold=0.999,  # a black shape on white paper has only its soft edge in between
                    why="Nearly all of the picture is pure black or pure white.",
                ),
            ),
        )


def _features(options: ImageGenerationOptions) -> frozenset[str]:
    features = {f"size:{options.size}"}
    if options.n > 1:
        features.add("variants")
    if options.seed is not None:
        features.add("seed")
    if options.quality != "auto":
        features.add(f"quality:{options.quality}")
    return frozenset(features)


def _read_size(text: str) -> str | None:
    """A size in pixels, an aspect ratio or a word for the shape, in this order of precision."""
    if (pixels := _SIZE_PATTERN.search(text)) and (size := f"{pixels['width']}x{pixels['height']}") in _SIZES:
        return size
    for ratio in _RATIO_PATTERN.finditer(text):
        if size := _RATIOS.get(ratio["ratio"].replace(" ", "")):
            return size
    found = next((match for pattern in _SHAPE_PATTERNS if (match := pattern.search(text))), None)
    return None if found is None else _SHAPES[found["shape"]]


def _shape_elsewhere(text: str) -> str | None:
    return next((size for pattern, size in _SHAPES_ELSEWHERE if pattern.search(text)), None)


def _count_elsewhere(text: str) -> int | None:
    found = next((match for pattern in _COUNT_ELSEWHERE if (match := pattern.search(text))), None)
    if found is None:
        return None
    word = found["n"]
    if word.isdecimal():
        return int(word)
    spelt = (number for number, words in enumerate(_WORDS_ELSEWHERE, 2) if word in words.split("|"))
    return next(spelt, 6)
