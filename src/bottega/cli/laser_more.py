"""`laser`, continued: boxes, test grids, materials, estimates, and wordings for pictures that are to be lasered."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bottega.cli.laser import (
    BedHeight,
    BedWidth,
    KerfMm,
    Machine,
    Material,
    PreviewFile,
    Source,
    formats_of,
    group,
    run,
)
from bottega.cli.session import JsonOption, Reply, carry_out

if TYPE_CHECKING:
    from bottega.laser.studio_files import Made
    from bottega.laser.studio_more import MadeBox


@group.command()
def box(
    design: Annotated[str, typer.Argument(help="Which box; `list` names them.", show_default=False)],
    out: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="OUT...", help="What to write, as for cut; further sheets get -2, -3 behind the name."
        ),
    ] = None,
    x: Annotated[float, typer.Option(help="Width inside in mm.")] = 100,
    y: Annotated[float, typer.Option(help="Depth inside in mm.")] = 80,
    z: Annotated[float, typer.Option(help="Height inside in mm.")] = 50,
    outer: Annotated[bool, typer.Option("--outer", help="The sizes are those of the outside.")] = False,
    thickness: Annotated[float, typer.Option(help="Thickness of the material in mm, as measured.")] = 3,
    finger: Annotated[float, typer.Option(help="Width of the fingers in mm.")] = 9,
    play: Annotated[float, typer.Option(help="How much wider slots are than teeth, in mm.")] = 0,
    kerf_mm: KerfMm = None,
    kerf_y_mm: Annotated[
        float | None, typer.Option(help="The same in Y, for a beam that is not round.", show_default=False)
    ] = None,
    columns: Annotated[int, typer.Option(help="Compartments side by side.")] = 2,
    rows: Annotated[int, typer.Option(help="Compartments behind each other.")] = 2,
    count: Annotated[int, typer.Option(help="Drawers or shelves.")] = 2,
    labels: Annotated[bool, typer.Option("--labels/--no-labels", help="Score the parts' names.")] = True,
    sheet_width_mm: Annotated[float, typer.Option(help="Width of the sheets in mm.")] = 600,
    sheet_height_mm: Annotated[float, typer.Option(help="Height of the sheets in mm.")] = 400,
    picture: Annotated[
        Path | None,
        typer.Option(help="A picture to engrave on the face that the box has for it.", show_default=False),
    ] = None,
    material: Material = "plywood-3mm",
    machine: Machine = "diode-10w",
    as_json: JsonOption = False,
) -> None:
    """The parts of a box with finger joints, nested on sheets, so that they fit when they are cut."""
    reply = Reply(as_json)

    async def work() -> int:
        import asyncio

        from bottega.cli.laser_files import check_targets, write_files
        from bottega.cli.laser_show import report_view
        from bottega.errors import InputError
        from bottega.laser.studio_more import designs

        if design == "list":
            return _list_designs(reply, designs())
        if not out:
            raise InputError(
                "Where the box is to be written is missing.", hint="Name a file, such as box.svg."
            )
        check_targets(out, [picture] if picture else [])
        formats = formats_of(out)

        def make() -> "MadeBox":
            from bottega.laser.boxes import BoxSettings
            from bottega.laser.materials import find_machine, find_material, find_preset
            from bottega.laser.studio_cut import CutSettings
            from bottega.laser.studio_more import box

            preset = find_preset(find_material(material), find_machine(machine), "cut")
            settings = BoxSettings(
                x_mm=x,
                y_mm=y,
                z_mm=z,
                outer=outer,
                thickness_mm=thickness,
                finger_mm=finger,
                play_mm=play,
                kerf_x_mm=preset.cut_width_mm if kerf_mm is None else kerf_mm,
                kerf_y_mm=kerf_y_mm,
                columns=columns,
                rows=rows,
                count=count,
                labels=labels,
                sheet_width_mm=sheet_width_mm,
                sheet_height_mm=sheet_height_mm,
                picture=_dots(picture, x, material, machine) if picture else None,
            )
            # A sheet is what fits on the bed; leads and run-up need some room around it.
            burn = CutSettings(
                material=material,
                machine=machine,
                bed_width_mm=sheet_width_mm + 40,
                bed_height_mm=sheet_height_mm + 40,
            )
            return box(design, settings, formats, burn=burn)

        made = await asyncio.to_thread(make)
        files = {
            _numbered(target, number): sheet.files[name]
            for number, sheet in enumerate(made.sheets, 1)
            for target, name in zip(out, formats, strict=True)
        }
        await asyncio.to_thread(write_files, files)
        reply.document |= made.report
        reply.document["sheet_reports"] = [sheet.full_report() for sheet in made.sheets]
        reply.document["files"] = [{"path": str(path), "bytes": len(data)} for path, data in files.items()]
        reply.show(report_view(reply.document))
        return 0

    carry_out(reply, work)


@group.command("testgrid")
def grid(
    out: Annotated[
        list[Path] | None,
        typer.Argument(metavar="OUT...", help="What to write; testgrid.gcode when nothing is named."),
    ] = None,
    kind: Annotated[str, typer.Option(help="power-speed, interval, passes, kerf or focus.")] = "power-speed",
    material: Material = "plywood-3mm",
    machine: Machine = "diode-10w",
    powers: Annotated[
        str, typer.Option(help="Powers in %, such as 20,40,60; by default around the starting point.")
    ] = "",
    speeds: Annotated[str, typer.Option(help="Speeds in mm/min, such as 1000,2000.")] = "",
    intervals: Annotated[str, typer.Option(help="Line intervals in mm, such as 0.08,0.1.")] = "",
    cell_mm: Annotated[float, typer.Option(help="Side of a patch in mm.")] = 8,
    bed_width_mm: BedWidth = 400,
    bed_height_mm: BedHeight = 400,
    preview: PreviewFile = None,
    as_json: JsonOption = False,
) -> None:
    """A card with patches of different power, speed or interval, to find the best figures for a material."""
    reply = Reply(as_json)
    targets = out or [Path("testgrid.gcode")]

    def make() -> "Made":
        from bottega.laser.studio_more import GridSettings, grid_card

        settings = GridSettings(
            kind=kind,
            material=material,
            machine=machine,
            powers=_figures("powers", powers),
            speeds=_figures("speeds", speeds),
            intervals=_figures("intervals", intervals),
            cell_mm=cell_mm,
            bed_width_mm=bed_width_mm,
            bed_height_mm=bed_height_mm,
        )
        return grid_card(settings, formats_of(targets))

    run(reply, make, targets, preview=preview)


@group.command()
def materials(as_json: JsonOption = False) -> None:
    """Machines, materials with their starting points, and what must never be lasered."""
    reply = Reply(as_json)

    async def work() -> int:
        from rich.text import Text

        from bottega.cli.show import plain_table
        from bottega.laser.studio_more import materials_report

        reply.document |= materials_report()
        machines = plain_table("machine", "", "fastest mm/min", right=("fastest mm/min",))
        for each in reply.document["machine"]:
            machines.add_row(each["id"], each["title"], f"{each['max_speed_mm_min']:g}")
        known = plain_table("material", "", "on")
        for each in reply.document["material"]:
            known.add_row(Text(each["id"]), each["title"], Text(", ".join(each["presets"])))
        never = plain_table("never", "because")
        for each in reply.document["forbidden"]:
            never.add_row(Text(each["title"], style="red"), Text(each["reason"]))
        reply.show(machines, "", known, "", never)
        return 0

    carry_out(reply, work)


@group.command()
def estimate(
    source: Source,
    machine: Machine = "diode-10w",
    material: Material = "plywood-3mm",
    kerf_mm: KerfMm = None,
    bed_width_mm: BedWidth = 400,
    bed_height_mm: BedHeight = 400,
    price_per_hour: Annotated[float, typer.Option(help="What an hour of the machine costs.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Time with acceleration, lengths and cost of a G-code or SVG file, and what is wrong with it."""
    reply = Reply(as_json)

    async def work() -> int:
        import asyncio

        from bottega.cli.laser_files import read_drawing
        from bottega.cli.laser_show import report_view
        from bottega.laser.studio_cut import CutSettings
        from bottega.laser.studio_more import estimate

        settings = CutSettings(
            machine=machine,
            material=material,
            kerf_mm=kerf_mm,
            bed_width_mm=bed_width_mm,
            bed_height_mm=bed_height_mm,
            price_per_hour=price_per_hour,
        )
        made = await asyncio.to_thread(estimate, read_drawing(source), source.name, settings)
        reply.document |= made.full_report()
        reply.show(report_view(reply.document))
        return 0

    carry_out(reply, work)


