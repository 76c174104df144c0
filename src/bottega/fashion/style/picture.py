"""The palette of an analysis as a picture: measured colours, season, swatches with names, metals, and what it rests on."""

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from bottega.fashion.style.values import ColorAnalysis, StyleAnalysis, Swatch
from bottega.imaging.picture import U8

WIDTH, MARGIN, GAP = 1200, 64, 18
PAPER, INK, SOFT, LINE = "#faf8f4", "#22201d", "#6f6a63", "#ddd7cd"
TILE_HEIGHT, LABEL = 96, 46


def palette_picture(analysis: StyleAnalysis) -> U8:
    """H x 1200 x 3 uint8. Without a palette, it says why and how to retake the photograph."""
    sheet = _Sheet()
    colour = analysis.color_analysis
    if colour.season is None:
        return _unknown(sheet, analysis)
    sheet.text("YOUR PALETTE", 20, SOFT, after=8, spaced=True)
    sheet.text(colour.season_title, 64, INK, after=6)
    sheet.text(_summary(colour), 24, SOFT, after=30)
    _measured(sheet, colour)
    groups = (
        ("Neutrals", "to build on", [one for one in colour.best_colors if one.use == "neutral"], 6),
        ("Accents", "near the face", [one for one in colour.best_colors if one.use == "accent"], 7),
        ("Harder to wear", "better away from the face", list(colour.colors_to_avoid), 7),
    )
    for title, says, swatches, columns in groups:
        sheet.heading(title, says)
        _tiles(sheet, swatches, columns)
    _foot(sheet, colour)
    return sheet.done()


class _Sheet:
    """A page that grows downwards; what was drawn is cut to its length at the end."""

    def __init__(self) -> None:
        self.image = Image.new("RGB", (WIDTH, 1800), PAPER)
        self.pen = ImageDraw.Draw(self.image)
        self.y = MARGIN

    def text(
        self,
        words: str,
        size: int,
        ink: str,
        *,
        after: int = 0,
        spaced: bool = False,
        width: int = WIDTH - 2 * MARGIN,
    ) -> None:
        """Words from the left margin, wrapped at `width` pixels."""
        font = ImageFont.load_default(size)
        for line in self.wrapped(
            "    ".join(" ".join(word) for word in words.split()) if spaced else words, font, width
        ):
            self.pen.text((MARGIN, self.y), line, fill=ink, font=font)
            self.y += round(1.3 * size)
        self.y += after

    def wrapped(
        self, words: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: int
    ) -> list[str]:
        lines, line = list[str](), ""
        for word in words.split(" "):
            longer = f"{line} {word}" if line else word
            if line and self.pen.textlength(longer, font=font) > width:
                lines.append(line)
                line = word
            else:
                line = longer
        return [*lines, line]

    def heading(self, title: str, says: str) -> None:
        self.pen.line((MARGIN, self.y, WIDTH - MARGIN, self.y), fill=LINE, width=2)
        self.y += 20
        large, small = ImageFont.load_default(28), ImageFont.load_default(20)
        self.pen.text((MARGIN, self.y), title, fill=INK, font=large)
        self.pen.text(
            (MARGIN + self.pen.textlength(title, font=large) + 14, self.y + 8), says, fill=SOFT, font=small
        )
        self.y += 52

    def tile(self, x: float, width: float, height: int, colour: str) -> None:
        box = (x, self.y, x + width, self.y + height)
        self.pen.rounded_rectangle(box, 12, fill=colour, outline=LINE if _pale(colour) else None, width=2)

    def done(self) -> U8:
        return np.asarray(self.image.crop((0, 0, WIDTH, self.y + MARGIN)), np.uint8)


def _pale(colour: str) -> bool:
    return min(int(colour[at : at + 2], 16) for at in (1, 3, 5)) > 205


def _tiles(sheet: _Sheet, swatches: list[Swatch], columns: int) -> None:
    """Rows of swatches, each with its name and hex below."""
    width = (WIDTH - 2 * MARGIN - (columns - 1) * GAP) / columns
    name, code = ImageFont.load_default(18), ImageFont.load_default(15)
    for start in range(0, len(swatches), columns):
        for number, one in enumerate(swatches[start : start + columns]):
            x = MARGIN + number * (width + GAP)
            sheet.tile(x, width, TILE_HEIGHT, one.hex)
            sheet.pen.text((x + 2, sheet.y + TILE_HEIGHT + 6), one.name, fill=INK, font=name)
            sheet.pen.text((x + 2, sheet.y + TILE_HEIGHT + 28), one.hex, fill=SOFT, font=code)
        sheet.y += TILE_HEIGHT + LABEL + GAP
    sheet.y += 6


def _measured(sheet: _Sheet, colour: ColorAnalysis) -> None:
    """Discs of skin, hair and eyes as measured."""
    seen = [
        ("Skin", colour.skin_hex, None),
        ("Hair", colour.hair_hex, colour.hair),
        ("Eyes", colour.eyes_hex, colour.eyes),
    ]
    x, title, small = float(MARGIN), ImageFont.load_default(20), ImageFont.load_default(17)
    for label, tone, word in seen:
        if tone is None:
            continue
        sheet.pen.ellipse((x, sheet.y, x + 72, sheet.y + 72), fill=tone)
        sheet.pen.text((x + 88, sheet.y + 12), label, fill=INK, font=title)
        sheet.pen.text((x + 88, sheet.y + 38), word or tone, fill=SOFT, font=small)
        x += 250
    sheet.y += 72 + 34


def _summary(colour: ColorAnalysis) -> str:
    said = [f"{colour.skin_tone} undertone", f"{colour.depth} overall"]
    if colour.contrast is not None:
        said.append(f"{colour.contrast} contrast")
    return ", ".join(said)


def _foot(sheet: _Sheet, colour: ColorAnalysis) -> None:
    sheet.pen.line((MARGIN, sheet.y, WIDTH - MARGIN, sheet.y), fill=LINE, width=2)
    sheet.y += 20
    sheet.text(f"Metals: {', '.join(colour.metals)}", 22, INK, after=8)
    chances = list(colour.seasons.items())[:3]
    likely = ", ".join(f"{name.replace('_', ' ')} {100 * chance:.0f} %" for name, chance in chances)
    sheet.text(f"How sure: {likely}. {colour.reason}", 18, SOFT)


def _unknown(sheet: _Sheet, analysis: StyleAnalysis) -> U8:
    sheet.text("YOUR PALETTE", 20, SOFT, after=8, spaced=True)
    sheet.text("This photo does not tell", 56, INK, after=14)
    reason = analysis.color_analysis.reason.removeprefix("cannot tell: ")
    sheet.text(reason[:1].upper() + reason[1:] + ".", 26, INK, after=18)
    for note in analysis.notes:
        sheet.text(note, 22, SOFT, after=8)
    worn = [
        (piece.piece, name, colour)
        for piece in analysis.style_profile.worn
        for name, colour in zip(piece.colours, piece.hexes, strict=True)
    ]
    if worn:
        sheet.y += 16
        sheet.heading("Worn in the photo", "as the picture shows it")
        _tiles(
            sheet,
            [Swatch(name=f"{piece}: {name}", hex=colour, use="accent") for piece, name, colour in worn[:6]],
            6,
        )
    return sheet.done()
