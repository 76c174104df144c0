"""`laser`: the laser studio without a server, a database or a job. Files in, files out.

The commands translate options into the settings of `bottega.laser`'s studio functions; boxes, test grids and what is
known of materials are in `laser_more`.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bottega.cli.session import JsonOption, Reply, carry_out

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bottega.laser.geometry import Operation
    from bottega.laser.studio_files import Format, Made

group = typer.Typer(
    name="laser",
    help="Engrave, trace, cut, boxes and test grids: files for a laser, without a server or a job.",
    no_args_is_help=True,
)

Source = Annotated[Path, typer.Argument(metavar="IN", help="The file to work on.", show_default=False)]
Targets = Annotated[
    list[Path],
    typer.Argument(
        metavar="OUT...",
        help="What to write: .gcode, .svg, .dxf, .lbrn2, .pdf or .png; several for one job in several formats.",
        show_default=False,
    ),
]
WidthMm = Annotated[
    float | None,
    typer.Option(
        help="Width in mm; 100 when neither side is given. Proportions are kept.", show_default=False
    ),
]
HeightMm = Annotated[float | None, typer.Option(help="Height in mm.", show_default=False)]
Material = Annotated[str, typer.Option(help="What is lasered; `bottega laser materials` lists them.")]
Machine = Annotated[str, typer.Option(help="The laser; `bottega laser materials` lists them.")]
Power = Annotated[
    float | None,
    typer.Option(help="Power in %; by default the material's starting point.", show_default=False),
]
Speed = Annotated[
    float | None,
    typer.Option(help="Speed in mm/min; by default the material's starting point.", show_default=False),
]
Passes = Annotated[
    int | None, typer.Option(help="How often; by default the material's starting point.", show_default=False)
]
BedWidth = Annotated[float, typer.Option(help="Width of the machine's bed in mm.")]
BedHeight = Annotated[float, typer.Option(help="Height of the machine's bed in mm.")]
KerfMm = Annotated[
    float | None,
    typer.Option(
        help="Width of the cut in mm; by default the material's on that machine.", show_default=False
    ),
]
PreviewFile = Annotated[
    Path | None, typer.Option(help="Also draw what it will look like, as PNG.", show_default=False)
]


@group.command()
def engrave(
    source: Source,
    out: Targets,
    width_mm: WidthMm = None,
    height_mm: HeightMm = None,
    interval_mm: Annotated[
        float | None,
        typer.Option(help="Distance of the lines in mm; by default the material's.", show_default=False),
    ] = None,
    material: Material = "plywood-3mm",
    machine: Machine = "diode-10w",
    dither: Annotated[str, typer.Option(help="How grey becomes dots.")] = "jarvis",
    beam_mm: Annotated[
        float | None, typer.Option(help="Width of one burnt line in mm.", show_default=False)
    ] = None,
    power_percent: Power = None,
    speed_mm_min: Speed = None,
    passes: Passes = None,
    contrast: Annotated[float, typer.Option(help="Local contrast, 0 to 1.")] = 0.0,
    invert: Annotated[bool, typer.Option("--invert", help="Burn the light parts.")] = False,
    bed_width_mm: BedWidth = 400,
    bed_height_mm: BedHeight = 400,
    preview: PreviewFile = None,
    as_json: JsonOption = False,
) -> None:
    """A picture burnt in dots, at true size, with the beam's width accounted for."""
    reply = Reply(as_json)

    def make() -> "Made":
        from bottega.cli.laser_files import read_picture
        from bottega.laser.job import EngraveSettings
        from bottega.laser.studio import engrave

        pixels, alpha = read_picture(source)
        settings = EngraveSettings(
            material=material,
            machine=machine,
            width_mm=width_mm,
            height_mm=height_mm,
            interval_mm=interval_mm,
            beam_mm=beam_mm,
            power_percent=power_percent,
            speed_mm_min=speed_mm_min,
            passes=passes,
            dither=dither,
            contrast=contrast,
            invert=invert,
            bed_width_mm=bed_width_mm,
            bed_height_mm=bed_height_mm,
            title=source.stem,
        )
        return engrave(pixels, settings, formats_of(out), alpha=alpha)

    run(reply, make, out, sources=(source,), preview=preview)


