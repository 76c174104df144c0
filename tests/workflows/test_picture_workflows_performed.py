"""Tasks of the picture workflows, performed by the engines at the simulated vendors: the models that are made for one
thing get what they ask for, and the picture that comes back is judged by the workflow's rubric."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from skimage import data

from bottega.app import Bottega
from bottega.domain.request import InputRef, Request, Role
from bottega.domain.verdict import VerdictState
from bottega.engines.protocol import Attempt
from bottega.imaging.limits import Limits
from bottega.quality import judge
from bottega.settings import Settings
from bottega.simulator.serve import Simulator
from bottega.workflows.tasks import load_inputs

KEYS = {"replicate": "r8_" + "a" * 37, "stability": "sk-simulated"}


@pytest.fixture(scope="module")
def vendors() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
async def shop(vendors: Simulator, tmp_path: Path) -> AsyncIterator[Bottega]:
    keys: dict[str, Any] = {f"{name}_api_key": key for name, key in KEYS.items()}
    urls: dict[str, Any] = {f"{name}_base_url": vendors.base(name) for name in KEYS}
    shop = Bottega(Settings(home=tmp_path / "home", **keys, **urls))
    await shop.start(run_jobs=False)
    yield shop
    await shop.close()


def written(folder: Path) -> dict[str, Path]:
    """A photograph, another one, and a mask for the first."""
    coffee = cv2.resize(data.coffee(), (900, 600))
    mask = np.zeros_like(coffee)
    mask[100:200, 100:300] = 255
    pictures = {"a": coffee, "b": cv2.resize(data.astronaut(), (600, 600)), "m": mask}
    for name, pixels in pictures.items():
        cv2.imwrite(str(folder / f"{name}.png"), pixels[..., ::-1])
    return {name: folder / f"{name}.png" for name in pictures}


CASES = (
    ("Change my hair to blonde with bangs", "working:a", "replicate/flux-kontext-apps/change-haircut"),
    ("Dye my hair copper", "working:a", "stability/search-and-recolor"),
    (
        "Try this jacket on me",
        "person:a garment:b",
        "replicate/flux-kontext-apps/multi-image-kontext-max",
    ),
    ("Dress me like this", "working:a reference:b", "replicate/black-forest-labs/flux-2-pro"),
    ("Replace the cup with a bowl", "working:a", "stability/search-and-replace"),
    ("Extend the picture to 16:9", "working:a", "stability/outpaint"),
    ("Remove the cup", "working:a mask:m", "stability/erase"),
    ("Replace the cup with a bowl and a spoon", "working:a mask:m", "stability/inpaint"),
    ("Restore this old scratched photo", "working:a", "replicate/flux-kontext-apps/restore-image"),
    ("Make a cartoon of it", "working:a", "replicate/flux-kontext-apps/cartoonify"),
    ("Paint it in the style of the second picture", "working:a reference:b", "stability/style-transfer"),
)


async def test_a_task_is_one_that_the_model_made_for_it_can_perform(shop: Bottega, tmp_path: Path) -> None:
    files = written(tmp_path)
    assets = {name: (await shop.add_asset(path)).id for name, path in files.items()}
    for number, (prompt, inputs, model_id) in enumerate(CASES):
        given = [part.split(":") for part in inputs.split()]
        refs = tuple(InputRef(role=Role(role), asset_id=assets[name]) for role, name in given)
        planned = await shop.plan(Request(prompt=prompt, inputs=refs))
        assert model_id in {candidate.model_id for candidate in planned.plan.candidates}
        workflow, model = shop.workflows[planned.plan.workflow], shop.catalogue[model_id]
        options = workflow.options.model_validate(planned.plan.options)
        loaded = await load_inputs(shop.store, planned.request, "local")
        task = workflow.prepare(planned.request, planned.intent, options, loaded)
        scratch = tmp_path / str(number)
        scratch.mkdir()
        attempt = Attempt(scratch, f"once-{number}", shop.compute, lambda *_: None, 30)
        result = await shop.engines[model.engine].perform(task, model, attempt)
        assert model.price is not None
        assert 0 < result.usage.cost <= model.price.price(task).high
        rubric = workflow.rubric(options)
        verdict = await judge(
            shop.compute, rubric, result.outputs[0].path, files["a"], result.report, Limits()
        )
        assert verdict.state is not VerdictState.NOT_JUDGED, (model_id, verdict.reason)
