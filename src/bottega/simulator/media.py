"""Pictures and clips that a simulated vendor hands out: real files, visibly marked, and telling what was asked for.

What is drawn follows from the seed, what was asked and the input files' hashes, and from nothing else: the same call
gives the same bytes. `read_note` takes the note out again, so that a test can prove which words and which pictures
reached which call.
"""

import colorsys
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageOps
from PIL.PngImagePlugin import PngInfo

MARK = "SIMULATED"
NOTE_KEY = "bottega-simulator"
LONGEST_NOTE_TEXT = 2000
"""Characters of one value in the note; longer ones are cut and their SHA-256 is added."""

_IMAGE_DESCRIPTION = 0x010E
"""EXIF tag 270."""


class Media:
    """Draws from a seed. All sizes are pixels."""

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed

    def picture(
        self,
        width: int,
        height: int,
        asked: Mapping[str, Any],
        inputs: Sequence[bytes] = (),
        *,
        kind: str = "png",
        variant: int = 0,
        transparent: bool = False,
        change: Image.Image | None = None,
    ) -> bytes:
        """A picture file (`kind`: png, jpeg, webp or gif).

        With inputs, the first one that is a picture is the base, scaled to width x height and recoloured; without, it
        is drawn. `change` (mode L, any size, white = change) limits the change to a part: the rest is the input's
        pixels. `variant` numbers the pictures of one call. `transparent` makes the corners see-through (png, webp).
        """
        note = self._note(asked, inputs, variant)
        drawn = self._drawn(width, height, note)
        base = _first_picture(inputs)
        if base is not None:
            scaled = ImageOps.fit(base, (width, height)) if base.size != (width, height) else base
            drawn = Image.blend(scaled, drawn, 0.35)
            _stamp(drawn, _bounds(change, (width, height)))
            if change is not None:
                drawn = Image.composite(drawn, scaled, change.convert("L").resize((width, height)))
        else:
            _stamp(drawn, (0, 0, width, height))
        if transparent and kind != "jpeg":
            drawn.putalpha(_vignette(width, height))
        return _encoded(drawn, kind, note)

    def clip(
        self,
        width: int,
        height: int,
        seconds: float,
        asked: Mapping[str, Any],
        inputs: Sequence[bytes] = (),
        *,
        fps: int = 24,
        audio: bool = False,
        variant: int = 0,
    ) -> bytes:
        """An MP4 file (H.264, or MPEG-4 where H.264 is missing; AAC sound: a quiet 440 Hz tone). Sides are rounded
        down to even numbers. Needs PyAV (`bottega[video]`)."""
        import av

        note = self._note(asked, inputs, variant)
        width, height = max(2, width // 2 * 2), max(2, height // 2 * 2)
        still = self._drawn(width, height, note)
        base = _first_picture(inputs)
        if base is not None:
            still = Image.blend(ImageOps.fit(base, (width, height)), still, 0.35)
        _stamp(still, (0, 0, width, height))
        pixels = np.asarray(still)
        out = io.BytesIO()
        codec = "libx264" if "libx264" in av.codecs_available else "mpeg4"
        with av.open(out, "w", format="mp4") as container:
            container.metadata["creation_time"] = (
                "2026-01-01T00:00:00Z"  # else the clock would be in the file
            )
            container.metadata["comment"] = json.dumps(note.content)
            stream: Any = container.add_stream(codec, rate=fps)
            stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            stream.codec_context.thread_count = 1
            if codec == "libx264":
                stream.options = {"preset": "ultrafast"}  # the slower ones do not give the same bytes twice
            sound: Any = container.add_stream("aac", rate=44100) if audio else None
            frames = max(1, round(seconds * fps))
            for index in range(frames):
                moved = np.roll(pixels, index * max(1, width // 96), axis=1)
                frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(moved), format="rgb24")
                container.mux(stream.encode(frame))
            container.mux(stream.encode())
            if sound is not None:
                _tone(container, sound, seconds)
        return out.getvalue()

    def _note(self, asked: Mapping[str, Any], inputs: Sequence[bytes], variant: int) -> "_Note":
        hashes = [hashlib.sha256(data).hexdigest() for data in inputs]
        full = json.dumps([self.seed, dict(asked), hashes, variant], sort_keys=True, default=str)
        digest = hashlib.sha256(full.encode()).digest()
        content = {
            "simulated": True,
            "asked": {name: _cut(value) for name, value in asked.items()},
            "inputs": hashes,
            "variant": variant,
        }
        return _Note(content, digest)

    def _drawn(self, width: int, height: int, note: "_Note") -> Image.Image:
        random = np.random.default_rng(list(note.digest))
        hue = float(random.random())
        ends = [
            colorsys.hsv_to_rgb((hue + turn) % 1.0, 0.55, value) for turn, value in ((0, 0.9), (0.3, 0.45))
        ]
        across = np.linspace(0.0, 1.0, width, dtype=np.float32)[None, :, None]
        down = np.linspace(0.0, 1.0, height, dtype=np.float32)[:, None, None]
        blend = (across + down) / 2
        first, second = np.asarray(ends, dtype=np.float32)
        rgb = first * (1 - blend) + second * blend
        picture = Image.fromarray((rgb * 255).astype(np.uint8))
        draw = ImageDraw.Draw(picture)
        for _ in range(7):
            x, y, radius = random.random(), random.random(), 0.04 + 0.16 * random.random()
            r = radius * min(width, height)
            box = (x * width - r, y * height - r, x * width + r, y * height + r)
            fill = tuple(int(255 * part) for part in colorsys.hsv_to_rgb(random.random(), 0.6, 0.95))
            (draw.ellipse if random.random() < 0.5 else draw.rectangle)(box, fill=fill)
        return picture


def read_note(data: bytes) -> dict[str, Any]:
    """What was asked for: `{"simulated": true, "asked": {...}, "inputs": [sha256 of each], "variant": n}`.

    Raises ValueError when the file does not come from here.
    """
    text = _clip_comment(data) if data[4:8] == b"ftyp" else _picture_comment(data)
    if not text:
        raise ValueError("This file has no note of the simulator.")
    return json.loads(text)


@dataclass(frozen=True)
class _Note:
    content: dict[str, Any]
    digest: bytes

    def text(self) -> str:
        return json.dumps(self.content)


def _cut(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    if len(text) <= LONGEST_NOTE_TEXT:
        return text
    return f"{text[:LONGEST_NOTE_TEXT]}... sha256 {hashlib.sha256(text.encode()).hexdigest()}"


def _first_picture(inputs: Sequence[bytes]) -> Image.Image | None:
    for data in inputs:
        try:
            with Image.open(io.BytesIO(data)) as opened:
                return ImageOps.exif_transpose(opened).convert("RGB")
        except (OSError, ValueError):
            continue  # a clip, for instance: no base to draw on
    return None


def _bounds(change: Image.Image | None, size: tuple[int, int]) -> tuple[int, int, int, int]:
    whole = (0, 0, *size)
    if change is None:
        return whole
    rows, columns = np.nonzero(np.asarray(change.convert("L").resize(size)) >= 128)
    if rows.size == 0:
        return whole
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1


def _stamp(picture: Image.Image, box: tuple[int, int, int, int]) -> None:
    """The mark, as wide as fits, in the middle of the box: white on a dark bar."""
    left, top, right, bottom = box
    draw = ImageDraw.Draw(picture)
    size = max(8.0, min((right - left) / 7.0, (bottom - top) / 3.0))
    font = ImageFont.load_default(size)
    x0, y0, x1, y1 = draw.textbbox((0, 0), MARK, font=font)
    x, y = (left + right - (x1 - x0)) / 2, (top + bottom - (y1 - y0)) / 2
    pad = size / 4
    draw.rectangle((x - pad, y - pad, x + x1 - x0 + pad, y + y1 - y0 + pad), fill=(24, 24, 24))
    draw.text((x - x0, y - y0), MARK, font=font, fill=(255, 255, 255))


def _vignette(width: int, height: int) -> Image.Image:
    alpha = Image.new("L", (width, height), 0)
    ImageDraw.Draw(alpha).ellipse((0, 0, width - 1, height - 1), fill=255)
    return alpha


def _encoded(picture: Image.Image, kind: str, note: _Note) -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[_IMAGE_DESCRIPTION] = note.text()
    match kind:
        case "png":
            info = PngInfo()
            info.add_text(NOTE_KEY, note.text())
            picture.save(out, "PNG", pnginfo=info, compress_level=1)
        case "jpeg":
            picture.convert("RGB").save(out, "JPEG", quality=92, exif=exif)
        case "webp":
            picture.save(out, "WEBP", quality=92, method=0, exif=exif)
        case "gif":
            picture.convert("RGB").save(out, "GIF", comment=note.text().encode())
        case _:
            raise ValueError(f"pictures are png, jpeg, webp or gif, not {kind!r}")
    return out.getvalue()


def _picture_comment(data: bytes) -> str:
    try:
        with Image.open(io.BytesIO(data)) as picture:
            if NOTE_KEY in picture.info:
                return str(picture.info[NOTE_KEY])
            if isinstance(comment := picture.info.get("comment"), bytes) and comment.startswith(b"{"):
                return comment.decode()
            described = str(picture.getexif().get(_IMAGE_DESCRIPTION, ""))
    except OSError as error:
        raise ValueError("This is no picture.") from error
    return described if described.startswith('{"simulated"') else ""


def _clip_comment(data: bytes) -> str:
    import av

    with av.open(io.BytesIO(data)) as container:
        return container.metadata.get("comment", "")


def _tone(container: Any, stream: Any, seconds: float) -> None:
    import av

    rate, step = 44100, 1024
    total = max(1, round(seconds * rate))
    for at in range(0, total, step):
        time = np.arange(at, min(at + step, total), dtype=np.float32) / rate
        wave = (0.05 * np.sin(2 * np.pi * 440 * time)).astype(np.float32)[None, :]
        frame: Any = av.AudioFrame.from_ndarray(wave, format="fltp", layout="mono")
        frame.sample_rate, frame.pts = rate, at
        container.mux(stream.encode(frame))
    container.mux(stream.encode())
