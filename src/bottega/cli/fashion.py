"""`fashion`: the fitting room on the command line. A garment on a person, what a picture is good for, colours, a size.

Looks, recommendations and the wardrobe are in `fashion_looks`, feeds and search in `fashion_shop`; which work another
engine than the offline one does is decided by the planner.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from bottega.cli import fashion_looks, fashion_shop
from bottega.cli.fashion_show import say, show_check, show_style, show_tryon
from bottega.cli.session import EXIT_CODES, JsonOption, Reply, carry_out, one_thread_each

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bottega.fashion.findings import Check
    from bottega.fashion.garment.values import Garment
    from bottega.fashion.tryon.values import TryOn
    from bottega.imaging.picture import U8

group = typer.Typer(
    name="fashion",
    help="Try clothes on, check pictures, colours, sizes, looks and a wardrobe; offline unless you ask otherwise.",
    no_args_is_help=True,
)

OFFLINE = "offline"
WORKFLOW = "reference_styling/virtual_tryon"
REFUSED = 3
"""Exit code of a picture that cannot be used, with its coded reasons; that of a missing engine as well."""

PersonPicture = Annotated[
    Path, typer.Argument(metavar="PERSON", help="A photo of one person.", show_default=False)
]
Look = Annotated[
    bool, typer.Option("--look", help="Let the vision model of BOTTEGA_JUDGE_MODEL look as well.")
]
GarmentPicture = Annotated[
    Path, typer.Argument(metavar="GARMENT", help="The product picture of one garment.", show_default=False)
]
ChartKindName = Literal["tops", "bottoms", "dresses", "outerwear", "shoes"]


@group.command(epilog=EXIT_CODES)
def tryon(
    person: PersonPicture,
    garment: GarmentPicture,
    out: Annotated[
        Path, typer.Argument(metavar="OUT", help="The result: .png, .jpg or .webp.", show_default=False)
    ],
    engine: Annotated[
        str,
        typer.Option(
            help="offline: here and now, without networks. auto: a planned job. Else the id of a model."
        ),
    ] = OFFLINE,
    fit: Annotated[
        Literal["fitted", "regular", "loose"] | None,
        typer.Option(help="How it is to sit.", show_default=False),
    ] = None,
    tucked: Annotated[
        bool | None,
        typer.Option("--tucked/--untucked", help="How a top is worn; as the one in the photo when neither."),
    ] = None,
    sleeves: Annotated[
        Literal["down", "rolled"] | None, typer.Option(help="How sleeves are worn.", show_default=False)
    ] = None,
    category: Annotated[
        Literal["upper", "lower", "dress"] | None,
        typer.Option(help="What the garment is; read from the picture when left out.", show_default=False),
    ] = None,
    mask: Annotated[
        Path | None,
        typer.Option(help="Also write, as PNG, which pixels may have changed.", show_default=False),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same pixels.")] = 0,
    stay_local: Annotated[
        bool, typer.Option("--stay-local", help="Use only what sends nothing away.")
    ] = False,
    max_cost: Annotated[
        str | None, typer.Option(metavar="DOLLARS", help="What the job may cost, such as 0.10.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Put a garment on a person; refuse with reasons where the result would be wrong (exit code 3)."""
    reply = Reply(as_json, engine=engine, report=None, verdict=None, files=[], error=None)
    wishes: dict[str, Any] = {"fit": fit, "tucked": tucked, "sleeves": sleeves, "category": category}
    given = {name: value for name, value in wishes.items() if value is not None}
    if engine == OFFLINE:
        carry_out(reply, lambda: _tryon_here(reply, person, garment, out, given, mask, seed), logs=False)
    from bottega.cli.fashion_job import run_tryon

    if mask is not None:
        raise typer.BadParameter(
            "Only the engine offline knows which pixels it changed.", param_hint="--mask"
        )
    options = given | ({"seed": seed} if seed else {})
    carry_out(
        reply,
        lambda: run_tryon(
            reply, person, garment, out, engine, options, stay_local=stay_local, max_cost=max_cost
        ),
    )


