"""Plain drawings of kinds of garments, for an item that has no picture: outlines on a square of 100 units."""

from collections.abc import Mapping

import cv2
import numpy as np

from bottega.fashion.colours import Lab
from bottega.imaging.colour import lab_to_rgb
from bottega.imaging.picture import U8

Points = tuple[tuple[float, float], ...]
_NO_COLOUR: Lab = (72.0, 2.0, 6.0)
_ROUND = 1.3
"""Units by which corners are rounded."""
_EDGE = 0.45
"""Units of the line around a drawing."""
_SMOOTH = 4
"""Drawn so many times larger and made smaller, for smooth edges."""


def _mirrored(*right: tuple[float, float]) -> Points:
    """An outline from its right half, from the top to the bottom."""
    return (*right, *((100 - x, y) for x, y in reversed(right)))


_TEE = _mirrored((50, 21), (58, 14), (68, 17), (90, 36), (80, 46), (71, 39), (71, 88))
_LONG = _mirrored((50, 17), (57, 12), (68, 15), (80, 26), (92, 74), (82, 78), (71, 42), (71, 88))
_COAT = _mirrored((57, 6), (68, 9), (79, 19), (90, 62), (81, 66), (71, 36), (76, 96))
_JACKET = _mirrored((57, 12), (69, 15), (81, 26), (92, 72), (82, 76), (72, 42), (73, 84))
_SHOE: Points = (
    (12, 42), (24, 46), (34, 38), (44, 44), (60, 56), (80, 60), (90, 68), (90, 76), (10, 76), (10, 52),
)  # fmt: skip
OUTLINES: Mapping[str, tuple[Points, ...]] = {
    "t-shirt": (_TEE,),
    "polo": (_TEE,),
    "top": (_mirrored((50, 22), (58, 20), (60, 10), (66, 10), (66, 26), (72, 34), (70, 86)),),
    "shirt": (_LONG,),
    "blouse": (_mirrored((50, 18), (58, 12), (68, 16), (84, 34), (94, 68), (82, 74), (72, 46), (78, 86)),),
    "sweater": (_LONG,),
    "cardigan": (_LONG,),
    "sweatshirt": (_LONG,),
    "trousers": (_mirrored((70, 8), (76, 94), (56, 94), (50, 34)),),
    "jeans": (_mirrored((70, 8), (73, 94), (57, 94), (50, 34)),),
    "leggings": (_mirrored((67, 8), (67, 30), (62, 94), (54, 94), (50, 34)),),
    "shorts": (_mirrored((72, 20), (82, 74), (53, 76), (50, 46)),),
    "skirt": (_mirrored((64, 16), (66, 24), (84, 84)),),
    "dress": (_mirrored((50, 18), (57, 16), (60, 6), (65, 6), (66, 20), (70, 28), (62, 44), (82, 94)),),
    "jumpsuit": (_mirrored((50, 18), (57, 16), (59, 6), (66, 6), (71, 22), (64, 44), (72, 95), (56, 95), (50, 60)),),
    "jacket": (_JACKET,),
    "blazer": (_JACKET,),
    "coat": (_COAT,),
    "vest": (_mirrored((60, 12), (68, 12), (66, 30), (72, 40), (72, 86), (60, 90)),),
    "sneakers": (_SHOE,),
    "shoes": (((12, 48), (34, 44), (50, 56), (76, 60), (90, 68), (90, 74), (34, 74), (32, 78), (12, 78)),),
    "boots": (((22, 14), (50, 14), (50, 56), (74, 62), (86, 72), (86, 82), (42, 82), (40, 86), (20, 86)),),
    "sandals": (((10, 70), (90, 70), (90, 77), (10, 77)), ((20, 70), (30, 48), (40, 48), (32, 70)),
                ((56, 70), (62, 54), (76, 56), (82, 70))),
    "heels": (((14, 34), (30, 34), (56, 62), (88, 68), (88, 76), (54, 76), (26, 52), (20, 84), (15, 84)),),
    "bag": (((18, 42), (82, 42), (88, 86), (12, 86)), ((32, 42), (36, 22), (64, 22), (68, 42), (62, 42), (60, 28), (40, 28),
            (38, 42))),
    "belt": (((6, 44), (94, 44), (94, 56), (6, 56)),),
    "scarf": (_mirrored((58, 10), (66, 16), (62, 40), (66, 92), (53, 92), (52, 40)),),
    "hat": (((6, 64), (30, 60), (34, 32), (50, 28), (66, 32), (70, 60), (94, 64), (70, 72), (30, 72)),),
    "gloves": (((34, 88), (32, 52), (20, 40), (26, 34), (38, 44), (36, 16), (43, 15), (46, 38), (47, 11), (54, 11),
               (55, 38), (59, 15), (66, 17), (64, 42), (70, 26), (76, 29), (68, 56), (66, 88)),),
    "jewellery": (tuple((50 + 30 * float(np.cos(a)), 46 + 34 * float(np.sin(a))) for a in np.linspace(-0.3, np.pi + 0.3, 24))
                  + tuple((50 + 26 * float(np.cos(a)), 44 + 32 * float(np.sin(a)))
                          for a in np.linspace(np.pi + 0.3, -0.3, 24)),
                  ((50, 76), (56, 84), (50, 92), (44, 84))),
    "sunglasses": (((8, 40), (46, 40), (44, 58), (34, 64), (18, 62), (10, 54)),
                   ((92, 40), (54, 40), (56, 58), (66, 64), (82, 62), (90, 54)), ((44, 41), (56, 41), (56, 45), (44, 45))),
    "watch": (_mirrored((58, 6), (58, 32), (66, 40), (66, 60), (58, 68), (58, 94)),),
    "tie": (_mirrored((57, 8), (54, 20), (61, 76), (50, 92)),),
    "socks": (((36, 10), (60, 10), (60, 54), (82, 72), (76, 86), (60, 86), (36, 66)),),
    "wallet": (((14, 34), (86, 34), (86, 72), (14, 72)),),
}  # fmt: skip
"""Outlines by kind, in units with y downwards."""
_SEAMS: Mapping[str, tuple[Points, ...]] = {
    "shirt": (((50, 20), (50, 88)), ((43, 12), (50, 20), (57, 12))),
    "blouse": (((43, 12), (50, 24), (57, 12)),),
    "polo": (((50, 16), (50, 32)), ((43, 14), (50, 20), (57, 14))),
    "cardigan": (((43, 12), (50, 46), (57, 12)), ((50, 46), (50, 88))),
    "sweatshirt": (((29, 82), (71, 82)),),
    "sweater": (((29, 83), (71, 83)),),
    "jacket": (((50, 14), (50, 84)), ((28, 78), (72, 78))),
    "blazer": (((43, 12), (50, 50), (57, 12)), ((50, 50), (50, 84))),
    "coat": (((43, 6), (50, 40), (57, 6)), ((50, 40), (50, 96))),
    "vest": (((42, 12), (50, 44), (58, 12)), ((50, 44), (50, 88))),
    "trousers": (((30, 14), (70, 14)),),
    "jeans": (((30, 14), (70, 14)),),
    "shorts": (((27, 26), (73, 26)),),
    "skirt": (((35, 22), (65, 22)),),
    "dress": (((38, 44), (62, 44)),),
    "jumpsuit": (((36, 44), (64, 44)),),
    "sneakers": (((10, 70), (90, 70)), ((34, 46), (42, 52)), ((40, 50), (50, 56))),
    "boots": (((20, 80), (86, 80)),),
    "bag": (((16, 56), (84, 56)),),
    "belt": (((76, 42), (88, 42), (88, 58), (76, 58), (76, 42)),),
    "hat": (((32, 60), (50, 63), (68, 60)),),
    "watch": (((36, 40), (64, 40), (64, 60), (36, 60), (36, 40)),),
    "wallet": (((14, 50), (86, 50)),),
}
_OF_CATEGORY = {
    "top": "sweater",
    "bottom": "trousers",
    "dress": "dress",
    "outerwear": "jacket",
    "shoes": "shoes",
}


