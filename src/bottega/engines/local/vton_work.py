"""What the try-on networks do with a task, in a compute process.

The pipeline is called as its README documents (`fashn_vton.TryOnPipeline`, v1.5, 2026); none of its code is here.
"""

import importlib
import inspect
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np

from bottega.compute import report_progress
from bottega.domain.request import Role
from bottega.domain.task import EngineResult, OutputFile, Task
from bottega.engines.local.origin import provenance_of
from bottega.engines.local.vton import PACKAGE
from bottega.engines.local.vton_weights import check_folder
from bottega.errors import ComputeError, InvalidOption, MissingInput, OutputError, ResourceError
from bottega.fashion.garment.values import Garment
from bottega.fashion.parsed import garment_of
from bottega.imaging.decode import decode
from bottega.imaging.encode import encode
from bottega.imaging.limits import Limits
from bottega.imaging.picture import U8, Picture

SOURCE_TYPE: Final = "compositeWithTrainedAlgorithmicMedia"
"""IPTC digital source type: a photograph, of which a part was made by a trained model."""
CATEGORIES: Final = {"upper": "tops", "lower": "bottoms", "dress": "one-pieces"}
_OF_KIND: Final = {"top": "tops", "outerwear": "tops", "bottom": "bottoms", "dress": "one-pieces"}
_CHECKED_FILES: Final = Limits(max_bytes=2**32, max_pixels=2**40, max_side=2**31, max_frames=2**20)


def perform(task: Task, model_id: str, scratch: Path, weights: Path) -> EngineResult:
    """The person of the task wearing its garment, by FASHN VTON v1.5 in the folder `weights`. Report: `engine`,
    `category`. Raises UnusableWeights, ResourceError where the package is missing, and what `put_on` raises."""
    check_folder(weights)
    return put_on(
        task,
        model_id,
        scratch,
        lambda: load_pipeline(weights),
        report={"engine": "FASHN VTON v1.5"},
    )


def put_on(
    task: Task,
    model_id: str,
    scratch: Path,
    load: Callable[[], Any],
    *,
    report: dict[str, Any],
) -> EngineResult:
    """The person of the task wearing its garment, by the pipeline that `load` gives, as it made it: what it changed beyond
    the garment is put back when the result is kept. Raises MissingInput, InvalidOption, ComputeError and OutputError."""
    person, garment = task.first(Role.PERSON), task.first(Role.GARMENT)
    if task.operation != "tryon" or person is None or garment is None:
        raise MissingInput("A try-on needs a picture of the person and one of the garment.")
    report_progress(0.0, "Reading the pictures")
    photo = decode(person.path, _CHECKED_FILES).as_u8()
    product = decode(garment.path, _CHECKED_FILES).as_u8()
    parsed = garment_of(product)
    category = category_of(task, parsed)
    report_progress(0.1, "Loading the network")
    pipeline = load()
    report_progress(0.3, "Putting it on")
    made = call_pipeline(pipeline, photo, product, category, worn=parsed.worn, seed=task.seed)
    provenance = provenance_of(task, model_id, SOURCE_TYPE)
    path = scratch / "tryon.png"
    encode(Picture(rgb=made), path, "image/png", provenance)
    output = OutputFile(path=path, media_type="image/png", label="Try-on", name=path.name)
    return EngineResult(outputs=(output,), report={**report, "category": category})


def category_of(task: Task, parsed: Garment) -> str:
    """What the network calls the garment: as asked for, else as the picture shows it. Raises InvalidOption."""
    named = next((f.partition(":")[2] for f in task.features if f.startswith("garment:")), "other")
    category = CATEGORIES.get(named) or _OF_KIND.get(parsed.kind)
    if category is None:
        raise InvalidOption(
            "The network puts on tops, bottoms and one-pieces, and the picture does not say which of them this is.",
            hint="Name the category: upper, lower or dress.",
        )
    return category


def load_pipeline(weights: Path) -> Any:
    """The makers' pipeline on `weights`. It may not load anything down: a missing human parser is said, not fetched.
    Raises ResourceError, ComputeError."""
    # Read when huggingface_hub is imported, which the package does.
    os.environ["HF_HUB_OFFLINE"] = "1"
    try:
        package = importlib.import_module(PACKAGE)
    except ImportError as error:
        raise ResourceError(
            f"The package {PACKAGE} cannot be imported: {error}.",
            hint="Install it as its makers describe: github.com/fashn-AI/fashn-vton-1.5.",
        ) from error
    try:
        return package.TryOnPipeline(weights_dir=str(weights))
    except MemoryError:
        raise
    except Exception as error:
        raise ComputeError(
            f"The network cannot be loaded: {type(error).__name__}: {error}",
            hint="Its human parser has to be in the Hugging Face cache already: run the makers' own example once.",
        ) from error


def call_pipeline(
    pipeline: Any, photo: U8, product: U8, category: str, *, worn: bool, seed: int | None
) -> U8:
    """H x W x 3 uint8 RGB, of the size that the network gives. Raises ComputeError, OutputError for no picture."""
    from PIL import Image

    wanted: dict[str, Any] = {"garment_photo_type": "model" if worn else "flat-lay", "seed": seed}
    known = inspect.signature(pipeline.__call__).parameters
    # Beyond what the README documents, a setting is used where this version of the package has it.
    more = {name: value for name, value in wanted.items() if name in known and value is not None}
    try:
        result = pipeline(
            person_image=Image.fromarray(photo),
            garment_image=Image.fromarray(product),
            category=category,
            **more,
        )
    except MemoryError:
        raise
    except Exception as error:
        raise ComputeError(f"The network failed: {type(error).__name__}: {error}") from error
    images = getattr(result, "images", None)
    if not images or not isinstance(images[0], Image.Image):
        raise OutputError("The network gave no picture.")
    return np.asarray(images[0].convert("RGB"), np.uint8)
