"""The frame at any moment between two frames: along the motion where it can be trusted, blended or held where it cannot."""

from dataclasses import dataclass
from typing import Any, Literal, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.enhance.interpolate.likeness import Likeness, is_cut, likeness
from bottega.enhance.interpolate.motion import (
    Preset,
    dense_search,
    flow_size,
    luma8,
    resized_flow,
    sample,
    search_for,
)
from bottega.enhance.interpolate.network import Network, opened
from bottega.enhance.interpolate.paths import Lumas, Way, way_at
from bottega.enhance.interpolate.samples import Frame, given_back, layout_of, mixed, movable
from bottega.errors import InvalidOption
from bottega.imaging.picture import F32

Done = Literal["given", "duplicate", "cut", "motion", "mixed", "blend", "network"]
BLOCK = 16
"""Pixels of the side of a block of the confidence map."""
LOST = 0.15
"""Mean confidence below which a whole frame is blended or held."""


@dataclass(frozen=True, slots=True)
class Between:
    """`frame`: as the frames given; `confidence`: rows x columns of blocks of 16 pixels in [0, 1]; `done`: a frame as
    given, one held because nothing moves or the scene ends, made along the motion, made so in part, blended, or made by
    a network (whose confidence is not known and is told as 1)."""

    frame: Frame
    confidence: F32
    done: Done

    @property
    def trust(self) -> float:
        """Mean confidence."""
        return float(self.confidence.mean())


class Pair:
    """Two frames between which frames are made; the motion is sought once, when it is first needed."""

    def __init__(
        self,
        a: Frame,
        b: Frame,
        *,
        preset: Preset = "medium",
        before: Frame | None = None,
        after: Frame | None = None,
        network: Network | None = None,
        doubt: Literal["blend", "hold"] = "blend",
        known: Likeness | None = None,
    ) -> None:
        """`before`, `after`: the frames around the two, for the detection of cuts; `doubt`: what is shown where the
        motion is not trusted; `known`: the likeness of the two, where a caller has it.

        Raises InvalidOption for frames that do not belong together and for presets that there are not."""
        self._layout = layout_of(a, b)
        self._search = search_for(preset)
        self.a, self.b = a, b
        self._before, self._after = before, after
        self._network, self._doubt = network, doubt
        self._known = known
        self._lumas: Lumas | None = None
        self._kind: Literal["duplicate", "cut", "motion"] | None = None
        self._movable: tuple[Frame, Frame] | None = None

    @property
    def kind(self) -> Literal["duplicate", "cut", "motion"]:
        """What lies between the two frames."""
        if self._kind is None:
            here = self._known or likeness(self.a, self.b)
            if here.is_duplicate:
                self._kind = "duplicate"
            else:
                front = None if self._before is None else likeness(self._before, self.a)
                behind = None if self._after is None else likeness(self.b, self._after)
                self._kind = "cut" if is_cut(here, front, behind) else "motion"
        return self._kind

    def at(self, t: float) -> Between:
        """The frame at `t` in [0, 1]: 0 is `a` and 1 is `b`, bit for bit. Between two scenes `a` is held until 1.

        Raises InvalidOption for other values of t."""
        if not 0 <= t <= 1:
            raise InvalidOption(f"{t} does not lie between two frames.", hint="Give a number from 0 to 1.")
        if t in (0, 1):
            return self._whole(self.b if t else self.a, "given")
        if self.kind != "motion":
            return self._whole(self.a, "duplicate" if self.kind == "duplicate" else "cut")
        if self._network is not None:
            return self._whole(self._network.between(self.a, self.b, t), "network")
        return self._moved(t)

    def _whole(self, frame: Frame, done: Done) -> Between:
        rows, columns = (-(-side // BLOCK) for side in frame.shape[:2])
        return Between(frame.copy(), np.ones((rows, columns), np.float32), done)

    def _moved(self, t: float) -> Between:
        if self._lumas is None:
            self._lumas = self._prepared()
            self._movable = movable(self.a, self._layout), movable(self.b, self._layout)
        a, b = cast("tuple[Frame, Frame]", self._movable)
        size = (self.a.shape[0], self.a.shape[1])
        way = way_at(self._lumas, t)
        confidence = _blocks(way.trust, size)
        if confidence.mean() < LOST:
            return Between(given_back(self._fallback(a, b, t), self._layout), confidence, "blend")
        made = _composed(a, b, t, way, size)
        doubtful = bool((way.trust < 1).any())
        if doubtful:
            trust = cast("F32", cv2.resize(way.trust, size[::-1], interpolation=cv2.INTER_LINEAR))
            made = mixed(self._fallback(a, b, t), made, trust)
        done: Done = "mixed" if confidence.min() < 0.5 else "motion"
        return Between(given_back(made, self._layout), confidence, done)

    def _fallback(self, a: Frame, b: Frame, t: float) -> Frame:
        if self._doubt == "hold":
            return a if t < 0.5 else b
        return cast("Frame", cv2.addWeighted(a, 1 - t, b, t, 0)).reshape(a.shape)

    def _prepared(self) -> Lumas:
        first, second = (flow_size(luma8(each), self._search) for each in (self.a, self.b))
        forward = dense_search(first, second, self._search)
        backward = dense_search(second, first, self._search)
        return Lumas.of(first, second, forward, backward)


def between(
    a: Frame,
    b: Frame,
    t: float,
    *,
    preset: Preset = "medium",
    network: Any = None,
    before: Frame | None = None,
    after: Frame | None = None,
    doubt: Literal["blend", "hold"] = "blend",
) -> Between:
    """The frame at `t` in [0, 1] between `a` and `b`; see `Pair`, which makes several for the price of one search.

    `network`: the path of a network for this (see `network.open_network`) or an open one."""
    pair = Pair(a, b, preset=preset, before=before, after=after, network=opened(network), doubt=doubt)
    return pair.at(t)


def _composed(a: Frame, b: Frame, t: float, way: Way, size: tuple[int, int]) -> Frame:
    """Both frames moved to t along the way, mixed by what each can see there."""
    motion = resized_flow(way.motion, size)
    share = way.share
    if share.shape != size:
        share = cast("F32", cv2.resize(share, size[::-1], interpolation=cv2.INTER_LINEAR))
    rows, columns = size
    x, y = np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32)[:, None]
    moved: list[Frame] = []
    for frame, factor in ((a, -t), (b, 1 - t)):
        places = motion * np.float32(factor)
        places[..., 0] += x
        places[..., 1] += y
        moved.append(sample(frame, places, cv2.INTER_CUBIC))
    return mixed(moved[0], moved[1], share)


def _blocks(trust: F32, size: tuple[int, int]) -> F32:
    rows, columns = (-(-side // BLOCK) for side in size)
    return cast("NDArray[Any]", cv2.resize(trust, (columns, rows), interpolation=cv2.INTER_AREA)).astype(
        np.float32
    )