@group.command()
def check(
    person: Annotated[
        Path | None, typer.Option(help="A photo that clothes are to be tried on with.", show_default=False)
    ] = None,
    garment: Annotated[
        Path | None, typer.Option(help="A product picture of a garment.", show_default=False)
    ] = None,
    look: Look = False,
    as_json: JsonOption = False,
) -> None:
    """What a picture is good for, in codes and in words; exit code 3 when one of them cannot be used."""
    reply = Reply(as_json, person=None, garment=None, error=None)

    async def work() -> int:
        import asyncio

        from bottega.cli.fashion_vision import looked_at
        from bottega.errors import MissingInput

        given = [(role, path) for role, path in (("person", person), ("garment", garment)) if path]
        if not given:
            raise MissingInput("There is no picture to check.", hint="Give --person, --garment or both.")
        one_thread_each()
        found = await asyncio.gather(*(asyncio.to_thread(_checked, role, path) for role, path in given))
        checks = {role: check for (role, _), check in zip(given, found, strict=True)}
        if look:
            checks = await looked_at(reply, checks, dict(given))
        for (role, path), check in zip(given, checks.values(), strict=True):
            reply.document[role] = {"usable": check.usable, **check.model_dump(mode="json")}
            show_check(reply, path, check)
        return 0 if all(check.usable for check in checks.values()) else REFUSED

    carry_out(reply, work)


@group.command()
def style(
    person: PersonPicture,
    words: Annotated[str, typer.Option(help="What you say of your style, in your own words.")] = "",
    palette: Annotated[
        Path | None, typer.Option(help="Also draw the palette, as PNG.", show_default=False)
    ] = None,
    look: Look = False,
    as_json: JsonOption = False,
) -> None:
    """Colours, proportions and style as far as a photo tells; what it does not tell is said."""
    reply = Reply(as_json, analysis=None, files=[], error=None)

    async def work() -> int:
        import asyncio

        from bottega.cli.fashion_vision import read_as_well
        from bottega.cli.laser_files import check_targets, read_picture, write_files
        from bottega.fashion.style.analyse import analyse_style
        from bottega.fashion.style.picture import palette_picture

        if palette is not None:
            check_targets([palette], [person])
        pixels, _ = await asyncio.to_thread(read_picture, person)
        analysis = await asyncio.to_thread(lambda: analyse_style(pixels, words=words))
        if look:
            analysis = await read_as_well(reply, analysis, person.expanduser(), words)
        reply.document["analysis"] = analysis.model_dump(mode="json")
        if palette is not None:
            data = await asyncio.to_thread(lambda: _encoded(palette_picture(analysis), "image/png"))
            await asyncio.to_thread(write_files, {palette: data})
            reply.document["files"] = [{"path": str(palette), "bytes": len(data)}]
        show_style(reply, analysis)
        if palette is not None:
            say(reply, f"Palette: {palette}")
        return 0

    carry_out(reply, work)


