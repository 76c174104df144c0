"""`demo`: the main job on real photographs, through the real pipeline, with a page to look at afterwards.

The photographs ship inside scikit-image. The demo has a home of its own and uses this machine's engines only, so it
touches nobody's data and spends nothing.
"""

import importlib.util
import shlex
import shutil
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

import typer

from bottega.cli.session import Reply, carry_out, load_settings, opened

if TYPE_CHECKING:
    from bottega.app import Bottega
    from bottega.cli.contact_sheet import Card, Shown
    from bottega.domain.asset import Asset
    from bottega.domain.job import FinishedJob
    from bottega.settings import Settings

HOME = ".home"
"""The demo's own BOTTEGA_HOME inside its folder; a folder that has one is the demo's to write to."""
PREVIEW_SIDE = 1024


@dataclass(frozen=True, slots=True)
class Scene:
    """A sentence, a photograph with its description, and whether it is meant to be refused."""

    sentence: str
    photograph: str | None = None
    alt: str = ""
    refused: bool = False


SCENES = (
    Scene("sharpen this and double its size", "chelsea.png", "A tabby cat looks past the camera."),
    Scene(
        "turn this portrait into a pencil drawing",
        "astronaut.png",
        "Portrait of a smiling astronaut in an orange suit before a flag.",
    ),
    Scene(
        "make this ready for laser engraving on plywood, 100 mm wide",
        "rocket.jpg",
        "A rocket on its launch pad at dusk.",
    ),
    Scene(
        "make it warmer and crop to a square",
        "coffee.png",
        "A cup of coffee with a spoon on a wooden table, seen from above.",
    ),
    Scene("a red bicycle in the rain", refused=True),
)


def add_to(application: typer.Typer) -> None:
    application.command()(demo)


def demo(
    out: Annotated[Path, typer.Option(help="The folder for the results.")] = Path("demo-output"),
    open_page: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the page in the browser at the end.")
    ] = False,
) -> None:
    """Run the main job on real photographs and leave results and a contact sheet, index.html, to look at.

    Needs scikit-image for its photographs (pip install 'bottega[demo]'). Exit code 1 when a job did not end as
    it should.
    """
    reply = Reply()

    async def work() -> int:
        photographs = photographs_folder()
        prepare(out)
        started = time.monotonic()
        async with opened(_settings(out)) as bottega:
            await bottega.work()
            cards = [await _perform(reply, bottega, scene, photographs, out) for scene in SCENES]
        page = _write_page(out, tuple(cards))
        failed = [card for card in cards if not card.expected]
        took = time.monotonic() - started
        reply.show(f"{len(cards) - len(failed)} of {len(cards)} ended as they should, in {took:.0f} s.")
        reply.console.print(f"Look at {page}", markup=False, soft_wrap=True)
        if open_page:
            typer.launch(page.resolve().as_uri())
        return 1 if failed else 0

    carry_out(reply, work)


def photographs_folder() -> Path:
    """Where scikit-image keeps its photographs, found without importing it. Raises ResourceError."""
    from bottega.errors import ResourceError

    spec = importlib.util.find_spec("skimage")
    folder = Path(spec.origin).parent / "data" if spec is not None and spec.origin else None
    wanted = [scene.photograph for scene in SCENES if scene.photograph is not None]
    if folder is None or not all((folder / name).is_file() for name in wanted):
        raise ResourceError(
            "The demo's photographs ship inside scikit-image, which is not installed.",
            hint="Install it: pip install 'bottega[demo]'",
        )
    return folder


def prepare(out: Path) -> None:
    """An empty home in a folder that is new, empty or an earlier demo's. Raises InputError for any other."""
    from bottega.errors import InputError

    try:
        if out.exists() and any(out.iterdir()) and not (out / HOME).is_dir():
            raise InputError(
                f"The folder {out} holds files that are not the demo's.", hint="Name another folder: --out."
            )
        (out / "index.html").unlink(missing_ok=True)
        shutil.rmtree(out / HOME, ignore_errors=True)
        shutil.rmtree(out / "previews", ignore_errors=True)
        for folder in (out / HOME, out / "previews"):
            folder.mkdir(parents=True)
    except OSError as error:
        raise InputError(f"The folder {out} cannot be used: {error.strerror}.") from None


def _settings(out: Path) -> "Settings":
    return load_settings(
        home=out.resolve() / HOME, database_url="", catalogue=None, openai_compatible_base_url=""
    )


