"""Layers of a drawing: which colour each has in a laser program, in which order they burn, and with what.

LightBurn tells layers apart by colour and takes the nearest of its palette, so every colour that leaves this
package is an exact one of that palette unless the writer is told otherwise.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bottega.errors import InvalidOption
from bottega.laser.geometry import COLOURS, Drawing, Operation, Path, RasterImage
from bottega.laser.size import in_range

PALETTE: tuple[str, ...] = tuple(
    "#" + colour
    for colour in [
        "000000",
        "0000ff",
        "ff0000",
        "00e000",
        "d0d000",
        "ff8000",
        "00e0e0",
        "ff00ff",
        "b4b4b4",
        "0000a0",
        "a00000",
        "00a000",
        "a0a000",
        "c08000",
        "00a0ff",
        "a000a0",
        "808080",
        "7d87b9",
        "bb7784",
        "4a6fe3",
        "d33f6a",
        "8cd78c",
        "f0b98d",
        "f6c4e1",
        "fa9ed4",
        "500a78",
        "b45a00",
        "004754",
        "86fa88",
        "ffdb66",
    ]
)
"""LightBurn's cut layers C00 to C29 (its documentation, "Color palette"); the index is the layer."""

ORDER: tuple[Operation, ...] = (Operation.ENGRAVE, Operation.FILL, Operation.SCORE, Operation.CUT)
"""What burns first: a part that is cut free may move, so cutting comes last."""

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True)
class BurnSettings:
    """How a layer burns: power in percent of the machine's, speed in mm/min; `interval_mm` between scanned lines."""

    power_percent: float
    speed_mm_min: float
    passes: int = 1
    interval_mm: float = 0.1

    def __post_init__(self) -> None:
        in_range("The power", self.power_percent, 0, 100, "%")
        in_range("The speed", self.speed_mm_min, 1, 1_000_000, "mm/min")
        in_range("The number of passes", self.passes, 1, 1000, "")
        in_range("The interval", self.interval_mm, 0.001, 10, "mm")


@dataclass(frozen=True, slots=True)
class Layer:
    """What has one name, operation and colour. `index` is LightBurn's layer: alike settings and colours share it.

    `picture` marks the layers of placed pictures; `settings` is None where nobody said how to burn.
    """

    name: str
    operation: Operation
    colour: str
    index: int
    picture: bool
    settings: BurnSettings | None


@dataclass(frozen=True, slots=True)
class Layers:
    """The layers of one drawing in burning order, and where each path and picture belongs."""

    all: tuple[Layer, ...]
    paths: dict[Layer, tuple[Path, ...]]
    rasters: dict[Layer, tuple[RasterImage, ...]]


def layers_of(
    drawing: Drawing, settings: Mapping[str, BurnSettings] | None = None, *, exact_colours: bool = False
) -> Layers:
    """Sort a drawing into layers: engrave, fill, score, cut; within one operation in the order of the file.

    `settings` are looked up by layer name, then by operation ("cut"). A layer's colour is its paths' own or the
    operation's, moved to the nearest free palette colour: layers with different settings never share one.
    `exact_colours` keeps colours that the palette lacks. Raises InvalidOption for a malformed colour and for more
    layers than the palette has colours.
    """
    settings = settings or {}
    paths: dict[_Key, list[Path]] = {}
    rasters: dict[_Key, list[RasterImage]] = {}
    for path in drawing.paths:
        colour = path.shown_colour
        if not _COLOUR.fullmatch(colour):
            raise InvalidOption(f"{path.colour!r} is no colour.", hint='Colours are written "#rrggbb".')
        key = (path.operation, _name(path.layer, path.operation), colour, False)
        paths.setdefault(key, []).append(path)
    for raster in drawing.rasters:
        name = _name(raster.layer, Operation.ENGRAVE)
        rasters.setdefault((Operation.ENGRAVE, name, COLOURS[Operation.ENGRAVE], True), []).append(raster)
    keys = sorted((*rasters, *paths), key=lambda key: ORDER.index(key[0]))
    burnt = {key: settings.get(key[1]) or settings.get(key[0].value) for key in keys}
    # LightBurn's layers each have one setting for shapes and another for pictures, so these do not compete.
    indices = {
        **_palette_indices([key for key in keys if key[3]], burnt),
        **_palette_indices([key for key in keys if not key[3]], burnt),
    }
    layers = {
        key: Layer(
            name=key[1],
            operation=key[0],
            colour=key[2] if exact_colours else PALETTE[indices[key]],
            index=indices[key],
            picture=key[3],
            settings=burnt[key],
        )
        for key in keys
    }
    return Layers(
        all=tuple(layers.values()),
        paths={layers[key]: tuple(found) for key, found in paths.items()},
        rasters={layers[key]: tuple(found) for key, found in rasters.items()},
    )


_Key = tuple[Operation, str, str, bool]
"""Operation, name, wanted colour, and whether it holds pictures."""


def _name(layer: str, operation: Operation) -> str:
    return layer or operation.value.capitalize()


def _palette_indices(keys: list[_Key], burnt: Mapping[_Key, BurnSettings | None]) -> dict[_Key, int]:
    """The palette entry of each layer; layers that burn alike and look alike share one."""
    groups: dict[tuple[object, ...], list[_Key]] = {}
    for key in keys:
        groups.setdefault((key[0], key[2], burnt[key]), []).append(key)
    if len(groups) > len(PALETTE):
        raise InvalidOption(
            f"The drawing has {len(groups)} layers that burn differently; laser programs tell {len(PALETTE)} apart.",
            hint="Use fewer colours or settings, or write G-code, which has no such limit.",
        )
    free = dict(enumerate(PALETTE))
    indices: dict[_Key, int] = {}
    # Colours that are exactly a palette entry come first, so that no neighbour takes their place.
    for group in sorted(groups.values(), key=lambda group: group[0][2] not in PALETTE):
        index = min(free, key=lambda i: _distance(free[i], group[0][2]))
        del free[index]
        indices.update(dict.fromkeys(group, index))
    return indices


def _distance(one: str, other: str) -> int:
    return sum((a - b) ** 2 for a, b in zip(rgb(one), rgb(other), strict=True))


def rgb(colour: str) -> tuple[int, int, int]:
    """ "#rrggbb" as three numbers 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
