"""The networks that ship with Bottega: two luma networks per factor, run by onnxruntime. Trained in `training/superres`.

Files are checked against their SHA-256 before they are run. Where to use them is left to `engines`.
"""

import hashlib
from functools import lru_cache
from importlib import import_module, resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bottega.errors import ComputeError, ResourceError
from bottega.imaging.picture import F32

WEIGHTS = resources.files("bottega.enhance.superres") / "weights"


REINSTALL = "Install Bottega again; until then pictures are enlarged without networks."
SIGNS_OF_LACKING_MEMORY = (
    "bad_alloc",
    "failed to allocate",
    "out of memory",
    "not enough memory",
    "can't allocate",
)


class LumaNet:
    """An enlargement of luma in [0, 1] by a whole factor.

    `radius` pixels on each side of what it is given are context and not part of the result. No pixel of the result
    depends on how large the window around it was, to the last bit.
    """

    def __init__(self, factor: int, *, small: bool = False, threads: int | None = None) -> None:
        """`small`: the one that takes about a third of the time. Raises ResourceError when onnxruntime is missing or
        the file is not the one that was shipped."""
        self.small = small
        content, self.sha256 = _checked_file(f"luma_x{factor}{'_small' if small else ''}.onnx")
        self._session = _shipped_session(content, threads)
        properties = self._session.get_modelmeta().custom_metadata_map
        self.factor, self.radius = int(properties["scale"]), int(properties["radius"])

    def __call__(self, luma: F32, *, ensemble: bool = False) -> F32:
        """(h + 2 radius) x (w + 2 radius) to factor * h x factor * w, not clipped.

        `ensemble`: the mean over the eight turns and mirrorings, at eight times the cost (Timofte et al., "Seven ways
        to improve example-based single image super resolution", CVPR 2016).
        """
        if not ensemble:
            return self._run(luma)
        total = np.float32(0)
        for turns in range(4):
            turned = np.rot90(luma, turns)
            total = total + np.rot90(self._run(turned), -turns)
            total = total + np.rot90(self._run(turned[:, ::-1])[:, ::-1], -turns)
        return np.asarray(total * np.float32(1 / 8))

    def _run(self, luma: F32) -> F32:
        made = run_session(self._session, {"luma": np.ascontiguousarray(luma)[None, None]})[0, 0]
        # Networks that make squares of pixels at once make whole ones.
        height, width = (self.factor * (side - 2 * self.radius) for side in luma.shape)
        return made[:height, :width]


def onnx_session(model: bytes, threads: int | None) -> Any:
    """An onnxruntime session on the processor; `threads` None leaves their number to onnxruntime."""
    onnxruntime = _onnxruntime()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or 0
    options.log_severity_level = 4  # what fails is raised, and told once
    # Threads that wait by spinning would take the processor from the rest of the service.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _shipped_session(model: bytes, threads: int | None) -> Any:
    _onnxruntime()
    return _kept_session(model, threads)


@lru_cache(maxsize=4)
def _kept_session(model: bytes, threads: int | None) -> Any:
    """Shared by whoever enlarges next: a session holds no state between runs, and takes several of them at a time."""
    return onnx_session(model, threads)


def _onnxruntime() -> Any:
    try:
        return import_module("onnxruntime")
    except ImportError as missing:
        raise ResourceError(
            "onnxruntime is not installed, which runs the networks.", hint="pip install onnxruntime"
        ) from missing


def run_session(session: Any, inputs: dict[str, NDArray[Any]]) -> NDArray[Any]:
    """The first output. Raises MemoryError when memory does not suffice, ComputeError for other failures."""
    try:
        return session.run(None, inputs)[0]
    except Exception as failure:
        told = str(failure)
        if any(sign in told.lower() for sign in SIGNS_OF_LACKING_MEMORY):
            raise MemoryError(told) from failure
        raise ComputeError(f"The network failed: {first_line(failure)}") from failure


def first_line(failure: BaseException) -> str:
    """Of what a foreign library says; the name of the error where it says nothing."""
    return next(iter(str(failure).splitlines()), "")[:200] or type(failure).__name__


def _checked_file(name: str) -> tuple[bytes, str]:
    try:
        lines = (WEIGHTS / "SHA256SUMS").read_text(encoding="ascii").splitlines()
        content = (WEIGHTS / name).read_bytes()
    except OSError as missing:
        raise ResourceError(f"The network {name} is missing.", hint=REINSTALL) from missing
    listed = {listed_name: digest for digest, listed_name in (line.split() for line in lines)}
    found = hashlib.sha256(content).hexdigest()
    if listed.get(name) != found:
        raise ResourceError(f"The network {name} is not the file that was shipped.", hint=REINSTALL)
    return content, found
