"""Laser work: pictures, drawings and letters engraved, cut or scored, boxes and test grids; as checked jobs.

Says which inputs there are, refuses materials that must never be lasered, and what the result must satisfy; what a
sentence says of the options is read by `laser_reading` and `laser_things`.
"""

from typing import Any, ClassVar

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
    normalised,
)
from bottega.laser.size import Grid, check_on_bed, grid_for, in_range, run_up_mm
from bottega.workflows.laser_first import first_picture
from bottega.workflows.laser_options import LaserOptions
from bottega.workflows.laser_reading import (
    named_material,
    read_figures,
    read_lengths,
    read_words,
    says_engrave,
)
from bottega.workflows.laser_refusals import no_picture, refuse_forbidden_in
from bottega.workflows.laser_things import (
    letters,
    read_box,
    read_grid,
    read_letters,
    reads_auto,
    without_thing,
)
from bottega.workflows.protocol import FirstStep, InputSpec, Options

__all__ = ["Laser", "LaserOptions"]

_FEATURES: dict[str, frozenset[str]] = {
    "engrave": frozenset({"laser:engrave"}),
    "cut": frozenset({"laser:cut"}),
    "score": frozenset({"laser:score"}),
    "engrave_and_cut": frozenset({"laser:cut", "laser:combined"}),
    "auto": frozenset({"laser:auto"}),
    "text": frozenset({"laser:text"}),
    "box": frozenset({"laser:box"}),
    "testgrid": frozenset({"laser:testgrid"}),
}
_WITHOUT_PICTURE = frozenset({"text", "box", "testgrid"})
DRAWING = "image/svg+xml"


class Laser:
    name: ClassVar[str] = "laser"
    work_class: ClassVar[WorkClass] = WorkClass.LASER
    title: ClassVar[str] = "Laser engraving and cutting"
    summary: ClassVar[str] = (
        "A picture, drawing, text or box as a checked job at true size, engraved, cut or scored: G-code, drawings and "
        "preview."
    )
    examples: ClassVar[tuple[str, ...]] = (
        "Engrave this photo on plywood, 100 mm wide",
        "Laser it into slate with a 20 W diode, 8 x 6 cm",
        "Engrave this on cork, 4 inches wide, with Stucki dithering",
        "Cut this silhouette out of plywood, 80 mm wide, kerf 0.15 mm, with 3 tabs",
        "A closed box 100 x 80 x 40 mm from 3 mm plywood",
        "Engrave the text “Anna & Tom” 60 mm wide on slate",
        "A laser test grid for cork",
    )
    inputs: ClassVar[tuple[InputSpec, ...]] = (
        InputSpec(
            role=Role.WORKING,
            description="The picture or SVG drawing to engrave or cut; without one, what the sentence describes is made "
            "first. A box takes one for its lid; text and test grids need none.",
        ),
    )
    options: ClassVar[type[Options]] = LaserOptions

    def read_options(self, prompt: str) -> dict[str, Any]:
        """Process, sizes, material, machine, dither, power, speed, box, text; English, Russian, French, Spanish,
        German."""
        written, rest = letters(prompt)
        text = normalised(rest)
        found = read_lengths(text) | read_figures(text) | read_words(text)
        thing = read_grid(text) or ({} if written else read_box(text))
        if thing:
            # A box's sides are its own; what the words say of cutting is how it is made.
            for name in ("width_mm", "height_mm", "centerline", "bridges_mm"):
                found.pop(name, None)
            found |= thing
        elif written:
            found |= {"text": written, **read_letters(text)} | _lettered(found)
        elif "process" not in found and reads_auto(text) and not says_engrave(text):
            found["process"] = "auto"
        forbidden, material = mentioned_forbidden(text), named_material(text)
        if thing and material is None:
            material = named_material(without_thing(text), anywhere=True)
        if forbidden or material:
            # A forbidden material is passed on by name: preparing the job refuses it with the reason.
            found["material"] = forbidden.title if forbidden else material.id if material else ""
        if machine := mentioned_machine(text):
            found["machine"] = machine.id
        return found

    def first(self, request: Request, options: Options, inputs: tuple[TaskInput, ...]) -> FirstStep | None:
        """How to make the picture that the sentence describes, where nothing was given. Raises InvalidOption for
        materials that must never be lasered, and for a sentence that becomes too long."""
        assert isinstance(options, LaserOptions)
        if inputs or options.process in _WITHOUT_PICTURE:
            return None
        refuse_forbidden_in(request.prompt, letters(request.prompt)[1])
        return first_picture(request.prompt, options)

    def prepare(
        self, request: Request, intent: Intent, options: Options, inputs: tuple[TaskInput, ...]
    ) -> Task:
        """Raises MissingInput without a picture where one is needed; InvalidOption for materials that must never be
        lasered (named in the options or in the sentence), unknown materials or machines, and jobs that do not fit
        the bed."""
        assert isinstance(options, LaserOptions)
        refuse_forbidden_in(request.prompt, letters(request.prompt)[1])
        working = tuple(item for item in inputs if item.role is Role.WORKING)
        if len(working) > 1:
            raise InvalidOption(
                f"One picture is lasered at a time, {len(working)} were given.",
                hint="Ask for the others in jobs of their own.",
            )
        if options.process in _WITHOUT_PICTURE:
            _check_without_picture(options, working)
            features, megapixels = _FEATURES[options.process], 0.0
        elif not working or not _is_drawable(working[0]):
            raise no_picture(
                request.prompt,
                given=bool(working),
                process=options.process,
                stencil=options.bridges_mm > 0,
            )
        elif working[0].media.media_type == DRAWING:
            _check_line_speed(options)
            features, megapixels = frozenset({"laser:drawing"}), 0.0
        else:
            features = _FEATURES[options.process]
            megapixels = _planned_grid(options, working[0]).pixels / 1e6
        return Task(
            workflow=self.name,
            operation="laser",
            features=features,
            prompt=request.prompt,
            inputs=working,
            parameters=options.model_dump(mode="json", exclude_none=True),
            output_megapixels=megapixels,
        )

    def rubric(self, options: Options) -> Rubric:
        """G-code without a fault, tones as wanted, and something to see.

        Photographs come out at 2.5 to 6 levels with the presets (median 3.9), and at 20 to 70 without the
        correction of dot gain. A threshold has no tones to keep. Detail is the engine's figure: a preview has the
        material's texture, which would pass for detail. Lines must be safe to run: inner ones first, and nothing that
        `laser.quality` says would ruin the work piece. What `auto` becomes is known afterwards: it is judged by
        what every job has.
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


def _lettered(found: dict[str, Any]) -> dict[str, Any]:
    """Letters are a process of their own; which line they get is the lettering's."""
    return {"process": "text"} | ({"lettering": "cut"} if found.get("process") == "cut" else {})


