"""Image editing: crop, turn, size, light, colour and background as options; whatever else is asked for is an
instruction that only a generative model can follow.

What a sentence says is read clause by clause from word tables in English, Russian, French, Spanish and German.
"""

import math
import re
from typing import Any, ClassVar, Literal

from pydantic import Field

from bottega.domain.intent import Intent, WorkClass
from bottega.domain.request import Request, Role
from bottega.domain.task import Task, TaskInput
from bottega.domain.verdict import Criterion, Rubric
from bottega.errors import InvalidOption, MissingInput
from bottega.intent.normalise import normalise
from bottega.workflows.protocol import InputSpec, Options

MAX_SIDE = 30_000


class EditOptions(Options):
    rotate: float = Field(
        default=0.0,
        ge=-360,
        le=360,
        description="Degrees, clockwise; quarter turns lose nothing, other angles crop.",
    )
    flip: Literal["horizontal", "vertical"] | None = Field(
        default=None, description="Mirror left and right (horizontal) or top and bottom (vertical)."
    )
    aspect: str | None = Field(
        default=None,
        pattern=r"^[1-9]\d{0,3}:[1-9]\d{0,3}$",
        description="Crop to these proportions, width:height, such as 1:1, 4:5 or 16:9; keeps what matters most.",
    )
    crop: str | None = Field(
        default=None,
        pattern=r"^\d{1,5},\d{1,5},[1-9]\d{0,4},[1-9]\d{0,4}$",
        description="Crop to this box: left,top,width,height in pixels, after turning and mirroring.",
    )
    width: int | None = Field(default=None, ge=1, le=MAX_SIDE, description="Width of the result, pixels.")
    height: int | None = Field(
        default=None,
        ge=1,
        le=MAX_SIDE,
        description="Height of the result, pixels; with a width too, it is cropped to fit.",
    )
    exposure: float = Field(default=0.0, ge=-3, le=3, description="Stops (EV): 1 is twice the light.")
    contrast: float = Field(default=0.0, ge=-1, le=1, description="Below 0 flatter, above 0 stronger.")
    temperature: float = Field(
        default=0.0, ge=-1, le=1, description="Below 0 cooler (bluer), above 0 warmer."
    )
    tint: float = Field(default=0.0, ge=-1, le=1, description="Below 0 greener, above 0 more magenta.")
    saturation: float = Field(
        default=0.0, ge=-1, le=1, description="-1 is black and white, 1 twice as colourful."
    )
    background: Literal["keep", "blur", "remove"] = Field(
        default="keep", description="Blur what is behind the subject, or make a plain background transparent."
    )
    instruction: str | None = Field(
        default=None,
        max_length=2000,
        description="What else is to change, in words; needs a generative model.",
    )
    format: Literal["png", "jpeg", "webp"] | None = Field(
        default=None, description="File format of the result; by default that of the source, or PNG."
    )


ASKABLE = (
    "crop to a ratio, rotate, mirror, resize, brighter or darker, contrast, warmer or cooler, saturation or black and "
    "white, blur or remove the background"
)