@group.command()
def trace(
    source: Source,
    out: Targets,
    width_mm: WidthMm = None,
    height_mm: HeightMm = None,
    centerline: Annotated[
        bool, typer.Option("--centerline", help="One line along the middle of each stroke.")
    ] = False,
    levels: Annotated[int, typer.Option(help="So many tones, each on a layer.")] = 1,
    colours: Annotated[int, typer.Option(help="So many colours, each on a layer.")] = 0,
    level: Annotated[
        float | None,
        typer.Option(help="Darkness from 0 to 1 that counts as ink; found by itself.", show_default=False),
    ] = None,
    invert: Annotated[bool, typer.Option("--invert", help="Trace what is light.")] = False,
    speck_px: Annotated[
        float | None,
        typer.Option(help="Spots smaller than so many square pixels are dropped.", show_default=False),
    ] = None,
    operation: Annotated[
        str | None, typer.Option(help="What the lines are for: cut, score or engrave.", show_default=False)
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """The outlines or the centre lines of a picture as curves, to a fraction of a pixel."""
    reply = Reply(as_json)

    def make() -> "Made":
        from bottega.cli.laser_files import read_picture
        from bottega.laser.studio import TraceSettings, trace, with_alpha

        pixels, alpha = read_picture(source)
        settings = TraceSettings(
            width_mm=width_mm,
            height_mm=height_mm,
            centerline=centerline,
            levels=levels,
            colours=colours,
            level=level,
            invert=invert,
            speck_px=speck_px,
            operation=_operation(operation),
            title=source.stem,
        )
        return trace(with_alpha(pixels, alpha), settings, formats_of(out))

    run(reply, make, out, sources=(source,))


@group.command()
def cut(
    source: Source,
    out: Targets,
    kerf_mm: KerfMm = None,
    kerf_y_mm: Annotated[
        float | None,
        typer.Option(help="The same in Y, for a beam that is not round.", show_default=False),
    ] = None,
    material: Material = "plywood-3mm",
    machine: Machine = "diode-10w",
    power_percent: Power = None,
    speed_mm_min: Speed = None,
    passes: Passes = None,
    tabs: Annotated[int, typer.Option(help="So many tabs hold each part in the sheet.")] = 0,
    tab_width_mm: Annotated[float, typer.Option(help="Width of a tab in mm.")] = 0.5,
    bridges_mm: Annotated[
        float, typer.Option(help="Width of bridges in mm that hold the islands of a stencil; 0 for none.")
    ] = 0,
    lead_mm: Annotated[float, typer.Option(help="Length of lead-in and lead-out in mm; 0 for none.")] = 0,
    dialect: Annotated[str, typer.Option(help="grbl, grblhal, fluidnc, marlin or smoothie.")] = "grbl",
    bed_width_mm: BedWidth = 400,
    bed_height_mm: BedHeight = 400,
    price_per_hour: Annotated[float, typer.Option(help="What an hour of the machine costs.")] = 0,
    preview: PreviewFile = None,
    as_json: JsonOption = False,
) -> None:
    """A drawing cut to size: kerf, inner lines first, little travel, tabs and leads where wanted."""
    reply = Reply(as_json)

    def make() -> "Made":
        from bottega.cli.laser_files import read_drawing
        from bottega.laser.studio_cut import CutSettings, cut_svg

        settings = CutSettings(
            material=material,
            machine=machine,
            kerf_mm=kerf_mm,
            kerf_y_mm=kerf_y_mm,
            power_percent=power_percent,
            speed_mm_min=speed_mm_min,
            passes=passes,
            tabs=tabs,
            tab_width_mm=tab_width_mm,
            bridges_mm=bridges_mm,
            lead_mm=lead_mm,
            dialect=dialect,
            bed_width_mm=bed_width_mm,
            bed_height_mm=bed_height_mm,
            price_per_hour=price_per_hour,
            title=source.stem,
        )
        return cut_svg(read_drawing(source), settings, formats_of(out))

    run(reply, make, out, sources=(source,), preview=preview, judged=True)


@group.command()
def optimize(
    source: Source,
    out: Targets,
    tolerance_mm: Annotated[float, typer.Option(help="Lines nearer than this are one.")] = 0.02,
    effort: Annotated[float, typer.Option(help="More than 1 searches longer for less travel.")] = 1,
    as_json: JsonOption = False,
) -> None:
    """The same drawing with every line once, inner lines before outer ones, and little travel."""
    reply = Reply(as_json)

    def make() -> "Made":
        from bottega.cli.laser_files import read_drawing
        from bottega.laser.studio_cut import optimize_svg

        data = read_drawing(source)
        return optimize_svg(
            data, formats_of(out), tolerance_mm=tolerance_mm, effort=effort, title=source.stem
        )

    run(reply, make, out, sources=(source,))


# --- what the commands share ---------------------------------------------------------------------------------


def formats_of(targets: "Sequence[Path]") -> "list[Format]":
    """The format of each target. Raises InvalidOption for endings that say none, and for two of one kind."""
    from bottega.errors import InvalidOption
    from bottega.laser.studio_files import format_of

    found: list[Format] = [format_of(target.name) for target in targets]
    if len(set(found)) < len(found):
        raise InvalidOption("Two of the files would be of one format.", hint="Name one file for each format.")
    return found


def run(
    reply: Reply,
    make: "Callable[[], Made]",
    targets: "Sequence[Path]",
    *,
    sources: "Sequence[Path]" = (),
    preview: Path | None = None,
    judged: bool = False,
) -> None:
    """Make, write, say what came out. Nothing is written when making fails.

    With `judged`, a job that must not be run so ends with exit code 4; its files are written all the same.
    """

    async def work() -> int:
        import asyncio

        from bottega.cli.laser_files import check_targets, write_files
        from bottega.cli.laser_show import report_view
        from bottega.laser.quality import Readiness

        everything = [*targets, *([preview] if preview else [])]
        check_targets(everything, sources)
        formats = formats_of(targets)
        made = await asyncio.to_thread(make)
        files = {target: made.files[name] for target, name in zip(targets, formats, strict=True)}
        if preview is not None:
            files[preview] = await asyncio.to_thread(preview_png, made)
        await asyncio.to_thread(write_files, files)
        reply.document |= made.full_report()
        reply.document["files"] = [{"path": str(path), "bytes": len(data)} for path, data in files.items()]
        reply.show(report_view(reply.document))
        stops = made.assessment.state is Readiness.NOT_CUTTABLE
        return 4 if judged and stops else 0

    carry_out(reply, work)


def preview_png(made: "Made") -> bytes:
    """What the result will look like: the burnt material, or else the way of the head. Raises InvalidOption."""
    import io

    from PIL import Image

    from bottega.errors import InvalidOption

    name = next(iter(made.pictures), None)
    if name is None:
        raise InvalidOption("There is no preview of this job.")
    dpi = made.dpi.get(name, 96.0)
    buffer = io.BytesIO()
    Image.fromarray(made.pictures[name]).save(buffer, "PNG", dpi=(dpi, dpi))
    return buffer.getvalue()


def _operation(name: str | None) -> "Operation | None":
    from bottega.errors import InvalidOption
    from bottega.laser.geometry import Operation as Known

    if name is None:
        return None
    try:
        return Known(name.lower())
    except ValueError:
        raise InvalidOption(f"There is no operation {name!r}.", hint=f"Known: {', '.join(Known)}.") from None
