"""The frame at any moment between two frames: along the motion where it can be trusted, blended or held where it cannot."""

from dataclasses import dataclass
from typing import Any, Literal, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.enhance.interpolate.compose import composed, fallback
from bottega.enhance.interpolate.likeness import Likeness, is_cut, likeness
from bottega.enhance.interpolate.motion import (
    Preset,
    dense_search,
    flow_size,
    luma8,
    search_for,
)
from bottega.enhance.interpolate.network import Network, opened
from bottega.enhance.interpolate.paths import Lumas, way_at
from bottega.enhance.interpolate.samples import Frame, Planes, frame_of, layout_of, planes_of
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
        self._planes: tuple[Planes, Planes] | None = None

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
            self._planes = planes_of(self.a, self._layout), planes_of(self.b, self._layout)
        a, b = cast("tuple[Planes, Planes]", self._planes)
        way = way_at(self._lumas, t)
        confidence = _blocks(way.trust, (self.a.shape[0], self.a.shape[1]))
        hold = self._doubt == "hold"
        if confidence.mean() < LOST:
            made = [fallback(first, second, t, hold=hold) for first, second in zip(a, b, strict=True)]
            return Between(frame_of(made, self._layout), confidence, "blend")
        made = frame_of(composed(a, b, t, way, hold=hold), self._layout)
        return Between(made, confidence, "mixed" if confidence.min() < 0.5 else "motion")

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


def _blocks(trust: F32, size: tuple[int, int]) -> F32:
    rows, columns = (-(-side // BLOCK) for side in size)
    return cast("NDArray[Any]", cv2.resize(trust, (columns, rows), interpolation=cv2.INTER_AREA)).astype(
        np.float32
    )