class ImageEditing:
    name: ClassVar[str] = "image_editing"
    work_class: ClassVar[WorkClass] = WorkClass.IMAGE_EDITING
    title: ClassVar[str] = "Image editing"
    summary: ClassVar[str] = "Crop, turn, size, light, colour and background of a picture."
    examples: ClassVar[tuple[str, ...]] = (
        "Make it warmer and crop to a square",
        "A bit brighter, with more contrast",
        "Rotate 90 degrees left and make it 800 pixels wide",
        "Blur the background",
    )
    inputs: ClassVar[tuple[InputSpec, ...]] = (
        InputSpec(role=Role.WORKING, description="The picture to edit.", minimum=1),
    )
    options: ClassVar[type[Options]] = EditOptions

    def read_options(self, prompt: str) -> dict[str, Any]:
        """The edits that the sentence asks for, clause by clause ("don't crop" asks for none).

        A clause that asks for something else to be made, removed or replaced puts the whole sentence into
        `instruction`.
        """
        text = _ONE_WORD.sub(" monochrome ", normalise(prompt))
        found: dict[str, Any] = {}
        for clause in _CLAUSES.split(text):
            edits, is_generative = _read_clause(clause)
            found |= edits
            if is_generative:
                found["instruction"] = prompt.strip()
        return found

    def prepare(
        self, request: Request, intent: Intent, options: Options, inputs: tuple[TaskInput, ...]
    ) -> Task:
        """Raises MissingInput without a picture, InvalidOption when nothing is asked for or options contradict."""
        assert isinstance(options, EditOptions)
        working = [item for item in inputs if item.role is Role.WORKING]
        if not working or not working[0].media.is_picture:
            raise MissingInput("A picture to edit is needed.", hint="Add one in the role working.")
        if len(working) > 1:
            raise InvalidOption(
                f"One picture is edited at a time, {len(working)} were given.",
                hint="Ask for the others in jobs of their own.",
            )
        features = _features(options)
        if not features:
            raise InvalidOption(
                "It is not clear what to change in the picture.", hint=f"You can ask for: {ASKABLE}."
            )
        if options.background == "remove" and options.format == "jpeg":
            raise InvalidOption(
                "A JPEG file cannot be transparent.", hint="Ask for png or webp, or keep the background."
            )
        return Task(
            workflow=self.name,
            operation="edit",
            features=features,
            prompt=request.prompt,
            inputs=(working[0],),
            parameters=options.model_dump(mode="json", exclude_defaults=True),
            output_megapixels=_output_megapixels(
                options, working[0].media.width or 1, working[0].media.height or 1
            ),
        )

    def rubric(self, options: Options) -> Rubric:
        """What can honestly be measured: a result that is not empty, no tones lost that were not asked to go, and,
        where the frame is the same, sharpness and likeness."""
        assert isinstance(options, EditOptions)
        criteria = [
            Criterion(measure="detail", rule="at_least", threshold=0.005, why="The result is almost empty."),
        ]
        compares = options.instruction is None and options.background != "remove"
        if compares:
            criteria.append(_clipping(options))
        if compares and _same_frame(options):
            criteria += _likeness(options)
        return Rubric(name="edit", criteria=tuple(criteria), compare_with_source=compares)


def _features(options: EditOptions) -> frozenset[str]:
    asked = {
        "edit:crop": options.aspect or options.crop or (options.width and options.height),
        "edit:rotate": options.rotate % 360,
        "edit:flip": options.flip,
        "edit:resize": options.width or options.height,
        "edit:exposure": options.exposure,
        "edit:contrast": options.contrast,
        "edit:temperature": options.temperature or options.tint,
        "edit:saturation": options.saturation,
        "edit:background_blur": options.background == "blur",
        "edit:background_remove": options.background == "remove",
        "generative_edit": options.instruction,
    }
    return frozenset(name for name, value in asked.items() if value)


def _output_megapixels(options: EditOptions, width: int, height: int) -> float:
    if options.rotate % 180 == 90:
        width, height = height, width
    wide, high = float(width), float(height)
    if options.crop:
        wide, high = (float(side) for side in options.crop.split(",")[2:])
    if options.aspect and not (options.width and options.height):
        ratio_width, ratio_height = (float(side) for side in options.aspect.split(":"))
        wide, high = (
            min(wide, high * ratio_width / ratio_height),
            min(high, wide * ratio_height / ratio_width),
        )
    if options.width and options.height:
        wide, high = float(options.width), float(options.height)
    elif options.width:
        wide, high = float(options.width), high * options.width / wide
    elif options.height:
        wide, high = wide * options.height / high, float(options.height)
    return wide * high / 1e6


# --- rubric --------------------------------------------------------------------------------------------------


def _same_frame(options: EditOptions) -> bool:
    """Whether a pixel of the result shows what the same pixel of the source shows."""
    moved = options.rotate % 360 or options.flip or options.aspect or options.crop
    return not (moved or options.width or options.height) and options.background == "keep"


def _clipping(options: EditOptions) -> Criterion:
    # Strong light and colour push some tones to the ends, as they would in a camera; a crop may choose a part that
    # is dark or bright as a whole. Twice what photographs of scikit-image show at full strength.
    colour = max(abs(options.temperature), abs(options.tint), options.saturation)
    allowed = 0.03 + 0.1 * abs(options.contrast) + 0.15 * colour + 0.15 * abs(options.exposure)
    return Criterion(
        measure="clipping_added",
        rule="at_most",
        threshold=round(allowed + (0.0 if _same_frame(options) else 0.15), 3),
        why="Shadows or highlights lost their tones.",
    )


