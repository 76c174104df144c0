"""Laser engraving: a picture burnt into a material at a given size, as G-code that was checked before it left.

Says what the sentence asks for, refuses materials that must never be lasered, and what the result must
satisfy. Cutting and scoring are named as features of their own, so that routing can say whether anyone offers them.
"""

import re
from typing import Any, ClassVar, Literal

from pydantic import Field

from bottega.domain.intent import Intent, WorkClass
from bottega.domain.request import Request, Role
from bottega.domain.task import Task, TaskInput
from bottega.domain.verdict import Criterion, Rubric
from bottega.errors import InvalidOption, MissingInput
from bottega.laser.materials import (
    find_machine,
    find_material,
    find_preset,
    mentioned_forbidden,
    mentioned_machine,
    mentioned_material,
    normalised,
    refuse_forbidden,
)
from bottega.laser.size import (
    MAX_INTERVAL_MM,
    MAX_SIDE_MM,
    MIN_INTERVAL_MM,
    MIN_SIDE_MM,
    MM_PER_INCH,
    Grid,
    check_on_bed,
    grid_for,
    in_range,
    run_up_mm,
)
from bottega.workflows.protocol import InputSpec, Options

DitherName = Literal["jarvis", "floyd-steinberg", "stucki", "atkinson", "bayer", "threshold"]
Process = Literal["engrave", "cut", "score", "engrave_and_cut"]

_FEATURES: dict[str, frozenset[str]] = {
    "engrave": frozenset({"laser:engrave"}),
    "cut": frozenset({"laser:cut"}),
    "score": frozenset({"laser:score"}),
    "engrave_and_cut": frozenset({"laser:engrave", "laser:cut"}),
}


class LaserOptions(Options):
    process: Process = Field(
        default="engrave",
        description="engrave burns the picture in lines of dots; cut and score follow outlines.",
    )
    width_mm: float | None = Field(
        default=None,
        ge=MIN_SIDE_MM,
        le=MAX_SIDE_MM,
        allow_inf_nan=False,
        description="Width in mm; 100 when neither side is given. The picture's proportions are kept.",
    )
    height_mm: float | None = Field(
        default=None,
        ge=MIN_SIDE_MM,
        le=MAX_SIDE_MM,
        allow_inf_nan=False,
        description="Height in mm. With both sides given, the picture fits inside them.",
    )
    material: str = Field(
        default="plywood-3mm",
        max_length=100,
        description="What is engraved: plywood-3mm, mdf-3mm, cork, leather, acrylic-cast, slate or card, or its "
        "name in English, Russian, French, Spanish or German.",
    )
    machine: str = Field(
        default="diode-10w",
        max_length=100,
        description="The laser: diode-5w, diode-10w, diode-20w or co2-40w.",
    )
    dither: DitherName = Field(
        default="jarvis",
        description="How grey becomes dots: error diffusion for photographs (jarvis is calm, floyd-steinberg "
        "fine, atkinson light), bayer for a regular pattern, threshold for line art.",
    )
    interval_mm: float | None = Field(
        default=None,
        ge=MIN_INTERVAL_MM,
        le=MAX_INTERVAL_MM,
        allow_inf_nan=False,
        description="Distance of the burnt lines in mm; by default the material's.",
    )
    beam_mm: float | None = Field(
        default=None,
        ge=0.01,
        le=2,
        allow_inf_nan=False,
        description="Width of one burnt line in mm, measured on a test burn; by default the material's.",
    )
    power_percent: float | None = Field(
        default=None,
        ge=0.1,
        le=100,
        allow_inf_nan=False,
        description="Power in percent of the machine's; by default the material's starting point.",
    )
    speed_mm_min: float | None = Field(
        default=None,
        ge=1,
        le=60_000,
        allow_inf_nan=False,
        description="Speed in mm/min; by default the material's starting point.",
    )
    passes: int | None = Field(
        default=None, ge=1, le=20, description="How often the whole picture is burnt; by default once."
    )
    bed_width_mm: float = Field(
        default=400, ge=10, le=5000, allow_inf_nan=False, description="Width of the machine's bed in mm."
    )
    bed_height_mm: float = Field(
        default=400, ge=10, le=5000, allow_inf_nan=False, description="Height of the machine's bed in mm."
    )
    invert: bool = Field(
        default=False,
        description="Burn the light parts instead of the dark ones. Materials that burn lighter than "
        "their surface are inverted without asking.",
    )
    contrast: float = Field(
        default=0.3,
        ge=0,
        le=1,
        allow_inf_nan=False,
        description="How much local contrast is raised; 0 keeps the tones.",
    )


