"""A look on one picture: its pieces side by side with their names and prices, and what it costs in all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bottega.errors import InvalidOption
from bottega.fashion.outfits.data import fold
from bottega.fashion.outfits.silhouettes import silhouette
from bottega.fashion.outfits.values import MAIN_SLOTS, Item, Look
from bottega.imaging.picture import F32, U8

if TYPE_CHECKING:
    from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1200, 1500
_MARGIN, _GAP, _HEAD, _FOOT, _RADIUS = 56, 24, 168, 96, 22
_PAPER, _CARD, _INK, _QUIET, _LINE = (
    (245, 242, 237),
    (255, 255, 255),
    (34, 32, 30),
    (124, 117, 108),
    (222, 216, 207),
)
_LABEL = 84
"""Height of the two lines under a picture."""
_FONTS = (
    ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
    ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf"),
    ("LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf"),
    ("Arial.ttf", "Arial Bold.ttf"),
    ("arial.ttf", "arialbd.ttf"),
)
"""Looked for among the fonts of the system, plain and bold; without any, letters beyond ASCII are spelled without accents."""


@dataclass(frozen=True, slots=True)
class _Box:
    left: int
    top: int
    width: int
    height: int


def board(
    look: Look, pictures: Mapping[str, U8 | F32] | None = None, *, title: str = "", subtitle: str = ""
) -> U8:
    """1500 x 1200 x 3 uint8 RGB. `pictures` by item id: H x W x 3 or, as a cut-out, H x W x 4 with straight alpha; uint8 or
    float32 in [0, 1]. An item without one is drawn as the outline of its kind. Raises InvalidOption for another array."""
    from PIL import Image, ImageDraw

    canvas = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    draw = ImageDraw.Draw(canvas)
    _text(draw, (_MARGIN, 58), title or "A look", 46, _INK, WIDTH - 2 * _MARGIN, bold=True)
    named = subtitle or f"{len(look.items)} pieces"
    _text(draw, (_MARGIN, 120), named, 24, _QUIET, WIDTH - 2 * _MARGIN)
    for item, box in zip(look.items, _boxes(look.items), strict=True):
        _card(canvas, draw, item, box, (pictures or {}).get(item.id))
    base = HEIGHT - _FOOT
    draw.line([(_MARGIN, base), (WIDTH - _MARGIN, base)], fill=_LINE, width=2)
    owned = sum(item.owned for item in look.items)
    _text(draw, (_MARGIN, base + 30), f"{owned} already owned" if owned else "In all", 26, _QUIET, 500)
    total = str(look.total) if look.total is not None else "Nothing to buy"
    _text(draw, (WIDTH - _MARGIN, base + 24), total, 36, _INK, 560, bold=True, right=True)
    return np.asarray(canvas, np.uint8)


def _boxes(items: Sequence[Item]) -> list[_Box]:
    """The hero large at the left, up to two other garments or shoes in rows beside it; four as a square; accessories in a
    row below."""
    main = [item for item in items if item.category in MAIN_SLOTS]
    small = [item for item in items if item.category not in MAIN_SLOTS]
    width, top = WIDTH - 2 * _MARGIN, _HEAD
    height = HEIGHT - _HEAD - _FOOT - _GAP
    below = 300 if small else 0
    upper = height - (below + _GAP if small else 0)
    hero_width = (width - _GAP) // 2 if len(main) > 1 else width
    boxes: dict[int, _Box] = {}
    half = (upper - _GAP) // 2
    for at, item in enumerate(main):
        if len(main) == 4:
            left, line = _MARGIN + (at % 2) * (hero_width + _GAP), top + (at // 2) * (half + _GAP)
            boxes[id(item)] = _Box(left, line, hero_width, half)
        elif at == 0:
            boxes[id(item)] = _Box(_MARGIN, top, hero_width, upper)
        else:
            count = len(main) - 1
            each = (upper - (count - 1) * _GAP) // count
            left = _MARGIN + hero_width + _GAP
            boxes[id(item)] = _Box(left, top + (at - 1) * (each + _GAP), width - hero_width - _GAP, each)
    for at, item in enumerate(small):
        each = (width - (len(small) - 1) * _GAP) // len(small)
        boxes[id(item)] = _Box(_MARGIN + at * (each + _GAP), top + upper + _GAP, each, below)
    return [boxes[id(item)] for item in items]


def _card(
    canvas: "Image.Image", draw: "ImageDraw.ImageDraw", item: Item, box: _Box, picture: U8 | F32 | None
) -> None:
    corners = (box.left, box.top, box.left + box.width, box.top + box.height)
    draw.rounded_rectangle(corners, radius=_RADIUS, fill=_CARD, outline=_LINE, width=1)
    room = (box.width - 48, box.height - _LABEL - 40)
    if picture is None:
        side = min(room)
        layer = _image(silhouette(item.kind, item.category, item.colours[0] if item.colours else None, side))
    else:
        layer = _fitted(_image(_rgba(picture)), room)
    left = box.left + (box.width - layer.width) // 2
    top = box.top + 24 + (room[1] - layer.height) // 2
    canvas.paste(layer, (left, top), layer)
    base = box.top + box.height - _LABEL
    price = "Owned" if item.owned else str(item.price) if item.price is not None else ""
    _text(draw, (box.left + 24, base), item.title, 21, _INK, box.width - 48, least=17)
    _text(draw, (box.left + 24, base + 34), price, 21, _QUIET, box.width - 48)


# --- pictures ------------------------------------------------------------------------------------------------


def _rgba(picture: U8 | F32) -> U8:
    if picture.ndim != 3 or picture.shape[2] not in (3, 4) or 0 in picture.shape:
        raise InvalidOption("A picture of an item has three channels, or four with its cut-out.")
    values: NDArray[np.uint8] = (
        np.asarray(picture, np.uint8)
        if picture.dtype == np.uint8
        else (np.clip(np.nan_to_num(picture), 0, 1) * 255).round().astype(np.uint8)
    )
    if values.shape[2] == 3:
        return np.dstack([values, np.full(values.shape[:2], 255, np.uint8)])
    rows, columns = np.flatnonzero(values[..., 3].any(axis=1)), np.flatnonzero(values[..., 3].any(axis=0))
    if not len(rows):
        raise InvalidOption("A cut-out shows nothing: it is transparent everywhere.")
    return values[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _image(rgba: U8) -> "Image.Image":
    from PIL import Image

    return Image.fromarray(np.ascontiguousarray(rgba), "RGBA")


def _fitted(layer: "Image.Image", room: tuple[int, int]) -> "Image.Image":
    from PIL import Image

    scale = min(room[0] / layer.width, room[1] / layer.height)
    size = (max(1, round(layer.width * scale)), max(1, round(layer.height * scale)))
    return layer.resize(size, Image.Resampling.LANCZOS)


# --- text ----------------------------------------------------------------------------------------------------


def _text(
    draw: "ImageDraw.ImageDraw",
    at: tuple[int, int],
    text: str,
    size: int,
    colour: tuple[int, int, int],
    room: int,
    *,
    bold: bool = False,
    right: bool = False,
    least: int = 0,
) -> None:
    """One line; where it is longer than `room` pixels, smaller down to `least`, then cut with an ellipsis."""
    font, whole = _font(size, bold)
    said = " ".join(text.split()) if whole else fold_kept_case(" ".join(text.split()))
    while least and size > least and font.getlength(said) > room:
        size -= 1
        font, _ = _font(size, bold)
    if font.getlength(said) > room:
        mark = "…" if whole else "..."
        while said and font.getlength(said + mark) > room:
            said = said[:-1]
        said = said.rstrip() + mark
    draw.text(at, said, font=font, fill=colour, anchor="ra" if right else "la")


def fold_kept_case(text: str) -> str:
    """Without accents and letters beyond ASCII, for a font that has none of them."""
    return "".join(
        letter if letter.isascii() else folded if (folded := fold(letter)).isascii() else "?"
        for letter in text
    )


@cache
def _font(size: int, bold: bool) -> "tuple[ImageFont.FreeTypeFont | ImageFont.ImageFont, bool]":
    """A font, and whether it has letters beyond ASCII."""
    from PIL import ImageFont

    for names in _FONTS:
        try:
            return ImageFont.truetype(names[bold], size), True
        except OSError:  # not installed here
            continue
    return ImageFont.load_default(size), False