def _is_drawable(item: TaskInput) -> bool:
    return item.media.is_picture or item.media.media_type == DRAWING


def _check_without_picture(options: LaserOptions, working: tuple[TaskInput, ...]) -> None:
    """Raises InvalidOption for what no machine does, MissingInput for letters without any."""
    material, machine = find_material(options.material), find_machine(options.machine)
    if options.process == "text":
        if not (options.text or "").strip():
            raise MissingInput("There is no text to engrave.", hint='Say which: engrave the text "Anna".')
        if working:
            raise InvalidOption(
                "Text and a picture are jobs of their own.",
                hint="Leave the picture out, or put the words into it first.",
            )
        find_preset(material, machine)
        return
    if working and (options.process == "testgrid" or not working[0].media.is_picture):
        raise InvalidOption(
            "A test grid takes no picture."
            if options.process == "testgrid"
            else "What a box shows must be a picture, not a drawing.",
            hint="Leave it out, or name another process.",
        )
    find_preset(material, machine, "cut" if options.process == "box" else "engrave")
    _check_line_speed(options)


def _check_line_speed(options: LaserOptions) -> None:
    machine = find_machine(options.machine)
    find_material(options.material)
    if options.speed_mm_min is not None:
        in_range(f"The speed of {machine.title}", options.speed_mm_min, 1, machine.max_speed_mm_min, "mm/min")


def _line_rubric(options: LaserOptions) -> Rubric:
    zero = {
        "report.gcode_errors": "The G-code breaks a rule of the controller or leaves the bed.",
        "report.nesting_errors": "Something inside a part is burnt after the cut that frees it.",
        "report.stops": "Running it so would ruin the work piece; the report's readiness says where and what to do.",
    }
    if options.dialect in ("marlin", "smoothie"):
        # No independent reader of these dialects is here: what was not checked is not judged.
        del zero["report.gcode_errors"]
    if options.process in ("auto", "testgrid"):
        del zero["report.nesting_errors"]  # dots and patches have no inside
    criteria = [Criterion(measure=name, rule="at_most", threshold=0, why=why) for name, why in zero.items()]
    if options.process != "auto":
        line = "There is no line to follow."
        criteria.append(Criterion(measure="report.paths", rule="at_least", threshold=1, why=line))
    if options.process == "box":
        loose = "The joints would not fit to a hundredth of a millimetre."
        criteria.append(Criterion(measure="report.fit_error_mm", rule="at_most", threshold=0.01, why=loose))
    return Rubric(name=f"laser:{options.process}", criteria=tuple(criteria))


def _planned_grid(options: LaserOptions, picture: TaskInput) -> Grid:
    """The raster of the job; everything that can be refused before computing is refused here."""
    material, machine = find_material(options.material), find_machine(options.machine)
    preset = find_preset(material, machine)
    scanned = "engrave" in options.process or options.process == "auto"
    if options.process in ("cut", "score", "engrave_and_cut"):
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
    if options.process in ("engrave", "auto") and options.speed_mm_min:
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