class Laser:
    name: ClassVar[str] = "laser"
    work_class: ClassVar[WorkClass] = WorkClass.LASER
    title: ClassVar[str] = "Laser engraving"
    summary: ClassVar[str] = "A picture as a checked engraving job at true size: G-code, drawing and preview."
    examples: ClassVar[tuple[str, ...]] = (
        "Engrave this photo on plywood, 100 mm wide",
        "Laser it into slate with a 20 W diode, 8 x 6 cm",
        "Engrave this on cork, 4 inches wide, with Stucki dithering",
    )
    inputs: ClassVar[tuple[InputSpec, ...]] = (
        InputSpec(role=Role.WORKING, description="The picture to engrave.", minimum=1),
    )
    options: ClassVar[type[Options]] = LaserOptions

    def read_options(self, prompt: str) -> dict[str, Any]:
        """Process, sizes, material, machine, dither, power, speed; English, Russian, French, Spanish, German."""
        text = normalised(prompt)
        found = _read_lengths(text) | _read_figures(text) | _read_words(text)
        forbidden, material = mentioned_forbidden(text), mentioned_material(text)
        if forbidden or material:
            # A forbidden material is passed on by name: preparing the job refuses it with the reason.
            found["material"] = forbidden.title if forbidden else material.id if material else ""
        if machine := mentioned_machine(text):
            found["machine"] = machine.id
        return found

    def prepare(
        self, request: Request, intent: Intent, options: Options, inputs: tuple[TaskInput, ...]
    ) -> Task:
        """Raises MissingInput without a picture; InvalidOption for materials that must never be lasered (named in
        the options or in the sentence), unknown materials or machines, and jobs that do not fit the bed."""
        assert isinstance(options, LaserOptions)
        refuse_forbidden(request.prompt)
        working = [item for item in inputs if item.role is Role.WORKING]
        if not working or not working[0].media.is_picture:
            raise MissingInput("A picture to engrave is needed.", hint="Add one in the role working.")
        if len(working) > 1:
            raise InvalidOption(
                f"One picture is engraved at a time, {len(working)} were given.",
                hint="Ask for the others in jobs of their own.",
            )
        grid = _planned_grid(options, working[0])
        return Task(
            workflow=self.name,
            operation="laser",
            features=_FEATURES[options.process],
            prompt=request.prompt,
            inputs=(working[0],),
            parameters=options.model_dump(mode="json", exclude_none=True),
            output_megapixels=grid.pixels / 1e6,
        )

    def rubric(self, options: Options) -> Rubric:
        """G-code without a fault, tones as wanted, and something to see.

        Photographs come out at 2.5 to 6 levels with the presets (median 3.9), and at 20 to 70 without the
        correction of dot gain. A threshold has no tones to keep. Detail is the engine's figure: a preview has the
        material's texture, which would pass for detail.
        """
        assert isinstance(options, LaserOptions)
        tone = Criterion(
            measure="report.tone_error",
            rule="at_most",
            threshold=7.0,
            why="The burn would not show the picture's tones: the beam is too wide for lines this close.",
        )
        return Rubric(
            name="laser:engrave",
            criteria=(
                Criterion(
                    measure="report.gcode_errors",
                    rule="at_most",
                    threshold=0,
                    why="The G-code breaks a rule of the controller or leaves the bed.",
                ),
                *(() if options.dither == "threshold" else (tone,)),
                Criterion(
                    measure="report.detail",
                    rule="at_least",
                    threshold=0.003,
                    why="The engraving is almost empty.",
                ),
            ),
        )


def _planned_grid(options: LaserOptions, picture: TaskInput) -> Grid:
    """The raster of the job; everything that can be refused before computing is refused here."""
    material, machine = find_material(options.material), find_machine(options.machine)
    preset = find_preset(material, machine)
    speed = options.speed_mm_min or preset.speed_mm_min
    in_range(f"The speed of {machine.title}", speed, 1, machine.max_speed_mm_min, "mm/min")
    grid = grid_for(
        picture.media.width or 0,
        picture.media.height or 0,
        width_mm=options.width_mm,
        height_mm=options.height_mm,
        interval_mm=options.interval_mm or preset.interval_mm,
    )
    check_on_bed(
        grid.width_mm,
        grid.height_mm,
        bed_width_mm=options.bed_width_mm,
        bed_height_mm=options.bed_height_mm,
        run_up=run_up_mm(speed, machine.acceleration_mm_s2),
    )
    return grid


