"""A try-on network of one's own: it runs by its own loader, and only where its licence allows it or that was accepted."""

import importlib.util
import json
import struct
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bottega.app import Bottega, InputFile
from bottega.domain.job import JobState
from bottega.domain.request import Role
from bottega.engines.local.vton_own import (
    DECLARATION,
    WEIGHTS,
    Network,
    NonCommercial,
    NotDeclared,
    OwnVtonEngine,
    allowed,
)
from bottega.engines.local.vton_weights import UnusableWeights
from bottega.settings import Settings

sys.path.append(str(Path(__file__).parents[1] / "fashion"))

import drawn_garments
import drawn_people

NUMPY_LOADER = """
import json, struct
import numpy as np
from PIL import Image

class Tiny:
    def __init__(self, folder):
        data = (folder / "model.safetensors").read_bytes()
        (length,) = struct.unpack("<Q", data[:8])
        begin, end = json.loads(data[8:8 + length])["tint"]["data_offsets"]
        self.tint = np.frombuffer(data[8 + length + begin:8 + length + end], "<f4")

    def __call__(self, person_image, garment_image, category, seed=0):
        made = np.asarray(person_image, np.float32) * self.tint
        self.images = [Image.fromarray(np.clip(made, 0, 255).astype(np.uint8))]
        return self

def load(folder):
    return Tiny(folder)
"""
TORCH_LOADER = NUMPY_LOADER.replace("import numpy as np", "import numpy as np, torch", 1).replace(
    "made = np.asarray(person_image, np.float32) * self.tint",
    """layer = torch.nn.Conv2d(3, 3, 1, groups=3, bias=False)
        layer.weight.data = torch.tensor(self.tint.copy()).reshape(3, 1, 1, 1)
        given = torch.tensor(np.asarray(person_image, np.float32)).permute(2, 0, 1)[None]
        made = layer(given).detach()[0].permute(1, 2, 0).numpy()""",
)
TINT = (0.5, 0.75, 1.0)


def declare(folder: Path, *, code: str = NUMPY_LOADER, cut: int = 0, **said: object) -> Path:
    """A network that tints the photograph, with weights of three numbers."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"tiny_{abs(hash((str(folder), code))) % 10**9}"
    fields = {
        "title": "Tiny",
        "licence": "CC-BY-NC-SA-4.0",
        "commercial_use": False,
        "loader": f"{name}:load",
    } | said
    (folder / DECLARATION).write_text(
        "".join(f"{key} = {json.dumps(value)}\n" for key, value in fields.items())
    )
    (folder / f"{name}.py").write_text(code)
    header = json.dumps({"tint": {"dtype": "F32", "shape": [3], "data_offsets": [0, 12]}}).encode()
    data = struct.pack("<Q", len(header)) + header + np.array(TINT, "<f4").tobytes()
    (folder / "model.safetensors").write_bytes(data[: len(data) - cut])
    return folder


def test_nothing_declared_says_what_to_do(tmp_path: Path) -> None:
    said = OwnVtonEngine(Settings(home=tmp_path)).availability()
    assert not said.usable
    assert DECLARATION in said.reason
    assert str(WEIGHTS) in said.hint


def test_a_licence_that_forbids_commerce_is_refused_until_it_is_accepted(tmp_path: Path) -> None:
    declare(tmp_path / WEIGHTS)
    said = OwnVtonEngine(Settings(home=tmp_path)).availability()
    assert not said.usable
    assert "CC-BY-NC-SA-4.0" in said.reason
    assert "BOTTEGA_ACCEPT_NONCOMMERCIAL" in said.hint
    assert OwnVtonEngine(Settings(home=tmp_path, accept_noncommercial=True)).availability().usable
    with pytest.raises(NonCommercial):
        allowed(tmp_path / WEIGHTS, accept_noncommercial=False)


@pytest.mark.parametrize(
    ("licence", "commercial_use", "forbids"),
    [
        ("Apache-2.0", True, False),
        ("Apache-2.0", False, True),
        ("CC BY-NC 4.0", True, True),
        ("FLUX.1-dev Non-Commercial", True, True),
        ("for academic research", True, True),
        ("MIT", True, False),
    ],
)
def test_the_licences_own_name_counts_too(licence: str, commercial_use: bool, forbids: bool) -> None:
    network = Network(title="T", licence=licence, commercial_use=commercial_use, loader="a:b")
    assert network.forbids_commerce is forbids


@pytest.mark.parametrize(
    "said",
    [{"loader": "no colon"}, {"loader": "os;x:y"}, {"licence": ""}, {"commercial_use": "perhaps"}, {"extra": 1}],
)  # fmt: skip
def test_a_declaration_that_is_none_is_named(tmp_path: Path, said: dict[str, object]) -> None:
    with pytest.raises(NotDeclared, match=DECLARATION):
        allowed(declare(tmp_path / "w", **said), accept_noncommercial=True)


def test_a_loader_that_is_not_installed_and_weights_cut_short_are_named(tmp_path: Path) -> None:
    with pytest.raises(NotDeclared, match="no_such_package"):
        allowed(declare(tmp_path / "a", loader="no_such_package.sub:load"), accept_noncommercial=True)
    with pytest.raises(UnusableWeights, match=r"model\.safetensors"):
        allowed(declare(tmp_path / "b", cut=1), accept_noncommercial=True)


LOADERS = [pytest.param(NUMPY_LOADER, id="numpy")]
if importlib.util.find_spec("torch") is not None:
    LOADERS.append(pytest.param(TORCH_LOADER, id="torch"))


@pytest.mark.parametrize("loader", LOADERS)
async def test_it_runs_as_a_job_and_what_it_repainted_is_put_back(tmp_path: Path, loader: str) -> None:
    settings = Settings(home=tmp_path / "home", accept_noncommercial=True, compute_workers=1)
    declare(settings.home_dir / WEIGHTS, code=loader)
    figure = drawn_people.draw(drawn_people.Figure(tone=drawn_people.TONES[2], sleeves="short", seed=4))
    Image.fromarray(figure.rgb).save(tmp_path / "person.png")
    Image.fromarray(drawn_garments.draw("tshirt", 3, pattern="plain").rgb).save(tmp_path / "garment.png")
    files = [
        InputFile(tmp_path / "person.png", Role.PERSON),
        InputFile(tmp_path / "garment.png", Role.GARMENT),
    ]
    async with Bottega(settings) as bottega:
        done = await bottega.run(
            "try this on", images=files, workflow="reference_styling/virtual_tryon", model="vton-own/declared"
        )
        assert done.job.result is not None, done.job.error
        report = done.job.result.report
        kept, made, mask = (
            np.asarray(Image.open(bottega.asset_path(done.assets[n])).convert("RGB"))
            for n in (0, 1, report["edit_mask"])
        )
    assert (report["engine"], report["licence"], report["commercial_use"]) == (
        "Tiny",
        "CC-BY-NC-SA-4.0",
        False,
    )
    assert done.job.state in (JobState.SUCCEEDED, JobState.REJECTED)
    tinted = figure.rgb * np.array(TINT)
    assert np.abs(made - tinted).max() <= 1
    outside = mask[..., 0] == 0
    assert (kept[outside] == figure.rgb[outside]).all()
    assert (kept[~outside] != figure.rgb[~outside]).any()