def _likeness(options: EditOptions) -> tuple[Criterion, ...]:
    # Two different photographs reach an SSIM of 0.36; own results at full strength: 0.47 after 3 EV, 0.72 after
    # contrast, 0.93 after colour. Sharpness falls to 0.67 after 3 EV, nowhere else below 0.9.
    likeness = max(0.1, 0.7 - 0.1 * abs(options.exposure) - 0.2 * abs(options.contrast))
    return (
        Criterion(measure="sharpness_ratio", rule="at_least", threshold=0.5, why="The result is less sharp."),
        Criterion(
            measure="ssim_to_source",
            rule="at_least",
            threshold=round(likeness, 3),
            why="The result does not show what the picture shows.",
        ),
    )


# --- reading sentences ---------------------------------------------------------------------------------------
# All patterns meet normalised text: lower case, no accents, "ё" as "е" and "й" as "и".

_ONE_WORD = re.compile(
    r"black ?(and|&|n|'n') ?white|\bb ?& ?w\b|gr[ae]y ?scale|monochrom\w*|черно ?-? ?бел\w*|чб\b|noir et blanc"
    r"|(remove|take out|without) (the |all |all the )?colou?rs?\b(?! of)|blanco y negro|schwarz ?-? ?weiss\w*"
)
_CLAUSES = re.compile(
    r"(?<!\d)[,.](?!\d)|[,.](?=\s|$)|[;!?]|\b(?:and|but|then|also|plus(?= de)|и|но|а|затем|et|mais|puis|y|pero|luego|und|aber|dann)\b"
)
_NEGATION = re.compile(
    r"\b(don.?t|do not|not|never|without|no|не|без|ne|n'|pas|sans|sin|nicht|ohne|kein\w*|keep|оставь|garde\w*|manten\w*|behalt\w*)\b"
)
_LESS = re.compile(
    r"\b(less|lower|reduc\w*|decreas\w*|remove|менее|меньше|уменьш\w*|сниз\w*|убав\w*|moins|redui\w*|diminue\w*|baisse\w*"
    r"|menos|reduc\w*|baja\w*|disminuy\w*|weniger|reduzier\w*|verringer\w*|senke?)\b"
)
_SLIGHT = re.compile(
    r"a (little|bit|touch|tad)|slight|subtl|чуть|немного|слегка|un peu|leger|un poco|liger|etwas|ein wenig|bisschen|leicht"
)
_STRONG = re.compile(
    r"\b(much|a lot|lots|way|very|far|strong\w*|significantly|намного|сильно|гораздо|очень|beaucoup|tres|bien plus|fort\w*"
    r"|mucho|muy|viel|sehr|deutlich|stark\w*)\b"
)
_PERCENT = re.compile(r"(\d{1,3}) ?(?:%|percent|процент\w*|prozent|por ciento|pour ?cent)")
_STOPS = re.compile(
    r"([+-]?\d+(?:[.,]\d+)?|one|two|half a) ?(?:ev\b|f-?stops?|stops?|ступен\w*|стоп\w*|blenden?\w*|diafragma\w*)"
)