# --- reading the sentence; all patterns meet normalised text (lower case, single blanks) ------------------------

_NUMBER = r"(?<![\d.,])(\d+(?:[.,]\d+)?)"
_UNIT = (
    r"(?P<mm>mm|millim[eè]t(?:er|re|ern)s?|мм|миллиметр\w*|mil[ií]metros?)"
    r"|(?P<cm>cm|cent[ií]met(?:er|re|ern|ro)s?|centim[eè]tres?|zentimetern?|см|сантиметр\w*)"
    r"|(?P<inch>inch(?:es)?|in(?= ?(?:wide|high|tall|across|x|by|[,.;]|$))|[\"″”]|дюйм\w*|pouces?|pulgadas?|zoll)"
    r"|(?P<m>m|met(?:er|re)s?|м|метр\w*|m[eè]tres?|metros?)"
)
_LENGTH = re.compile(rf"{_NUMBER} ?-?(?:{_UNIT})(?![\w/])")
_PAIR = re.compile(
    rf"{_NUMBER} ?(?:mm|cm|in|[\"″”]|мм|см)? ?(?:x|×|х|by|на|par|por|mal|auf|\*) ?{_NUMBER} ?(?:{_UNIT})(?![\w/])"
)
_MILLIMETRES = {"mm": 1.0, "cm": 10.0, "inch": MM_PER_INCH, "m": 1000.0}

_BED = r"bed|work ?area|стол\w*|рабоч\w+ (?:пол|зон|област)\w*|plateau|cama|mesa|bett|arbeitsfl[äa]che"
_OF = r"(?: of| de| von|:| =|=)? ?$"
_HIGH_AFTER = re.compile(
    r"[ -]?(?:(?:in|en|de|в) )?(?:high|tall|height|выс\w+|haut\w*|alt[oa]|altura|hoch|höhe)\b"
)
_HIGH_BEFORE = re.compile(rf"(?:height|высот\w+|hauteur|altura|alto|höhe){_OF}")
_THICK = re.compile(r"[ -]?(?:thick|толщ\w+|d'épaisseur|épais\w*|gru?es[oa]\w*|dick\w*|stark\w*)\b")
_THICK_BEFORE = re.compile(rf"(?:thick\w*|толщин\w+|épaisseur|grosor|espesor|dicke){_OF}")
_PITCH_AFTER = re.compile(
    r" ?(?:line )?(?:interval|pitch|spacing|шаг\w*|intervalle|intervalo|zeilenabstand)\b"
)
_PITCH_BEFORE = re.compile(
    rf"(?:interval|pitch|spacing|шаг\w*|интервал\w*|intervalle|intervalo|paso|abstand|zeilenabstand){_OF}"
)
_BEAM_AFTER = re.compile(r" ?(?:beam|spot|луч\w*|пятн\w*|faisceau|haz|strahl\w*)\b")
_BEAM_BEFORE = re.compile(rf"(?:beam|spot|луч\w*|пятн\w*|faisceau|haz|strahl\w*)(?: width| size)?{_OF}")
_SHEET_MM = 12.0
"""Up to here a length beside a material's name is the sheet's thickness."""


