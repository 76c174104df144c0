"""Which engines could do an enlargement, in the order in which they are tried; and the whole factors it takes.

Trying them, and when to step down, is `studio`'s.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from bottega.enhance.superres.engines import Classical, Networks, Sharpened, WindowEngine
from bottega.enhance.superres.luma_net import LumaNet
from bottega.enhance.superres.report import NetworkFile
from bottega.enhance.superres.user_network import UserNetwork, open_network
from bottega.errors import InvalidOption

Tier = Literal["fast", "balanced", "best", "classical"]
TIERS: tuple[Tier, ...] = ("fast", "balanced", "best", "classical")
MAX_SCALE = 8.0


@dataclass(slots=True)
class Chain:
    """The engines that follow each other, and what is to be told of them."""

    engines: list[WindowEngine] = field(default_factory=list[WindowEngine])
    networks: list[NetworkFile] = field(default_factory=list[NetworkFile])

    @property
    def name(self) -> str:
        return " then ".join(engine.name for engine in self.engines)

    @property
    def passes(self) -> tuple[int, ...]:
        return tuple(engine.factor for engine in self.engines)


@dataclass(frozen=True, slots=True)
class Rung:
    """`build` loads what it needs and raises ResourceError when that is missing."""

    name: str
    build: Callable[[], Chain]


def checked_ratio(ratio: float) -> float:
    """`ratio`, or InvalidOption."""
    if not 0 < ratio <= MAX_SCALE:
        raise InvalidOption(f"The scale is {ratio:g}, but must be above 0 and at most {MAX_SCALE:g}.")
    return ratio


def factors(ratio: float) -> tuple[int, ...]:
    """The whole factors whose product is the least that reaches `ratio`, largest first; none for 1 or less."""
    for chain in ((), (2,), (3,), (4,), (3, 2), (4, 2)):
        product = 1
        for factor in chain:
            product *= factor
        if product >= ratio - 1e-9:
            return chain
    raise AssertionError(ratio)


def rungs(
    ratio: float,
    tier: Tier,
    *,
    ensemble: bool,
    weights: Path | None,
    threads: int | None,
    tiled: bool = False,
) -> list[Rung]:
    """From the best to the surest. `tiled`: the picture is of several tiles; of those `threads` are computed at a time,
    each by one, which takes less than one tile by all. Raises InvalidOption for a tier that does not exist and a file
    that is no network."""
    checked_ratio(ratio)
    if tier not in TIERS:
        raise InvalidOption(f"There is no tier {tier!r}.", hint=f"Choose one of {', '.join(TIERS)}.")
    eight_fold = ensemble or tier == "best"
    own_threads = 1 if tiled else threads
    found: list[Rung] = []
    if weights is not None:
        network = open_network(weights, threads=threads)
        for half in (True, False) if network.can_halve else (False,):
            name = f"{weights.name} in {'half' if half else 'full'} precision"
            found.append(Rung(name, lambda half=half: _user_chain(network, ratio, half, threads)))
    if tier != "classical" and ratio > 1:
        if eight_fold:
            found.append(
                Rung("networks, eight-fold", lambda: _network_chain(ratio, own_threads, ensemble=True))
            )
        if tier != "fast" or ensemble:
            found.append(Rung("networks", lambda: _network_chain(ratio, own_threads)))
        else:
            found.append(Rung("small networks", lambda: _network_chain(ratio, own_threads, small=True)))
    if tier in ("fast", "classical") and weights is None and not ensemble:
        found.append(
            Rung("classical, quick", lambda: Chain([Sharpened(factor) for factor in factors(ratio)]))
        )
    found.append(Rung("classical", lambda: Chain([Classical(factor) for factor in factors(ratio)])))
    return found


def _network_chain(
    ratio: float, threads: int | None, *, ensemble: bool = False, small: bool = False
) -> Chain:
    chain = Chain()
    for factor in factors(ratio):
        net = LumaNet(factor, small=small, threads=threads)
        chain.engines.append(Networks(net, ensemble=ensemble))
        name = f"luma x{factor}" + (", small" if small else "")
        chain.networks.append(NetworkFile("shipped", name, net.sha256, "Apache-2.0"))
    return chain


def _user_chain(network: UserNetwork, ratio: float, half: bool, threads: int | None) -> Chain:
    engine = network.engine(half=half)
    rest = _network_chain(max(1.0, ratio / engine.factor), threads)
    return Chain([engine, *rest.engines], [network.told(half=half), *rest.networks])