# option -> (its unit step, words that raise it, words that lower it, its noun)
_TONES: dict[str, tuple[float, str, str, str]] = {
    "temperature": (
        0.35,
        r"\bwarm(er|th|ly)?\b|тепл(ее|ым|ыи|ую|ые|ых|о)|потеплее|\bchaude?s?\b|\bcalid[oa]s?\b|\bwarmer\w*",
        r"\bcool(er)?\b|\bcold(er)?\b|холодн\w*|похолоднее|\bfroide?s?\b|\bfri[oa]s?\b|\bkuhler\w*|\bkalter\w*",
        r"warmth|colou?r temperature|температур\w*|temperature|farbtemperatur",
    ),
    "exposure": (
        0.6,
        r"\bbrighte(r|n\w*)\b|\blighte(r|n\w*)\b|more light|too dark|underexposed|ярче|поярче|светлее|посветлее|осветл\w*"
        r"|plus (clair|lumineu)\w*|eclairci\w*|mas (clar|brillant|luminos)\w*|aclara\w*|ilumina\w*|\bheller\w*|aufhell\w*"
        r"|zu dunkel",
        r"\bdarke(r|n\w*)\b|\bdimmer\b|too (bright|light)\b|overexposed|темнее|потемнее|затемн\w*|plus (sombre|fonce)\w*"
        r"|assombri\w*|mas oscur\w*|oscurec\w*|\bdunkler\w*|abdunk\w*|zu hell",
        r"exposure|brightness|яркост\w*|экспозици\w*|luminosite|exposition|brillo|exposicion|helligkeit|belichtung",
    ),
    "contrast": (
        0.3,
        r"contrast(y|ier)|контрастнее|punchier|контрастн\w*|contraste\b|kontrastreich\w*",
        r"flatter tones|kontrastarm\w*",
        r"contrast\w*|контраст\w*|kontrast\w*",
    ),
    "saturation": (
        0.3,
        r"saturated|vivid|vibrant|more colou?rful|colou?rs? pop|насыщенн(ее|ым|ыми|ыи|ые)|сочнее|\bvi(f|fs|ve|ves)\b"
        r"|vivos|saturad\w*|farbenfroh\w*|kraftiger\w*|gesattigt\w*|bunter",
        r"desaturat\w*|muted|washed out|приглуш\w*|desatur\w*|entsattig\w*|blasser\w*",
        r"saturat\w*|vibrance|насыщенност\w*|saturacion|sattigung|satur\w*",
    ),
}
_TONE_NOUNS = re.compile("|".join(noun for *_, noun in _TONES.values()) + "|monochrome")

_ROTATE = (
    r"\brotat\w*|поверн\w*|поворот\w*|\bpivote\w*|\bgira(r|la|lo)?\b|\brota(r|la|lo)?\b|\bdreh\w*|\brotier\w*"
)
_TURN = r"\bturn\b|\btourne\w*"
_LEFT = r"\bleft\b|counter ?-?clockwise|anti ?-?clockwise|влево|налево|против час\w*|gauche|antihoraire|izquierda|antihorario|\blinks\b|gegen den uhr\w*"
_RIGHT = (
    r"\bright\b|\bclockwise|вправо|направо|по часов\w*|droite|horaire|derecha|horario|\brechts\b|im uhr\w*"
)
_DEGREES = re.compile(r"([+-]?\d{1,3}(?:[.,]\d+)?) ?(?:°|deg\w*|degre\w*|grad\w*|градус\w*|o\b)")
_FLIP = r"\bflip\w*|\bmirror(ed)?\b|отрази\w*|отзеркал\w*|зеркальн\w*|en miroir|\bretourne\w*|espejo|voltea\w*|\bspiegel(n|e|verkehrt)?\b"
_VERTICALLY = r"vertical\w*|top to bottom|вертикал\w*|senkrecht|vertikal"
_UPSIDE = r"upside ?-?down|вверх ногами|a l'envers|boca abajo|auf den kopf"

_CROP = r"\bcrop\w*|обрез\w*|обреж\w*|кадрир\w*|recadr\w*|rogn\w*|recort\w*|zuschneid\w*|beschneid\w*|zuschnitt|schneid\w*|\bcut\b"
_SQUARE = r"\bsquare\b|квадрат\w*|\bcarre\b|cuadrad\w*|quadrat\w*"
_FRAME_WORD = r"format|ratio|aspect|формат|пропорц\w*|\b(to|into|as|make it)( a)? square|square (crop|picture|image|photo)|в квадрат|квадратн\w*|en carre|quadratisch"
_RATIO = re.compile(r"\b(\d{1,2}) ?: ?(\d{1,2})\b")
_RATIO_BY = re.compile(r"\b(\d{1,2}) ?(?:x|×|by|na|на|par|por|zu) ?(\d{1,2})\b(?! ?(?:px|pix|°))")
_NAMED_RATIOS = (
    (r"\b(story|stories|reels?|tiktok|сторис\w*)\b", "9:16"),
    (r"widescreen|wide ?screen|cinemascope|широкоэкран\w*|breitbild|panorami\w*", "16:9"),
)
_UNIT = r"(?:px|pixels?|пикс\w*|pixeln?|pixeles)?"
_SIZE = re.compile(rf"\b(\d{{2,5}}) ?{_UNIT} ?(?:x|×|by|на|par|por|mal) ?(\d{{2,5}}) ?{_UNIT}")
_WIDTH = re.compile(
    rf"(\d{{2,5}}) ?{_UNIT} ?(?:wide|in width|в ширину|шириной|de large\w*|de ancho|breit)"
    rf"|(?:width|ширин\w+|largeur|ancho|breite)(?: (?:of|to|is|до|в|de|a|auf|von))?:? ?(\d{{2,5}})"
)
_HEIGHT = re.compile(
    rf"(\d{{2,5}}) ?{_UNIT} ?(?:tall|high|in height|в высоту|высотой|de haut\w*|de alto|hoch)"
    rf"|(?:height|высот\w+|hauteur|alto|hohe)(?: (?:of|to|is|до|в|de|a|auf|von))?:? ?(\d{{2,5}})"
)

