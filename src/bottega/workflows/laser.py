"""Laser work: a picture engraved, cut or scored at a given size, as G-code that was checked before it left.

Engraved in dots, or traced and cut or scored. Says which options there are, refuses materials that must never be
lasered, and what the result must satisfy; what a sentence says of them is `laser_reading`'s.
"""

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
from bottega.laser.prompts import enhance_prompt
from bottega.laser.size import (
    MAX_INTERVAL_MM,
    MAX_SIDE_MM,
    MIN_INTERVAL_MM,
    MIN_SIDE_MM,
    Grid,
    check_on_bed,
    grid_for,
    in_range,
    run_up_mm,
)
from bottega.workflows.laser_reading import read_figures, read_lengths, read_words
from bottega.workflows.protocol import InputSpec, Options

DitherName = Literal[
    "jarvis",
    "floyd-steinberg",
    "stucki",
    "sierra",
    "burkes",
    "atkinson",
    "blue-noise",
    "bayer",
    "bayer4",
    "halftone",
    "lines",
    "threshold",
    "grey",
]
Process = Literal["engrave", "cut", "score", "engrave_and_cut"]

_FEATURES: dict[str, frozenset[str]] = {
    "engrave": frozenset({"laser:engrave"}),
    "cut": frozenset({"laser:cut"}),
    "score": frozenset({"laser:score"}),
    "engrave_and_cut": frozenset({"laser:cut", "laser:combined"}),
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
        default=0.0,
        ge=0,
        le=1,
        allow_inf_nan=False,
        description="How much local contrast is raised; 0 keeps the tones.",
    )
    kerf_mm: float | None = Field(
        default=None,
        ge=0,
        le=5,
        allow_inf_nan=False,
        description="Width of the cut in mm, so that parts come out to size; by default the material's.",
    )
    kerf_y_mm: float | None = Field(
        default=None,
        ge=0,
        le=5,
        allow_inf_nan=False,
        description="The same in Y, for a beam that is not round; by default as in X.",
    )
    tabs: int = Field(default=0, ge=0, le=100, description="So many tabs hold each cut part in the sheet.")
    tab_width_mm: float = Field(
        default=0.5, ge=0.05, le=20, allow_inf_nan=False, description="Width of a tab in mm."
    )
    bridges_mm: float = Field(
        default=0,
        ge=0,
        le=50,
        allow_inf_nan=False,
        description="Width in mm of bridges that hold the islands of a stencil; 0 for none.",
    )
    lead_mm: float = Field(
        default=0,
        ge=0,
        le=50,
        allow_inf_nan=False,
        description="Length in mm of lead-in and lead-out, which keep the scar of piercing off the part; 0 for none.",
    )
    centerline: bool | None = Field(
        default=None,
        description="Score one line along the middle of strokes, or their edges; by default what the picture's lines are.",
    )
    levels: int = Field(default=1, ge=1, le=16, description="Score so many tones instead of one outline.")
    margin_mm: float = Field(
        default=2,
        ge=0,
        le=100,
        allow_inf_nan=False,
        description="How far outside of an engraved figure it is cut out, in mm.",
    )
    dialect: Literal["grbl", "grblhal", "fluidnc", "marlin", "smoothie"] = Field(
        default="grbl", description="The controller's kind of G-code, for cuts and scores."
    )
    price_per_hour: float = Field(
        default=0,
        ge=0,
        le=100_000,
        allow_inf_nan=False,
        description="What an hour of the machine costs, in dollars, for the estimate of cuts and scores.",
    )
    formats: tuple[Literal["gcode", "svg", "dxf", "lbrn2", "pdf"], ...] | None = Field(
        default=None,
        min_length=1,
        max_length=5,
        description="Files wanted: G-code and SVG, for lines DXF and LightBurn too, when nothing is named.",
    )