@group.command()
def prompt(
    words: Annotated[str, typer.Argument(help="What the picture is to show.", show_default=False)],
    style: Annotated[
        str | None, typer.Option(help="One of the templates; the words decide.", show_default=False)
    ] = None,
    variations: Annotated[int, typer.Option(help="So many different wordings.")] = 1,
    seed: Annotated[int, typer.Option(help="The same seed gives the same variations.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """The wish as an image model should be asked, so that its picture can be lasered."""
    reply = Reply(as_json, prompts=[])

    async def work() -> int:
        from rich.text import Text

        from bottega.laser.prompts import enhance_prompt, prompt_variations

        if variations == 1:
            found = (enhance_prompt(words, style=style),)
        else:
            found = prompt_variations(words, count=variations, seed=seed, style=style)
        reply.document["prompts"] = [each.model_dump(mode="json") for each in found]
        for each in found:
            reply.show(Text(each.prompt), Text(f"not: {each.negative_prompt}", style="dim"))
        for advice in found[0].advice:
            reply.show(Text(advice.advice, style="yellow"))
        return 0

    carry_out(reply, work)


def _list_designs(reply: Reply, known: dict[str, str]) -> int:
    from bottega.cli.show import plain_table

    reply.document["designs"] = known
    table = plain_table("design", "")
    for name, title in known.items():
        table.add_row(name, title)
    reply.show(table)
    return 0


def _figures(name: str, text: str) -> tuple[float, ...]:
    from bottega.errors import InvalidOption

    try:
        return tuple(float(part) for part in text.split(",") if part.strip())
    except ValueError:
        raise InvalidOption(
            f"The {name} {text[:60]!r} cannot be read.", hint="Write numbers with commas between them."
        ) from None


def _numbered(target: Path, number: int) -> Path:
    return target if number == 1 else target.with_stem(f"{target.stem}-{number}")


def _dots(path: Path, width_mm: float, material: str, machine: str) -> Any:
    """The picture dithered for the material, as the box engraves it."""
    from bottega.cli.laser_files import read_picture
    from bottega.laser.job import EngraveSettings, engrave

    pixels, alpha = read_picture(path)
    settings = EngraveSettings(
        material=material, machine=machine, width_mm=width_mm, bed_width_mm=5000, bed_height_mm=5000
    )
    return engrave(pixels, settings, alpha=alpha).dots