def silhouette(kind: str, category: str, colour: Lab | None, side: int) -> U8:
    """side x side x 4 uint8 RGBA: the kind's outline in the colour (Lab, D65), with a thin edge and seams."""
    from PIL import Image, ImageDraw, ImageFilter

    name = kind if kind in OUTLINES else _OF_CATEGORY.get(category, "bag")
    fill, edge = _tones(colour or _NO_COLOUR)
    large, scale = side * _SMOOTH, side * _SMOOTH / 100
    shape = Image.new("L", (large, large), 0)
    for outline in OUTLINES[name]:
        ImageDraw.Draw(shape).polygon([(x * scale, y * scale) for x, y in outline], fill=255)
    soft = np.asarray(shape.filter(ImageFilter.GaussianBlur(_ROUND * scale)))
    outer = np.where(soft > 118, 255, 0).astype(np.uint8)
    thin = 2 * max(1, round(_EDGE * scale)) + 1
    inner = cv2.erode(outer, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (thin, thin)))
    canvas = Image.new("RGBA", (large, large), (*edge, 0))
    canvas.putalpha(Image.fromarray(outer))
    canvas.paste((*fill, 255), mask=Image.fromarray(np.asarray(inner, np.uint8)))
    draw = ImageDraw.Draw(canvas)
    width = max(1, round(0.6 * scale))
    for seam in _SEAMS.get(name, ()):
        draw.line([(x * scale, y * scale) for x, y in seam], fill=(*edge, 255), width=width, joint="curve")
    return np.asarray(canvas.resize((side, side), Image.Resampling.LANCZOS), np.uint8)


def _tones(colour: Lab) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    """The colour, and a darker one of it (of a very dark colour a lighter one) for edges."""
    lightness, a, b = colour
    other = lightness - (26 if lightness > 80 else 18) if lightness > 32 else lightness + 24
    return _rgb((lightness, a, b)), _rgb((other, a * 0.8, b * 0.8))


def _rgb(lab: Lab) -> tuple[int, int, int]:
    red, green, blue = (np.clip(lab_to_rgb(np.array(lab, np.float32)), 0, 1) * 255).round()
    return int(red), int(green), int(blue)
