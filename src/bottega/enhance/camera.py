"""Where a camera that moves over a still looks at each moment: pans, tilts, zooms, and moves that show depth.

Views alone; the pictures are `camera_frames`'. Every move but those that draw back begins with the whole picture.
"""

import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from bottega.errors import InvalidOption

Move = Literal[
    "zoom_in", "zoom_out", "pan_left", "pan_right", "tilt_up", "tilt_down",
    "dolly_in", "dolly_out", "orbit", "handheld",
]  # fmt: skip
MOVES: tuple[Move, ...] = get_args(Move)
WITH_DEPTH: frozenset[Move] = frozenset({"dolly_in", "dolly_out", "orbit"})
"""Moves in which what is near moves otherwise than what is far."""
DRAW_BACK: frozenset[Move] = frozenset({"zoom_out", "dolly_out"})
"""Moves that end with the whole picture."""

ZOOM_PER_SECOND = 1.045
"""Judged by eye: quick enough to be seen, slow enough for captions to be read."""
ZOOMS = (1.12, 1.5)
"""Least and most of a whole move: less is taken for a still, more shows the pixels of a photograph."""
PAN_ZOOM = 1.18
"""How much closer a pan ends where the picture has no spare width of its own."""
PAN_SPARE = 0.15
"""Share of the view's side, on the side that is panned to, from which a pan needs no zoom."""
ORBIT_ZOOM, HANDHELD_ZOOM = 1.14, 1.08
BACKGROUND_DISTANCE = 1.8
"""Of the background in distances of the subject: a person before a room. Larger shows more of what had to be made up."""
_DIRECTIONS: dict[Move, tuple[int, int]] = {
    "pan_left": (-1, 0),
    "pan_right": (1, 0),
    "tilt_up": (0, -1),
    "tilt_down": (0, 1),
}


@dataclass(frozen=True, slots=True)
class View:
    """A rectangle of the still, in its pixels; edges, not pixel centres: the whole of a W x H picture is 0, 0, W, H."""

    left: float
    top: float
    width: float
    height: float

    def around(self, focus: tuple[float, float], scale: float) -> "View":
        """`scale` times the size, with `focus` (x, y in pixels) at the same place of the view."""
        x, y = focus
        return View(
            x + (self.left - x) * scale, y + (self.top - y) * scale, self.width * scale, self.height * scale
        )

    def moved(self, right: float, down: float) -> "View":
        return View(self.left + right, self.top + down, self.width, self.height)

    def towards(self, other: "View", share: float) -> "View":
        pairs = zip(self.edges, other.edges, strict=True)
        return View(*(a + (b - a) * share for a, b in pairs))

    @property
    def edges(self) -> tuple[float, float, float, float]:
        return self.left, self.top, self.width, self.height


@dataclass(frozen=True, slots=True)
class Scene:
    """A still of `width` x `height` pixels and the clip's shape (`ratio`, width over height). `focus`: the pixel (x, y)
    that moves lead to; None for the middle."""

    width: int
    height: int
    ratio: float
    seconds: float
    focus: tuple[float, float] | None = None
    seed: int = 0

    @property
    def whole(self) -> View:
        """The largest view of the clip's shape, in the middle."""
        width = min(self.width, self.height * self.ratio)
        height = width / self.ratio
        return View((self.width - width) / 2, (self.height - height) / 2, width, height)

    @property
    def zoom(self) -> float:
        return min(ZOOMS[1], max(ZOOMS[0], ZOOM_PER_SECOND**self.seconds))


def closest(scene: Scene, move: Move) -> float:
    """How many times closer than the whole the move comes."""
    if move in _DIRECTIONS:
        return _pan_zoom(scene, *_DIRECTIONS[move])
    return {"orbit": ORBIT_ZOOM, "handheld": HANDHELD_ZOOM}.get(move, scene.zoom)


def eased(t: float) -> float:
    """0 to 1 for `t` from 0 to 1, beginning and ending at rest (Hermite's cubic, "smoothstep")."""
    t = min(1.0, max(0.0, t))
    return t * t * (3 - 2 * t)


def views(scene: Scene, move: Move, t: float) -> tuple[View, View]:
    """What is seen of the background and of the subject at `t`, 0 at the beginning and 1 at the end of the clip.

    The two differ for the moves `WITH_DEPTH` alone, as a pinhole camera sees two planes (nearness in proportion to one
    over distance). Both lie inside the picture. Raises InvalidOption for a move that there is none of.
    """
    if move not in MOVES:
        raise InvalidOption(f"There is no camera move {move!r}.", hint=f"There are: {', '.join(MOVES)}.")
    share = eased(1 - t) if move in DRAW_BACK else eased(t)
    whole = scene.whole
    if move in _DIRECTIONS:
        both = whole.towards(_pan_end(scene, *_DIRECTIONS[move]), share)
        return both, both
    focus = _inside(scene.focus, whole)
    if move in ("zoom_in", "zoom_out"):
        # Even steps of the logarithm are an even speed to the eye.
        both = whole.around(focus, scene.zoom**-share)
        return both, both
    if move == "handheld":
        both = _held(scene, whole, t)
        return both, both
    if move == "orbit":
        near = whole.around(focus, 1 - share * (1 - 1 / ORBIT_ZOOM))
        room = min(near.left - whole.left, whole.left + whole.width - near.left - near.width)
        swing = math.sin(2 * math.pi * t) * room * (1 - 1 / BACKGROUND_DISTANCE) * 2
        return near.moved(max(-room, min(room, swing)), 0), near
    forward = share * (1 - 1 / scene.zoom)
    return whole.around(focus, 1 - forward / BACKGROUND_DISTANCE), whole.around(focus, 1 - forward)


def _inside(focus: tuple[float, float] | None, whole: View) -> tuple[float, float]:
    """The focus, brought into the view; its middle where there is none."""
    if focus is None:
        return whole.left + whole.width / 2, whole.top + whole.height / 2
    x = min(max(focus[0], whole.left), whole.left + whole.width)
    return x, min(max(focus[1], whole.top), whole.top + whole.height)


def _pan_zoom(scene: Scene, across: int, down: int) -> float:
    whole = scene.whole
    spare = abs(across) * whole.left / whole.width + abs(down) * whole.top / whole.height
    return 1.0 if spare >= PAN_SPARE else PAN_ZOOM


def _pan_end(scene: Scene, across: int, down: int) -> View:
    """At the picture's edge on the side that is panned to; in the middle in the other direction."""
    end = scene.whole.around((scene.width / 2, scene.height / 2), 1 / _pan_zoom(scene, across, down))
    return end.moved(across * end.left, down * end.top)


def _held(scene: Scene, whole: View, t: float) -> View:
    """A hand's sway: three slow waves in each direction, from a seed, that begin from rest."""
    rng = np.random.default_rng(scene.seed)
    at = t * scene.seconds
    near = whole.around(_inside(None, whole), 1 - eased(at) * (1 - 1 / HANDHELD_ZOOM))
    sway: list[float] = []
    for room in (near.left - whole.left, near.top - whole.top):
        waves = zip(rng.uniform(0.15, 0.9, 3), rng.uniform(0, 2 * math.pi, 3), (0.5, 0.3, 0.2), strict=True)
        sway.append(room * sum(a * math.sin(2 * math.pi * hz * at + phase) for hz, phase, a in waves))
    return near.moved(*sway)