@group.command()
def size(
    measurements: Annotated[
        Path, typer.Option(help='A TOML, JSON or CSV file: waist = "72cm" and so on.', show_default=False)
    ],
    chart: Annotated[
        str,
        typer.Option(help="A file (CSV, TOML, JSON), or women, men or unisex for a chart of usual practice."),
    ] = "women",
    garment: Annotated[
        ChartKindName | None,
        typer.Option(help="What is to be bought; that of the chart when left out.", show_default=False),
    ] = None,
    fit: Annotated[Literal["fitted", "regular", "loose"], typer.Option(help="How it is to sit.")] = "regular",
    usual: Annotated[
        str | None, typer.Option(help="The size usually taken, as the chart calls it.", show_default=False)
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """The size of a chart for measurements, with its probability. A photo has no scale and gives no size."""
    reply = Reply(as_json, advice=None, error=None)

    async def work() -> int:
        from bottega.fashion.size.advice import advise_size
        from bottega.fashion.size.charts import chart_for, read_chart
        from bottega.fashion.size.measurements import read_measurements

        given = read_measurements(measurements.expanduser())
        if chart in ("women", "men", "unisex"):
            table = chart_for(garment or ("shoes" if chart == "unisex" else "tops"), chart)
        else:
            described = {"kinds": (garment,)} if garment else {}
            table = read_chart(Path(chart), **described)
        kind = garment or table.kinds[0]
        advice = advise_size(given, table, garment_kind=kind, fit=fit, usual_size=usual)
        reply.document["advice"] = {"garment": kind, **advice.model_dump(mode="json")}
        say(reply, f"Size {advice.size} ({kind}, {advice.chart}), {advice.confidence:.0%} sure.")
        others = ", ".join(f"{each.size} {each.probability:.0%}" for each in advice.alternatives)
        say(reply, f"Chances: {others}.", *advice.reasons)
        if advice.missing:
            say(reply, f"Surer with: {', '.join(advice.missing)}.")
        if advice.conventional:
            say(reply, "This chart is usual practice, no maker's own; the shop's chart tells more.")
        return 0

    carry_out(reply, work)


# --- try-on here ---------------------------------------------------------------------------------------------


async def _tryon_here(
    reply: Reply,
    person: Path,
    garment: Path,
    out: Path,
    given: "Mapping[str, Any]",
    mask: Path | None,
    seed: int,
) -> int:
    import asyncio

    from bottega.cli.laser_files import check_targets, write_files

    media_type = _media_type(out)
    check_targets([out, *([mask] if mask else [])], [person, garment])
    one_thread_each()
    from bottega.fashion.tryon.values import TryOnRefused

    try:
        done = await asyncio.to_thread(_put_on, person, garment, given, seed)
    except TryOnRefused as refused:
        return _refused(reply, refused)
    files = {out: await asyncio.to_thread(_encoded, done.rgb, media_type, _provenance(given, seed))}
    if mask is not None:
        from bottega.imaging.mask import white_where

        files[mask] = _encoded(white_where(done.edit_mask), "image/png")
    await asyncio.to_thread(write_files, files)
    reply.document |= {"report": done.report, "verdict": _verdict(done)}
    reply.document["files"] = [{"path": str(path), "bytes": len(data)} for path, data in files.items()]
    show_tryon(reply, done, out)
    return 4 if done.verdict.accepted is False else 0


def _put_on(person: Path, garment: Path, given: "Mapping[str, Any]", seed: int) -> "TryOn":
    """The product picture is read and looked at beside the photograph."""
    from concurrent.futures import ThreadPoolExecutor

    from bottega.cli.laser_files import read_picture

    def of_product() -> "tuple[U8, Garment]":
        rgb, alpha = read_picture(garment)
        from bottega.fashion.garment.parse import parse_garment

        return rgb, parse_garment(rgb, alpha, seed=seed)

    with ThreadPoolExecutor(1) as beside:
        looked_at = beside.submit(of_product)
        photo, _ = read_picture(person)
        from bottega.fashion.person.parse import parse_person

        worn_by = parse_person(photo, seed=seed)
        from bottega.fashion.tryon.engine import try_on
        from bottega.fashion.wishes import tryon_options

        product, parsed = looked_at.result()
    options = tryon_options(given, parsed.kind)
    return try_on(photo, product, options, seed=seed, garment=parsed, person=worn_by)


def _refused(reply: Reply, error: Any) -> int:
    from bottega.cli.session import say_error

    say_error(reply, error.as_dict())
    for reason in error.reasons[1:]:
        say(reply, f"Also: {reason.message} {reason.fix}".rstrip())
    return REFUSED


def _verdict(done: "TryOn") -> dict[str, Any]:
    from bottega.fashion.tryon.values import WEIGHTS

    verdict = done.verdict
    return {
        "accepted": verdict.accepted,
        "score": verdict.score,
        "threshold": verdict.threshold,
        "parts": {name: getattr(verdict, name) for name in WEIGHTS},
        "failed": list(verdict.failed),
        "not_judged": list(verdict.not_judged),
    }


def _provenance(given: "Mapping[str, Any]", seed: int) -> Any:
    from bottega.domain.asset import Provenance
    from bottega.engines.local.geometric import MODEL, NAME, SOURCE_TYPE

    return Provenance(
        workflow=WORKFLOW,
        model_id=MODEL,
        engine=NAME,
        parameters={**given, "seed": seed},
        digital_source_type=SOURCE_TYPE,
    )


def _media_type(out: Path) -> str:
    from bottega.errors import InvalidOption

    known = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp"}
    if out.suffix.lower() not in known:
        raise InvalidOption(f"{out.name} says no format.", hint="End the name in .png, .jpg or .webp.")
    return known[out.suffix.lower()]


def _encoded(rgb: "U8", media_type: str, provenance: Any = None) -> bytes:
    from bottega.imaging.encode import encoded
    from bottega.imaging.picture import Picture

    return encoded(Picture(rgb=rgb), media_type, provenance, quality=95)


def _checked(role: str, path: Path) -> "Check":
    from bottega.cli.laser_files import read_picture
    from bottega.fashion.garment.parse import check_garment
    from bottega.fashion.person.parse import check_person

    pixels, alpha = read_picture(path.expanduser())
    return check_person(pixels) if role == "person" else check_garment(pixels, alpha)


fashion_looks.register(group)
fashion_shop.register(group)