def _read_lengths(text: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    rest = text
    for match in _PAIR.finditer(text):
        scale = _scale(match)
        first, second = (round(_value(match[index]) * scale, 4) for index in (1, 2))
        around = text[max(0, match.start() - 24) : match.start()], text[match.end() : match.end() + 24]
        if re.search(rf"\b(?:{_BED})\w*{_OF}", around[0]) or re.match(rf" ?-?(?:{_BED})\b", around[1]):
            found |= {"bed_width_mm": first, "bed_height_mm": second}
        else:
            found |= {"width_mm": first, "height_mm": second}
        rest = rest.replace(match[0], " " * len(match[0]), 1)
    for match in _LENGTH.finditer(rest):
        value = round(_value(match[1]) * _scale(match), 4)
        if name := _meaning(rest[: match.start()], rest[match.end() :], value):
            found.setdefault(name, value)
    return found


def _meaning(before: str, after: str, value: float) -> str | None:
    """Which option a length is, by the words around it; None for the thickness of the material."""
    if _PITCH_AFTER.match(after) or _PITCH_BEFORE.search(before):
        return "interval_mm"
    if _BEAM_AFTER.match(after) or _BEAM_BEFORE.search(before):
        return "beam_mm"
    if _THICK.match(after) or _THICK_BEFORE.search(before):
        return None
    neighbours = " ".join(before.split()[-1:]), " ".join(after.split()[:2])
    if value <= _SHEET_MM and any(mentioned_material(words) for words in neighbours):
        return None
    if _HIGH_AFTER.match(after) or _HIGH_BEFORE.search(before):
        return "height_mm"
    return "width_mm"


_DPI = re.compile(rf"{_NUMBER} ?(?:dpi|lpi|ppi)\b")
_SPEED = re.compile(rf"{_NUMBER} ?(?:mm|мм) ?/ ?(min|мин|s|sec|с|сек|seg)\b")
_POWER_WORD = r"(?:power|мощност\w*|puissance|potencia|leistung)"
_POWER = re.compile(
    rf"{_NUMBER} ?%(?: (?:of|de))? {_POWER_WORD}|{_POWER_WORD}(?: of| at| de| von| на|:)? {_NUMBER} ?%"
)
_PASSES = re.compile(r"(?<!\d)(\d+) (?:pass(?:es)?|проход\w*|passages?|passes|pasadas?|durchg[äa]ng\w*)\b")


def _read_figures(text: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if (match := _DPI.search(text)) and _value(match[1]) > 0:
        found["interval_mm"] = round(MM_PER_INCH / _value(match[1]), 4)
    if match := _SPEED.search(text):
        found["speed_mm_min"] = round(_value(match[1]) * (1 if match[2] in ("min", "мин") else 60), 3)
    if match := _POWER.search(text):
        found["power_percent"] = _value(match[1] or match[2])
    if match := _PASSES.search(text):
        found["passes"] = int(match[1])
    return found


_NOT = re.compile(
    r"\b(?:not|n't|no|never|without|don't|ne|pas|sans|sin|nicht|kein\w*|ohne|не|без)(?: \w+){0,1} $"
)
_DITHERS = {
    "floyd-steinberg": r"floyd|steinberg|флойд|штейнберг",
    "jarvis": r"jarvis|\bjjn\b|джарвис",
    "stucki": r"stucki|стаки|штуки",
    "atkinson": r"atkinson|аткинсон",
    "bayer": r"\bbayer|байер|ordered dither",
    "threshold": r"threshold|line[ -]?art|порог\w*|seuil|umbral|schwellwert",
}
_INVERT = r"\binvert|\bnegativ|инверт|негатив|\binvers|négatif"
_CONTRAST = r"(?:more|high|strong|extra) contrast|больше контраст|контрастн|plus de contraste|más contraste|mehr kontrast"
_ENGRAVE = r"engrav|\betch|гравир|выжг|выжиг|\bgrav(?:e[rz]?|é|ure|ier)|\bgrab(?:a|e|o)|einbrenn|\bbrenn"
_CUT = (
    r"\bcut(?:s|ting)?\b|вырез|вырежи|разреж|\bdécoup|\bdecoup|\brecort|\bcort(?:a|e)|schneid|ausgeschnitten"
)
_SCORE = r"\bscor(?:e|ing)\b|\bvector|вектор|vectori|vektor|line engraving"


def _read_words(text: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, pattern in _DITHERS.items():
        if _says(text, pattern):
            found["dither"] = name
    if _says(text, _INVERT):
        found["invert"] = True
    if _says(text, _CONTRAST):
        found["contrast"] = 0.6
    if _says(text, _CUT):
        found["process"] = "engrave_and_cut" if _says(text, _ENGRAVE) else "cut"
    elif _says(text, _SCORE):
        found["process"] = "score"
    return found


def _says(text: str, pattern: str) -> bool:
    return any(not _NOT.search(text[: match.start()]) for match in re.finditer(pattern, text))


def _scale(match: re.Match[str]) -> float:
    return next(factor for unit, factor in _MILLIMETRES.items() if match[unit] is not None)


def _value(text: str) -> float:
    return float(text.replace(",", "."))
