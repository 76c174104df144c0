"""Small clips with everything that a clip can have, made here: for proofs and for trying things out.

Each maker writes a file of about a second; pictures move, differ from each other and are never black.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from bottega.enhance.video.model import Pixels

_SUBTITLES = {"mp4": "mov_text", "mov": "mov_text", "matroska": "srt", "webm": "webvtt"}
_SOUND = {"mp4": "aac", "mov": "aac", "matroska": "flac", "webm": "libopus"}
_FORMATS = {".mp4": "mp4", ".mov": "mov", ".mkv": "matroska", ".webm": "webm"}


@dataclass(frozen=True)
class Recipe:
    """`ticks`: presentation times in `time_base`; `colour`: primaries, transfer, matrix, range of ITU-T H.273."""

    suffix: str = ".mp4"
    codec: str = "mpeg4"
    size: tuple[int, int] = (96, 64)
    pixel_format: str = "yuv420p"
    time_base: Fraction = Fraction(1, 30000)
    ticks: tuple[int, ...] = tuple(i * 1001 for i in range(36))
    colour: tuple[int, int, int, int] = (1, 1, 1, 1)
    sample_aspect: Fraction = Fraction(1)
    rotation: int = 0
    b_frames: int = 0
    gop: int = 12
    sounds: tuple[str, ...] = ("ita",)
    sound_start: Fraction = Fraction(0)
    subtitles: tuple[str, ...] = ()
    chapters: bool = False
    attachment: bool = False
    cover: bool = False
    metadata: tuple[tuple[str, str], ...] = (("title", "Bottega"), ("comment", "made for a proof"))
    options: tuple[tuple[str, str], ...] = ()


_VARIABLE = (0, 33, 67, 100, 200, 234, 267, 400, 450, 500, 533, 567, 600, 700, 767, 800, 900, 934, 967, 1100)
_MASTERING = "lp=1:mastering-display=G(0.265,0.69)B(0.15,0.06)R(0.68,0.32)WP(0.3127,0.329)L(1000,0.01):content-light=900,300"
RECIPES: dict[str, Recipe] = {
    "full": Recipe(
        sample_aspect=Fraction(4, 3),
        rotation=90,
        b_frames=2,
        sounds=("ita", "fra"),
        subtitles=("eng", "deu"),
        chapters=True,
    ),
    "variable": Recipe(
        ".mkv",
        "libvpx-vp9",
        time_base=Fraction(1, 1000),
        ticks=_VARIABLE,
        subtitles=("eng",),
        chapters=True,
        attachment=True,
        sample_aspect=Fraction(16, 11),
        metadata=(("title", "VFR"), ("DIRECTOR", "somebody")),
    ),
    "offset": Recipe(ticks=tuple(45000 + i * 1001 for i in range(30)), sound_start=Fraction(1), b_frames=2),
    "webm": Recipe(
        ".webm",
        "libvpx-vp9",
        time_base=Fraction(1, 1000),
        ticks=tuple(i * 40 for i in range(25)),
        subtitles=("spa",),
    ),
    "odd": Recipe(
        codec="libvpx-vp9",
        size=(63, 47),
        colour=(6, 6, 6, 1),
        time_base=Fraction(1, 25),
        ticks=tuple(range(20)),
    ),
    "full range": Recipe(
        codec="libvpx-vp9", colour=(1, 13, 1, 2), time_base=Fraction(1, 24), ticks=tuple(range(24))
    ),
    "hdr": Recipe(
        codec="libsvtav1",
        pixel_format="yuv420p10le",
        size=(128, 96),
        colour=(9, 16, 9, 1),
        time_base=Fraction(1, 24),
        ticks=tuple(range(12)),
        options=(("preset", "10"), ("svtav1-params", _MASTERING)),
    ),
    "quicktime": Recipe(
        ".mov", rotation=180, chapters=True, colour=(5, 6, 5, 1), metadata=(("title", "QT"), ("mood", "good"))
    ),
    "many keys": Recipe(gop=1, sounds=(), time_base=Fraction(1, 50), ticks=tuple(range(40))),
    "one frame": Recipe(ticks=(0,), sounds=(), time_base=Fraction(1, 25)),
    "untagged": Recipe(colour=(2, 2, 2, 0), time_base=Fraction(1, 25), ticks=tuple(range(15)), cover=True),
}


def write(folder: Path, name: str) -> Path:
    """The clip of that name in RECIPES, in `folder`."""
    path = folder / (name.replace(" ", "_") + RECIPES[name].suffix)
    write_recipe(path, RECIPES[name])
    return path


def picture(number: int, size: tuple[int, int]) -> Pixels:
    """H x W x 3 uint8: a smooth ground with a bright bar that moves with `number`."""
    width, height = size
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    ground = 90 + 40 * np.sin(x / 9 + number / 5) + 30 * np.cos(y / 7 - number / 9)
    bar = np.clip(6 - np.abs((x - number * 7) % (width + 12) - 6), 0, 1) * 90
    return (
        np.stack([ground + bar, ground * 0.8 + bar + 20, 220 - ground], axis=2).clip(24, 250).astype(np.uint8)
    )


def write_recipe(path: Path, recipe: Recipe) -> None:
    """Sound lasts as long as the pictures; pictures and sound are muxed by time."""
    import av
    from av.container.core import Flags

    from bottega.enhance.video.matroska import set_display_size

    output: Any = av.open(str(path), "w", format=_FORMATS[recipe.suffix], container_options=_muxer(recipe))
    output.flags |= Flags.bitexact.value
    output.metadata.update(dict(recipe.metadata))
    packets = _pictures(output, recipe)
    packets += [p for language in recipe.sounds for p in _sound(output, recipe, language)]
    packets += [p for language in recipe.subtitles for p in _text(output, recipe, language)]
    _extras(output, recipe)
    output.start_encoding()
    made = [packet for make in packets for packet in make()]
    for packet in sorted(made, key=lambda p: p.dts * p.time_base):
        output.mux_one(packet)
    output.close()
    if recipe.suffix in (".mkv", ".webm") and recipe.sample_aspect != 1:
        width, height = recipe.size
        set_display_size(path, round(width * recipe.sample_aspect), height)


def _muxer(recipe: Recipe) -> dict[str, str]:
    if recipe.suffix in (".mkv", ".webm"):
        return {"write_crc32": "0"}
    known = {"title", "comment"}
    flags = "+faststart" if {k for k, _ in recipe.metadata} <= known else "+faststart+use_metadata_tags"
    return {"movflags": flags, "movie_timescale": "90000"}


Maker = Callable[[], list[Any]]


def _pictures(output: Any, recipe: Recipe) -> list[Maker]:
    import av
    from av.codec.context import Flags

    stream = output.add_stream(recipe.codec, rate=25)
    context = stream.codec_context
    context.width, context.height = recipe.size
    context.pix_fmt, context.time_base = recipe.pixel_format, Fraction(1, 25)
    context.thread_count, context.gop_size, context.max_b_frames = 1, recipe.gop, recipe.b_frames
    context.flags |= Flags.bitexact
    context.sample_aspect_ratio = recipe.sample_aspect
    tags = recipe.colour
    context.color_primaries, context.color_trc, context.colorspace, context.color_range = tags
    quality = {"mpeg4": {"qmin": "2", "qmax": "2"}, "libvpx-vp9": {"crf": "10", "b": "0", "cpu-used": "6"}}
    context.options = {**quality.get(recipe.codec, {}), **dict(recipe.options)}
    stream.time_base = recipe.time_base
    if recipe.rotation:
        stream.set_display_rotation(recipe.rotation)

    def make() -> list[Any]:
        encoded: list[Any] = []
        for number in range(len(recipe.ticks)):
            frame: Any = av.VideoFrame.from_ndarray(picture(number, recipe.size)).reformat(
                format=recipe.pixel_format,
                dst_colorspace=1 if tags[2] == 1 else 5,
                dst_color_range=max(1, tags[3]),
            )
            frame.pts, frame.pict_type = number, 0
            encoded += stream.encode(frame)
        encoded += stream.encode(None)
        ticks = list(recipe.ticks)
        delay = max(place - packet.pts for place, packet in enumerate(encoded))
        for place, packet in enumerate(encoded):
            at = packet.pts
            step = ticks[1] - ticks[0] if len(ticks) > 1 else 1
            packet.time_base = recipe.time_base
            packet.pts = ticks[at]
            packet.dts = ticks[place - delay] if place >= delay else ticks[0] - (delay - place) * step
            packet.duration = ticks[at + 1] - ticks[at] if at + 1 < len(ticks) else step
        return encoded

    return [make]


def _sound(output: Any, recipe: Recipe, language: str) -> list[Maker]:
    import av

    stream = output.add_stream(_SOUND[_FORMATS[recipe.suffix]], rate=48000)
    context = stream.codec_context
    context.layout = "stereo"
    context.time_base = stream.time_base = Fraction(1, 48000)
    stream.metadata.update(
        {"language": language, "title" if "mp4" not in recipe.suffix else "handler_name": f"in {language}"}
    )
    # The first track is the one to play.
    stream.disposition = 1 if language == recipe.sounds[0] else 0

    def make() -> list[Any]:
        size = context.frame_size or 1024
        seconds = (recipe.ticks[-1] - recipe.ticks[0]) * recipe.time_base
        made: list[Any] = []
        begin = round(recipe.sound_start * 48000)
        for block in range(int(seconds * 48000) // size + 1):
            phase = (
                (np.arange(size) + block * size)
                * (440 + 60 * len(language) + ord(language[0]))
                * 2
                * np.pi
                / 48000
            )
            wave = (np.sin(phase) * 0.3).astype(np.float32)
            data = np.stack([wave, wave[::-1]])
            if context.format.name == "s16":
                frame = av.AudioFrame.from_ndarray(
                    (data.T.reshape(1, -1) * 32000).astype(np.int16), "s16", "stereo"
                )
            elif context.format.name == "flt":
                frame = av.AudioFrame.from_ndarray(
                    np.ascontiguousarray(data.T.reshape(1, -1)), "flt", "stereo"
                )
            else:
                frame = av.AudioFrame.from_ndarray(data, "fltp", "stereo")
            frame.rate, frame.pts, frame.time_base = 48000, begin + block * size, Fraction(1, 48000)
            made += stream.encode(frame)
        return made + stream.encode(None)

    return [make]


def _text(output: Any, recipe: Recipe, language: str) -> list[Maker]:
    import av
    from av.subtitles.subtitle import SubtitleSet

    from bottega.enhance.video.copying import ASS_HEADER

    stream = output.add_stream(_SUBTITLES[_FORMATS[recipe.suffix]])
    stream.codec_context.subtitle_header = ASS_HEADER
    stream.codec_context.time_base = stream.time_base = Fraction(1, 1000)
    stream.metadata["language"] = language

    def make() -> list[Any]:
        made: list[Any] = []
        begin = round(recipe.ticks[0] * recipe.time_base * 1000)
        for line, start in enumerate((100, 450)):
            event = f"{line},0,Default,,0,0,0,,Line {line} in {language}".encode()
            text = SubtitleSet.create(text=event, start=0, end=250)
            packet = av.Packet(bytes(stream.codec_context.encode_subtitle(text)))
            packet.stream, packet.time_base = stream, Fraction(1, 1000)
            packet.pts = packet.dts = begin + start
            packet.duration = 250
            made.append(packet)
        return made

    return [make]


def _extras(output: Any, recipe: Recipe) -> None:
    if recipe.attachment:
        output.add_attachment("letters.ttf", "font/ttf", bytes(range(256)) * 4)
    if recipe.chapters:
        base = Fraction(1, 1000)
        output.set_chapters(
            [
                {"id": 1, "start": 0, "end": 400, "time_base": base, "metadata": {"title": "One"}},
                {"id": 2, "start": 400, "end": 1000, "time_base": base, "metadata": {"title": "Two"}},
            ]
        )


def damaged(source: Path, target: Path, *, at: float = 0.5, length: int = 200) -> Path:
    """A copy with `length` bytes of its middle (or `at` that share of it) overwritten."""
    data = bytearray(source.read_bytes())
    begin = int(len(data) * at)
    data[begin : begin + length] = np.random.default_rng(0).integers(0, 256, length, dtype=np.uint8).tobytes()
    target.write_bytes(data)
    return target


def cut_off(source: Path, target: Path, *, at: float = 0.6) -> Path:
    """A copy of its beginning."""
    data = source.read_bytes()
    target.write_bytes(data[: int(len(data) * at)])
    return target
