"""Moving scenes with known frames in between: layers cut from photographs that shift, turn, grow and cover each other.

Every frame is rendered from the layers at its own time, so that the frame between two others is true, not made.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import skimage.data

F32 = np.ndarray
U8 = np.ndarray


@dataclass(frozen=True)
class Motion:
    """Per unit of time: pixels, degrees, relative growth; `sway`: pixels of a slow swing across the way."""

    dx: float = 0.0
    dy: float = 0.0
    turn: float = 0.0
    zoom: float = 0.0
    sway: float = 0.0

    def at(self, time: float, centre: tuple[float, float]) -> F32:
        matrix = cv2.getRotationMatrix2D(centre, self.turn * time, (1 + self.zoom) ** time)
        swing = self.sway * np.sin(0.7 * time)
        matrix[:, 2] += (self.dx * time + swing, self.dy * time - swing / 2)
        return matrix


@dataclass(frozen=True)
class Layer:
    """`texture`: float32 RGB in [0, 1]; `mask`: float32 in [0, 1] or None for a ground that fills the frame."""

    texture: F32
    motion: Motion
    mask: F32 | None = None


@dataclass(frozen=True)
class Scene:
    name: str
    layers: tuple[Layer, ...]
    size: tuple[int, int] = (640, 480)
    blur: float = 0.0
    """Share of a unit of time that the shutter is open."""
    gain: float = 0.0
    """Relative change of brightness per unit of time."""
    noise: float = 0.6
    """Standard deviation of the grain, in 8 bit values."""
    overlay: F32 | None = None
    """H x W x 4 laid over everything, never moving."""
    seed: int = field(default=1)

    def frame(self, time: float) -> U8:
        moments = [time + self.blur * (index / 8 - 0.5) for index in range(9)] if self.blur > 0 else [time]
        light = np.mean([self._light(moment) for moment in moments], axis=0)
        light = light * (1 + self.gain) ** time
        if self.overlay is not None:
            light += self.overlay[..., 3:] * (self.overlay[..., :3] - light)
        grain = np.random.default_rng([self.seed, round(time * 1000)]).normal(0, self.noise, light.shape)
        return np.clip(np.rint(255 * light + grain), 0, 255).astype(np.uint8)

    def _light(self, time: float) -> F32:
        width, height = self.size
        made = np.zeros((height, width, 3), np.float32)
        for layer in self.layers:
            matrix = layer.motion.at(time, (width / 2, height / 2))
            colour = cv2.warpAffine(
                layer.texture, matrix, self.size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101
            )
            if layer.mask is None:
                made = colour
            else:
                cover = cv2.warpAffine(layer.mask, matrix, self.size, flags=cv2.INTER_LINEAR)[..., None]
                made = made + cover * (colour - made)
        return np.clip(made, 0, 1)


def photograph(name: str, size: tuple[int, int], zoom: float = 1.0) -> F32:
    """Of scikit-image (public domain or CC0), mirrored outwards to `size`."""
    if name.startswith("motorcycle"):
        file = Path(skimage.data.__file__).parent / f"{name}.png"
        picture = cv2.cvtColor(cv2.imread(str(file)), cv2.COLOR_BGR2RGB)
    else:
        picture = getattr(skimage.data, name)()
    if picture.ndim == 2:
        picture = np.repeat(picture[..., None], 3, axis=2)
    pixels = picture.astype(np.float32) / 255
    # Down before up: what is enlarged alone would be softer than any camera's picture.
    if zoom != 1.0:
        pixels = cv2.resize(pixels, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA)
    rows = _mirrored(size[1], pixels.shape[0])
    columns = _mirrored(size[0], pixels.shape[1])
    return np.ascontiguousarray(pixels[rows[:, None], columns])


def _mirrored(count: int, side: int) -> np.ndarray:
    index = np.arange(count) % (2 * side - 2)
    return np.where(index < side, index, 2 * side - 2 - index)


def drawn(size: tuple[int, int], draw: Callable[[F32], object], soft: float = 0.7) -> F32:
    mask = np.zeros((size[1], size[0]), np.float32)
    draw(mask)
    return cv2.GaussianBlur(mask, None, soft)


def _ellipse(size: tuple[int, int], centre: tuple[int, int], axes: tuple[int, int], angle: float = 0) -> F32:
    return drawn(size, lambda m: cv2.ellipse(m, centre, axes, angle, 0, 360, 1.0, -1, cv2.LINE_AA))


def _bars(size: tuple[int, int], step: int, thickness: int, slope: int = 40) -> F32:
    def draw(mask: F32) -> None:
        for x in range(-size[0], 2 * size[0], step):
            cv2.line(mask, (x, -size[1]), (x + 3 * slope, 2 * size[1]), 1.0, thickness, cv2.LINE_AA)

    return drawn(size, draw, 0.5)


def _words(size: tuple[int, int], text: str, at: tuple[int, int], scale: float) -> F32:
    return drawn(
        size,
        lambda m: cv2.putText(m, text, at, cv2.FONT_HERSHEY_DUPLEX, scale, 1.0, 2, cv2.LINE_AA),
        0.5,
    )


def _logo(size: tuple[int, int]) -> F32:
    cover = np.maximum(
        _words(size, "BOTTEGA", (20, 50), 1.2), 0.6 * _ellipse(size, (size[0] - 70, 60), (40, 40))
    )
    return np.dstack([np.full((size[1], size[0], 3), 0.95, np.float32), cover])


def stills(size: tuple[int, int] = (640, 480)) -> list[Scene]:
    """Fourteen scenes; two units of time lie between the frames that are given."""

    def ground(name: str, scale: float = 1.0, **motion: float) -> Layer:
        return Layer(photograph(name, size, scale), Motion(**motion))

    def body(name: str, mask: F32, scale: float = 1.0, **motion: float) -> Layer:
        return Layer(photograph(name, size, scale), Motion(**motion), mask)

    ball = _ellipse(size, (300, 250), (110, 80), 20)
    small = _ellipse(size, (420, 200), (60, 90))
    return [
        Scene("slow pan", (ground("motorcycle_left", dx=1.7, dy=0.6),), size),
        Scene("fast pan", (ground("motorcycle_left", dx=13.3, dy=-4.2),), size),
        Scene("turn", (ground("coffee", turn=1.6),), size),
        Scene("zoom", (ground("rocket", zoom=0.02),), size),
        Scene(
            "ball over ground", (ground("astronaut", dx=1.3), body("chelsea", ball, dx=-4.4, dy=2.1)), size
        ),
        Scene(
            "two bodies",
            (
                ground("motorcycle_left", dx=-2.2),
                body("coffee", ball, dx=6.3, turn=1.0),
                body("astronaut", small, dx=-3.3, dy=3.1),
            ),
            size,
        ),
        Scene("fast body", (ground("coffee", dy=0.7), body("chelsea", small, dx=14.5, dy=3.0)), size),
        Scene("bars", (ground("chelsea", dx=2.4), body("brick", _bars(size, 90, 5), dx=-3.1)), size),
        Scene("repeated texture", (ground("brick", dx=3.3, dy=1.2), body("coffee", ball, dx=-2.0)), size),
        Scene("still logo", (ground("astronaut", dx=5.3, dy=2.0),), size, overlay=_logo(size)),
        Scene(
            "moving text",
            (ground("grass", 0.8, dx=0.8), body("page", _words(size, "Slow motion", (60, 250), 3), dx=-5.2)),
            size,
        ),
        Scene("brightening", (ground("coffee", dx=3.1), body("chelsea", ball, dx=-2.5)), size, gain=0.05),
        Scene(
            "hand held blur",
            (ground("motorcycle_right", dx=9.0, dy=4.0, turn=0.9),),
            size,
            blur=0.8,
            noise=1.5,
        ),
        Scene(
            "gravel, turning body",
            (ground("gravel", dx=-1.5, dy=1.5), body("astronaut", ball, turn=4.0, zoom=0.01)),
            size,
            noise=1.5,
        ),
    ]


def clips() -> list[Scene]:
    """Three clips of 1280 x 720."""
    size = (1280, 720)
    far, near = _ellipse(size, (500, 380), (190, 150), 30), _ellipse(size, (900, 350), (110, 190))
    return [
        Scene(
            "720p street",
            (
                Layer(photograph("motorcycle_left", size), Motion(dx=4.2, sway=3)),
                Layer(photograph("chelsea", size), Motion(dx=-6.4, dy=1.5), far),
                Layer(photograph("coffee", size), Motion(dx=9.1, turn=0.6), near),
            ),
            size,
        ),
        Scene(
            "720p hand held",
            (
                Layer(photograph("rocket", size), Motion(dx=7.0, dy=-5.0, turn=0.5, sway=9)),
                Layer(photograph("astronaut", size), Motion(dx=-3.0, sway=6), near),
            ),
            size,
            blur=0.5,
            noise=1.5,
        ),
        Scene(
            "720p titles",
            (
                Layer(photograph("astronaut", size), Motion(zoom=0.008, dx=2)),
                Layer(photograph("brick", size), Motion(dx=-8.0), _bars(size, 200, 7)),
            ),
            size,
            overlay=_logo(size),
        ),
    ]
