"""The options of laser work: what a form, the command line and the HTTP interface offer, with their limits.

What a sentence says of them is read by `laser_reading` and `laser_things`.
"""

from typing import Annotated, Literal

from pydantic import Field

from bottega.laser.size import MAX_INTERVAL_MM, MAX_SIDE_MM, MIN_INTERVAL_MM, MIN_SIDE_MM
from bottega.workflows.protocol import Options

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
Process = Literal["engrave", "cut", "score", "engrave_and_cut", "auto", "text", "box", "testgrid"]
BoxDesign = Literal[
    "closed",
    "tray",
    "divider-tray",
    "pen-holder",
    "grid",
    "lidded",
    "gift",
    "card-box",
    "sliding-lid",
    "hinged-lid",
    "living-hinge",
    "drawer",
    "shelf",
    "pigeonholes",
    "matchbox",
    "tissue-box",
    "coin-bank",
    "birdhouse",
    "cable-box",
    "lantern",
    "planter",
    "crate",
    "tool-tote",
    "magazine-file",
    "desk-organiser",
    "monitor-stand",
    "book-sleeve",
    "frame",
    "phone-stand",
]
GridKind = Literal["power-speed", "interval", "passes", "kerf", "focus"]


class LaserOptions(Options):
    process: Process = Field(
        default="engrave",
        description="engrave burns the picture in lines of dots; cut and score follow outlines; auto takes what "
        "suits the picture and says why. text, box and testgrid need no picture.",
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
    text: str | None = Field(
        default=None, min_length=1, max_length=1000, description="What process text burns; lines are kept."
    )
    lettering: Literal["single-line", "outline", "cut"] | None = Field(
        default=None,
        description="single-line letters are strokes, as with a pen; outline engraves the areas of the letters of a "
        "font of this system, and cut cuts them out. By default outline, or strokes where there is no font.",
    )
    text_height_mm: float | None = Field(
        default=None,
        ge=0.5,
        le=1000,
        allow_inf_nan=False,
        description="Height of capital letters in mm; by default from the width, or else 10.",
    )
    design: BoxDesign = Field(
        default="closed", description="Which box; `bottega laser box list` describes them."
    )
    x_mm: float = Field(
        default=100, ge=5, le=2000, allow_inf_nan=False, description="Width of the box inside, in mm."
    )
    y_mm: float = Field(
        default=80, ge=5, le=2000, allow_inf_nan=False, description="Depth of the box inside, in mm."
    )
    z_mm: float = Field(
        default=50, ge=5, le=2000, allow_inf_nan=False, description="Height of the box inside, in mm."
    )
    outer: bool = Field(default=False, description="The box's sizes are those of its outside.")
    thickness_mm: float | None = Field(
        default=None,
        ge=0.5,
        le=25,
        allow_inf_nan=False,
        description="Thickness of the box's material in mm, as measured; by default as the material is called.",
    )
    finger_mm: float = Field(
        default=9, ge=2, le=200, allow_inf_nan=False, description="Width of the box's fingers in mm."
    )
    play_mm: float = Field(
        default=0,
        ge=0,
        le=1,
        allow_inf_nan=False,
        description="How much wider the box's slots are than its teeth, in mm.",
    )
    columns: int = Field(default=2, ge=1, le=20, description="Compartments of the box side by side.")
    rows: int = Field(default=2, ge=1, le=20, description="Compartments of the box behind each other.")
    count: int = Field(default=2, ge=1, le=20, description="Drawers or shelves of the box.")
    labels: bool = Field(default=True, description="Score the names of the box's parts.")
    sheet_width_mm: float | None = Field(
        default=None,
        ge=20,
        le=2000,
        allow_inf_nan=False,
        description="Width of the sheets that a box is cut from, in mm; by default what the bed takes.",
    )
    sheet_height_mm: float | None = Field(
        default=None,
        ge=20,
        le=2000,
        allow_inf_nan=False,
        description="Height of these sheets in mm; by default what the bed takes.",
    )
    grid: GridKind = Field(default="power-speed", description="What a test grid tries.")
    powers: tuple[Annotated[float, Field(ge=0.1, le=100, allow_inf_nan=False)], ...] = Field(
        default=(),
        max_length=20,
        description="Powers in percent that a test grid tries; by default around the starting point.",
    )
    speeds: tuple[Annotated[float, Field(ge=1, le=60_000, allow_inf_nan=False)], ...] = Field(
        default=(),
        max_length=20,
        description="Speeds in mm/min that a test grid tries; by default around the starting point.",
    )
    intervals: tuple[
        Annotated[float, Field(ge=MIN_INTERVAL_MM, le=MAX_INTERVAL_MM, allow_inf_nan=False)], ...
    ] = Field(
        default=(),
        max_length=20,
        description="Line intervals in mm that a test grid tries; by default around the starting point.",
    )
    formats: tuple[Literal["gcode", "svg", "dxf", "lbrn2", "pdf"], ...] | None = Field(
        default=None,
        min_length=1,
        max_length=5,
        description="Files wanted: G-code and SVG, for lines DXF and LightBurn too, for boxes PDF as well, when nothing "
        "is named.",
    )
