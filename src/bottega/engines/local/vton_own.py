"""The engine of a try-on network that the operator brings and declares: its weights, its makers' package, its licence.

Most such networks (CatVTON, IDM-VTON, OOTDiffusion, FitDiT) may not be used commercially; they run only where the operator
says that the use is allowed. Bottega has no network of these and loads nothing down.
"""

import re
import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from pydantic import Field, ValidationError

from bottega.domain.base import Value
from bottega.domain.task import EngineResult, Task
from bottega.engines.local.child import ChildProcessEngine
from bottega.engines.protocol import USABLE, Attempt, Availability
from bottega.errors import BottegaError, InputError
from bottega.models import Model
from bottega.settings import Settings

WEIGHTS: Final = Path("weights") / "vton-own"
"""Below BOTTEGA_HOME; a link to another folder will do."""
DECLARATION: Final = "network.toml"
_FORBIDS: Final = re.compile(r"\bnc\b|non-?\s?commercial|research|academic", re.IGNORECASE)
_HINT: Final = (
    f"Put the weights into the folder {WEIGHTS} below BOTTEGA_HOME, with a {DECLARATION} that says title, licence, "
    'commercial_use and loader = "module:function".'
)


class NotDeclared(InputError):
    """A folder of weights without a declaration, or with one that cannot be used."""

    code = "network-not-declared"
    title = "The network is not declared"


class NonCommercial(BottegaError):
    """The weights' licence forbids commercial use, and nobody said that this use is allowed."""

    code = "non-commercial-weights"
    title = "The licence of these weights forbids commercial use"
    http_status = 422
    exit_code = 3


class Network(Value):
    """What `network.toml` says. `loader` names a function, `module:function`, that takes the folder and gives a pipeline:
    a callable of `person_image`, `garment_image` (PIL), `category` (tops, bottoms, one-pieces) and, where it takes one,
    `seed`, whose answer has `images`."""

    title: str = Field(min_length=1, max_length=120)
    licence: str = Field(min_length=1, max_length=120)
    commercial_use: bool
    loader: str = Field(pattern=r"^[A-Za-z_][\w.]*:[A-Za-z_]\w*$")

    @property
    def forbids_commerce(self) -> bool:
        """By what is declared, or by the licence's own name."""
        return not self.commercial_use or bool(_FORBIDS.search(self.licence))


def declared(folder: Path) -> Network:
    """Raises NotDeclared."""
    path = folder / DECLARATION
    try:
        text = path.read_bytes()
    except OSError:
        raise NotDeclared(
            f"no network of your own is declared: there is no {DECLARATION}", hint=_HINT
        ) from None
    try:
        return Network.model_validate(tomllib.loads(text.decode()))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise NotDeclared(f"{DECLARATION} cannot be read: {error}", hint=_HINT) from None
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise NotDeclared(f"{DECLARATION} cannot be used: {name}: {first['msg']}", hint=_HINT) from None


def allowed(folder: Path, *, accept_noncommercial: bool) -> Network:
    """The network of the folder, whose loader and weights are there and may be used. Raises NotDeclared, NonCommercial,
    UnusableWeights."""
    from bottega.engines.local.vton_weights import UnusableWeights, read_header

    network = declared(folder)
    if network.forbids_commerce and not accept_noncommercial:
        raise NonCommercial(
            f"the licence of {network.title} ({network.licence}) forbids commercial use",
            hint="Where your use is one that it allows, set BOTTEGA_ACCEPT_NONCOMMERCIAL=1.",
        )
    module = network.loader.partition(":")[0]
    if not _is_there(folder, module.partition(".")[0]):
        raise NotDeclared(
            f"the module {module} that loads {network.title} is not installed",
            hint=f"Install its makers' package, or put {module.partition('.')[0]}.py beside {DECLARATION}.",
        )
    weights = sorted(folder.rglob("*.safetensors"))
    if not weights:
        raise UnusableWeights(
            f"the folder of {network.title} has no .safetensors file",
            hint="Weights of other formats can run programs when they are read; convert them.",
        )
    for path in weights:
        read_header(path)
    return network


def _is_there(folder: Path, top: str) -> bool:
    return (
        (folder / f"{top}.py").is_file()
        or (folder / top / "__init__.py").is_file()
        or find_spec(top) is not None
    )


def run_own(
    task: Task, model_id: str, scratch: Path, folder: Path, accept_noncommercial: bool
) -> EngineResult:
    """What the child process calls."""
    from bottega.engines.local.vton_own_work import perform

    return perform(task, model_id, scratch, folder, accept_noncommercial=accept_noncommercial)


class OwnVtonEngine(ChildProcessEngine):
    """Puts a garment on a person by the declared network; nothing leaves the machine."""

    name = "vton-own"

    def __init__(self, settings: Settings) -> None:
        self.folder = settings.home_dir / WEIGHTS
        self.accept_noncommercial = settings.accept_noncommercial

    def availability(self) -> Availability:
        """Says what is missing, or that the licence has to be accepted; reads the headers of the weight files only."""
        try:
            allowed(self.folder, accept_noncommercial=self.accept_noncommercial)
        except BottegaError as error:
            return Availability(usable=False, reason=error.message, hint=error.hint)
        return USABLE

    async def perform(self, task: Task, model: Model, attempt: Attempt) -> EngineResult:
        """Raises what `vton_own_work.perform` raises, ComputeError, ComputeTimeout and ResourceError."""
        return await attempt.compute.call_with(
            run_own,
            (task, model.id, attempt.scratch, self.folder, self.accept_noncommercial),
            timeout_s=attempt.timeout_s,
            progress=attempt.progress,
        )