_BACKGROUND = r"backgrounds?\b|backdrop|\bфон\w*|arriere ?-?plan|\bfond\b|\bfondo\b|hintergrund\w*"
_BLUR = r"blur\w*|bokeh|боке|defocus\w*|out of focus|размо\w*|размы\w*|\bflou\w*|desenfo\w*|difumin\w*|borros\w*|unscharf\w*|verschw\w*|weichzeichn\w*"
_BLUR_ALONE = r"\bbokeh\b|\bбоке\b|portrait mode"
_TAKE_AWAY = r"remov\w*|eras\w*|delet\w*|\bcut ?out|transparen\w*|прозрачн\w*|убер\w*|убра\w*|удал\w*|вырез\w*|supprim\w*|enlev\w*|retir\w*|detour\w*|quita\w*|elimin\w*|borra\w*|entfern\w*|freistell\w*"
_WITHOUT = r"\b(without|no|без|sans|sin|ohne|kein\w*)( \w+)? ?(background|backdrop|фон\w*|arriere ?-?plan|fond|fondo|hintergrund\w*)"
_CUT_OUT_ALONE = (
    r"(cut ?out|isolate) the (subject|person|product|object)|transparent background|freistellen|freigestellt"
)

_CHANGE = re.compile(
    r"\b(remove|erase|delete|get rid of|take out|add|insert|put|replace|swap|change|turn (him|her|them|it|the \w+) into"
    r"|convert|transform|write|swap out|fill in|убери|убрать|удали\w*|добав\w*|замени\w*|поменя\w*|вставь|преврати|надень|напиши"
    r"|supprime\w*|enleve\w*|retire\w*|ajoute\w*|remplace\w*|change\w*|mets|insere\w*|transforme\w*|ecris"
    r"|quita\w*|elimina\w*|borra\w*|anade\w*|agrega\w*|pon|ponle|reemplaza\w*|cambia\w*|inserta\w*|convierte\w*|transforma\w*"
    r"|entfern\w*|losch\w*|hinzufug\w*|fuge?|ersetz\w*|tausch\w*|verwandel\w*|verander\w*|setze?|schreib\w*)\b"
)
_REWORK = re.compile(
    r"\b(make (him|her|them|(the|his|her|their|my) (?!picture|image|photo|colou?rs?|whole)\w+)|give (him|her|them|me|the \w+) )"
    r"|\bсдела\w* (ему|еи|его|ее|их|неб\w*|волос\w*)|\b(mach|gib) (ihm|ihr|ihn|den|die)\b|\b(hazl[oea]|ponle)\b"
)


def _read_clause(clause: str) -> tuple[dict[str, Any], bool]:
    """The edits of one clause, and whether it asks for what only a generative model can do."""
    background = _read_background(clause)
    if background is not None:
        return background
    if _NEGATION.search(clause):
        return {}, False
    change = bool(_CHANGE.search(clause))
    edits: dict[str, Any] = {}
    edits |= _read_turn(clause) | _read_frame(clause, strict=change)
    if not change or _TONE_NOUNS.search(clause):
        edits |= _read_tones(clause)
    return edits, not edits and (change or bool(_REWORK.search(clause)))