async def _perform(reply: Reply, bottega: "Bottega", scene: Scene, photographs: Path, out: Path) -> "Card":
    """One scene from its sentence to its card."""
    from bottega.app import make_request
    from bottega.cli.asking import understood
    from bottega.cli.contact_sheet import Card
    from bottega.cli.progress import JobDisplay
    from bottega.cli.show import error_view, intent_view, plan_view
    from bottega.errors import BottegaError

    reply.console.rule(f"“{scene.sentence}”", align="left", style="dim")
    started = time.monotonic()
    images = [photographs / scene.photograph] if scene.photograph is not None else []
    request = make_request(prompt=scene.sentence, inputs=await bottega.add_inputs(images))
    try:
        planned = await bottega.plan(request)
    except BottegaError as error:
        read = await understood(bottega, request)
        reply.show(*([intent_view(read)] if read is not None else []), error_view(error.as_dict()), "")
        return Card(
            request=request,
            intent=read,
            source=None,
            error=error.as_dict(),
            expected=scene.refused,
            seconds=time.monotonic() - started,
            command=_command(scene),
        )
    reply.show(intent_view(planned.intent), plan_view(planned.plan, request))
    job = await bottega.enqueue(planned)
    with JobDisplay(reply.console) as display:
        finished = await bottega.finished(job.id, on_event=display.tell)
    took = time.monotonic() - started
    return await _conclude(reply, bottega, scene, finished, out, took)


async def _conclude(
    reply: Reply, bottega: "Bottega", scene: Scene, finished: "FinishedJob", out: Path, took: float
) -> "Card":
    from bottega.cli.contact_sheet import Card
    from bottega.cli.files import Destination
    from bottega.cli.show import error_view, finished_view
    from bottega.domain.job import JobState

    job = finished.job
    stem = Path(scene.photograph or "result").stem
    targets = Destination(out, stem).names(finished.assets, job, 1)
    for asset, target in zip(finished.assets, targets, strict=True):
        shutil.copyfile(bottega.asset_path(asset), target)  # the demo's own names, so an earlier run's go
    rows = [(str(target), asset) for target, asset in zip(targets, finished.assets, strict=True)]
    reply.show(finished_view(finished, rows), "")
    if job.error is not None:
        reply.show(error_view(job.error), "")
    outputs = [
        await _shown(bottega, out, target.name, asset, f"{asset.label}: {scene.alt}")
        for target, asset in zip(targets, finished.assets, strict=True)
    ]
    return Card(
        request=job.request,
        intent=job.intent,
        source=await _source(bottega, scene, finished, out),
        outputs=tuple(outputs),
        job=job,
        error=job.error,
        expected=job.state is JobState.SUCCEEDED and not scene.refused,
        seconds=took,
        command=_command(scene),
    )


# --- the page ------------------------------------------------------------------------------------------------


async def _source(bottega: "Bottega", scene: Scene, finished: "FinishedJob", out: Path) -> "Shown | None":
    """The photograph, copied beside the results."""
    inputs = finished.job.request.inputs
    if not inputs or scene.photograph is None:
        return None
    asset = await bottega.asset(inputs[0].asset_id)
    shutil.copyfile(bottega.asset_path(asset), out / scene.photograph)
    shown = await _shown(bottega, out, scene.photograph, asset, scene.alt)
    return replace(shown, label="Photograph")


async def _shown(bottega: "Bottega", out: Path, name: str, asset: "Asset", alt: str) -> "Shown":
    """A file of the folder; a picture of pixels gets a preview."""
    from bottega.cli.contact_sheet import Shown
    from bottega.cli.show import size

    media = asset.media
    if not media.is_picture:
        return Shown(href=quote(name), label=asset.label, details=size(asset.size), alt=alt)
    width, height = media.width or 1, media.height or 1
    preview = out / "previews" / f"{Path(name).name}.webp"
    shutil.copyfile(await bottega.thumbnail(asset.id, PREVIEW_SIDE), preview)
    scale = min(1.0, PREVIEW_SIDE / max(width, height))
    return Shown(
        href=quote(name),
        label=asset.label,
        details=f"{width} x {height} pixels, {size(asset.size)}",
        alt=alt,
        preview=quote(f"previews/{preview.name}"),
        pixels=(max(1, round(width * scale)), max(1, round(height * scale))),
    )


def _write_page(out: Path, cards: "tuple[Card, ...]") -> Path:
    from bottega import __version__
    from bottega.cli.contact_sheet import Sheet, render

    page = out / "index.html"
    sheet = Sheet(
        title="A sentence and a picture in; finished, checked media out",
        version=__version__,
        cards=cards,
        notes=(
            "Photographs: the sample data of scikit-image. Previews are scaled down; each picture links to the "
            "file itself.",
            "Times are of this machine, its first run: the plan's estimates begin once a model has run here.",
        ),
    )
    page.write_text(render(sheet), encoding="utf-8")
    return page


def _command(scene: Scene) -> str:
    return shlex.join(["bottega", "run", scene.sentence, *([scene.photograph] if scene.photograph else [])])