class Laser:
    name: ClassVar[str] = "laser"
    work_class: ClassVar[WorkClass] = WorkClass.LASER
    title: ClassVar[str] = "Laser engraving and cutting"
    summary: ClassVar[str] = (
        "A picture as a checked job at true size, engraved, cut or scored: G-code, drawings and preview."
    )
    examples: ClassVar[tuple[str, ...]] = (
        "Engrave this photo on plywood, 100 mm wide",
        "Laser it into slate with a 20 W diode, 8 x 6 cm",
        "Engrave this on cork, 4 inches wide, with Stucki dithering",
        "Cut this silhouette out of plywood, 80 mm wide, kerf 0.15 mm, with 3 tabs",
    )
    inputs: ClassVar[tuple[InputSpec, ...]] = (
        InputSpec(role=Role.WORKING, description="The picture to engrave.", minimum=1),
    )
    options: ClassVar[type[Options]] = LaserOptions

    def read_options(self, prompt: str) -> dict[str, Any]:
        """Process, sizes, material, machine, dither, power, speed; English, Russian, French, Spanish, German."""
        text = normalised(prompt)
        found = read_lengths(text) | read_figures(text) | read_words(text)
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
            raise _no_picture(request.prompt)
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
        material's texture, which would pass for detail. Lines must be safe to run: inner ones first, and nothing that
        `laser.quality` says would ruin the work piece.
        """
        assert isinstance(options, LaserOptions)
        if options.process != "engrave":
            return _line_rubric(options)
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


def _no_picture(prompt: str) -> MissingInput:
    """What to ask an image model for, so that there is a picture to laser."""
    said = "A picture to engrave is needed."
    if not any(letter.isalnum() for letter in prompt):
        return MissingInput(said, hint="Add one in the role working.")
    wording = enhance_prompt(prompt)
    return MissingInput(
        said,
        hint=f"Add one in the role working, or make it first, with image_generation: “{wording.prompt}”",
        laser_prompt=wording.model_dump(mode="json"),
    )


def _line_rubric(options: LaserOptions) -> Rubric:
    zero = {
        "report.gcode_errors": "The G-code breaks a rule of the controller or leaves the bed.",
        "report.nesting_errors": "Something inside a part is burnt after the cut that frees it.",
        "report.stops": "Running it so would ruin the work piece; the report's readiness says where and what to do.",
    }
    if options.dialect in ("marlin", "smoothie"):
        # No independent reader of these dialects is here: what was not checked is not judged.
        del zero["report.gcode_errors"]
    return Rubric(
        name=f"laser:{options.process}",
        criteria=(
            *(Criterion(measure=name, rule="at_most", threshold=0, why=why) for name, why in zero.items()),
            Criterion(
                measure="report.paths", rule="at_least", threshold=1, why="There is no line to follow."
            ),
        ),
    )


def _planned_grid(options: LaserOptions, picture: TaskInput) -> Grid:
    """The raster of the job; everything that can be refused before computing is refused here."""
    material, machine = find_material(options.material), find_machine(options.machine)
    preset = find_preset(material, machine)
    scanned = "engrave" in options.process
    if options.process != "engrave":
        line = find_preset(material, machine, "score" if options.process == "score" else "cut")
        in_range(
            f"The speed of {machine.title}",
            options.speed_mm_min or line.speed_mm_min,
            1,
            machine.max_speed_mm_min,
            "mm/min",
        )
    # The speed that is asked for is that of the lines, where there are any.
    speed = preset.speed_mm_min
    if options.process == "engrave" and options.speed_mm_min:
        speed = options.speed_mm_min
    in_range(f"The speed of {machine.title}", speed, 1, machine.max_speed_mm_min, "mm/min")
    grid = grid_for(
        picture.media.width or 0,
        picture.media.height or 0,
        width_mm=options.width_mm,
        height_mm=options.height_mm,
        interval_mm=(options.interval_mm or preset.interval_mm) if scanned else 1.0,
    )
    check_on_bed(
        grid.width_mm,
        grid.height_mm,
        bed_width_mm=options.bed_width_mm,
        bed_height_mm=options.bed_height_mm,
        run_up=run_up_mm(speed, machine.acceleration_mm_s2) if scanned else 0.0,
    )
    return grid