def _read_background(clause: str) -> tuple[dict[str, Any], bool] | None:
    """What a clause about the background asks for; None for a clause that is not about it."""
    if re.search(_BLUR_ALONE, clause) and not _NEGATION.search(clause):
        return {"background": "blur"}, False
    named = re.search(_BACKGROUND, clause)
    if not named:
        return ({"background": "remove"}, False) if re.search(_CUT_OUT_ALONE, clause) else None
    takes_away = re.search(_TAKE_AWAY, clause)
    if re.search(_WITHOUT, clause) and not takes_away and not re.search(_BLUR, clause):
        return {"background": "remove"}, False
    if _NEGATION.search(clause):
        return {}, False
    if re.search(_BLUR, clause):
        return {"background": "blur"}, False
    # "Remove the car from the background" is about the car.
    if takes_away and not re.search(
        rf"\b(from|in|из|с|на|de l'|du|del|im|vom|aus dem) ?(the )?({_BACKGROUND})", clause
    ):
        return {"background": "remove"}, False
    return {}, True


def _read_turn(clause: str) -> dict[str, Any]:
    degrees = _DEGREES.search(clause)
    left, right = re.search(_LEFT, clause), re.search(_RIGHT, clause)
    if re.search(_FLIP, clause):
        return {"flip": "vertical" if re.search(f"{_VERTICALLY}|{_UPSIDE}", clause) else "horizontal"}
    if re.search(_UPSIDE, clause):
        return {"rotate": 180.0}
    if not re.search(_ROTATE, clause) and not (re.search(_TURN, clause) and (degrees or left or right)):
        return {}
    angle = float(degrees.group(1).replace(",", ".")) if degrees else 90.0
    turned = -abs(angle) if left and not (right and right.start() < left.start()) else angle
    return {"rotate": turned} if -360 <= turned <= 360 else {}


def _read_frame(clause: str, *, strict: bool) -> dict[str, Any]:
    """Aspect ratio and size. `strict`: a square may be a thing in the picture."""
    found: dict[str, Any] = {}
    crops = bool(re.search(_CROP, clause))
    framed = crops or bool(re.search(_FRAME_WORD, clause))
    ratio = _RATIO.search(clause) or (_RATIO_BY.search(clause) if framed else None)
    if ratio and int(ratio.group(1)) and int(ratio.group(2)):
        found["aspect"] = f"{int(ratio.group(1))}:{int(ratio.group(2))}"
    elif re.search(_SQUARE, clause) and (framed or not strict):
        found["aspect"] = "1:1"
    elif framed or not strict:
        for words, value in _NAMED_RATIOS:
            if re.search(words, clause):
                found["aspect"] = value
    if size := _SIZE.search(clause):
        found |= {"width": int(size.group(1)), "height": int(size.group(2))} if not ratio else {}
    for name, pattern in (("width", _WIDTH), ("height", _HEIGHT)):
        if match := pattern.search(clause):
            found[name] = int(match.group(1) or match.group(2))
    return {
        name: value for name, value in found.items() if not isinstance(value, int) or 1 <= value <= MAX_SIDE
    }


def _read_tones(clause: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "monochrome" in clause:
        found["saturation"] = -1.0
    less = bool(_LESS.search(clause))
    for name, (step, higher, lower, noun) in _TONES.items():
        if name in found:
            continue
        if re.search(lower, clause):
            sign = 1 if less and name != "saturation" else -1
        elif re.search(higher, clause) or re.search(noun, clause):
            sign = -1 if less else 1
        else:
            continue
        found[name] = round(sign * _amount(clause, name, step, sign), 2)
    return found


def _amount(clause: str, name: str, step: float, sign: int) -> float:
    """How far: stops, per cent, or the usual step with its "a bit" or "much"."""
    if name == "exposure":
        if stops := _STOPS.search(clause):
            words = {"one": 1.0, "two": 2.0, "half a": 0.5}
            number = words.get(stops.group(1)) or abs(float(stops.group(1).replace(",", ".")))
            return min(3.0, number)
        if percent := _PERCENT.search(clause):
            share = int(percent.group(1)) / 100
            return min(3.0, abs(math.log2(1 + share if sign > 0 else max(1 - share, 0.125))))
    elif percent := _PERCENT.search(clause):
        return min(1.0, int(percent.group(1)) / 100)
    if _SLIGHT.search(clause):
        return step / 2
    return step * 1.8 if _STRONG.search(clause) else step
