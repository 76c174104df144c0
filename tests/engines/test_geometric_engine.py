"""The geometric try-on engine, through a real compute process: a preview with its mask, or a refusal with its reasons."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skimage.data
from given_pictures import taken
from PIL import Image

from bottega.compute import ComputePool
from bottega.domain.request import Role
from bottega.domain.task import EngineResult, Task
from bottega.engines.local.fashion import GeometricEngine
from bottega.engines.local.fashion_work import TryOnNotPossible
from bottega.engines.local.geometric import MODEL
from bottega.engines.protocol import Attempt
from bottega.errors import MissingInput
from bottega.imaging.encode import read_provenance
from bottega.models import load_catalogue

sys.path.append(str(Path(__file__).parents[1] / "fashion"))

import drawn_garments
import drawn_people

FIGURE = drawn_people.Figure(tone=drawn_people.TONES[2], sleeves="short", seed=4)


def tryon_task(folder: Path, garment: np.ndarray, *features: str, **parameters: Any) -> Task:
    Image.fromarray(drawn_people.draw(FIGURE).rgb).save(folder / "person.png")
    Image.fromarray(garment).save(folder / "garment.png")
    return Task(
        workflow="reference_styling/virtual_tryon",
        operation="tryon",
        features=frozenset(features or ("garment:other",)),
        inputs=(taken(folder / "person.png", Role.PERSON), taken(folder / "garment.png", Role.GARMENT)),
        parameters=parameters,
    )


def tshirt() -> np.ndarray:
    return drawn_garments.draw("tshirt", 3, pattern="plain").rgb


async def perform(task: Task, scratch: Path) -> EngineResult:
    scratch.mkdir()
    compute = ComputePool(1)
    attempt = Attempt(scratch, "key", compute, lambda part, text: None, timeout_s=60)
    try:
        return await GeometricEngine().perform(task, load_catalogue()[MODEL], attempt)
    finally:
        await compute.close()


async def test_the_other_files_are_masks_of_what_may_have_changed_and_of_the_garment(tmp_path: Path) -> None:
    result = await perform(tryon_task(tmp_path, tshirt()), tmp_path / "out")
    made, mask, garment = (np.asarray(Image.open(output.path).convert("RGB")) for output in result.outputs)
    assert (result.report["edit_mask"], result.report["garment_mask"]) == (1, 2)
    shown = garment[..., 0] > 127
    assert shown.mean() > 0.1
    assert (mask[..., 0] > 127)[shown].all()
    assert result.report["fit_analysis"]["verdict"] is not None
    outside = mask[..., 0] < 128
    assert (made[outside] == np.asarray(Image.open(tmp_path / "person.png"))[outside]).all()
    assert result.report["verdict"]["failed"] == []
    provenance = read_provenance(result.outputs[0].path)
    assert provenance is not None
    assert provenance.model_id == MODEL


async def test_wishes_of_the_workflow_reach_the_studio(tmp_path: Path) -> None:
    task = tryon_task(tmp_path, tshirt(), "garment:upper", fit="loose", tucked=False)
    result = await perform(task, tmp_path / "out")
    assert (result.report["fit"], result.report["tucked"], result.report["kind"]) == ("loose", False, "top")


async def test_a_refusal_crosses_the_process_with_all_its_reasons(tmp_path: Path) -> None:
    task = tryon_task(tmp_path, skimage.data.coffee())
    with pytest.raises(TryOnNotPossible, match="not_a_garment") as refused:
        await perform(task, tmp_path / "out")
    codes = {reason["code"] for reason in refused.value.details["reasons"]}
    assert "not_a_garment" in codes
    assert refused.value.exit_code == 3


async def test_a_task_without_a_garment_says_so(tmp_path: Path) -> None:
    task = tryon_task(tmp_path, tshirt())
    with pytest.raises(MissingInput):
        await perform(task.model_copy(update={"inputs": task.inputs[:1]}), tmp_path / "out")


def test_it_costs_nothing_and_takes_one_garment() -> None:
    model = load_catalogue()[MODEL]
    assert model.price is not None
    assert model.licence == "Apache-2.0"
    assert model.max_inputs == 2
