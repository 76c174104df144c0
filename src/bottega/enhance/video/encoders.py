"""Which encoder makes the pictures: by container, licence, size and depth, proved by opening it and encoding a frame.

Only encoders that give the same bytes each time are chosen unasked; those in hardware are a choice of the user's.
"""

import os
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from bottega.enhance.video.model import ColourTags, EncodeSettings, VideoInfo
from bottega.errors import InvalidOption, NoCandidate

CONTAINERS = {".mp4": "mp4", ".m4v": "mp4", ".mov": "mov", ".mkv": "matroska", ".webm": "webm"}
_HOLDS = {
    "mp4": ("av1", "vp9", "h264", "hevc", "mpeg4"),
    "mov": ("h264", "hevc", "mpeg4"),
    "matroska": ("av1", "vp9", "h264", "hevc", "mpeg4", "ffv1"),
    "webm": ("av1", "vp9"),
}
_SOFTWARE = {
    # Measured at 640 x 360, one thread, CPU ms a frame and PSNR: SVT-AV1 preset 8 5.6 ms 50.7 dB (10 and above are
    # quicker, and the encoder itself warns of artefacts), VP9 cpu-used 4 11.3 ms 46.7 dB with fewer bytes, MPEG-4 0.5 ms 43.7 dB at twice the bytes; x264 medium 4.7 ms 47.7 dB, x265 fast 9.3 ms 46.4 dB.
    "av1": ("libsvtav1",),
    "vp9": ("libvpx-vp9",),
    "h264": ("libopenh264", "libx264"),
    "hevc": ("libx265",),
    "mpeg4": ("mpeg4",),
    "ffv1": ("ffv1",),
}
_HARDWARE = {
    "av1": ("av1_nvenc", "av1_qsv", "av1_amf"),
    "h264": ("h264_nvenc", "h264_videotoolbox", "h264_qsv", "h264_amf"),
    "hevc": ("hevc_nvenc", "hevc_videotoolbox", "hevc_qsv", "hevc_amf"),
}
_GPL = ("libx264", "libx265")


@dataclass(frozen=True)
class Encoder:
    """`name` as FFmpeg calls it; `options` its own."""

    name: str
    codec: str
    pixel_format: str
    options: dict[str, str]

    @property
    def depth(self) -> int:
        return 16 if "16" in self.pixel_format else 10 if "10" in self.pixel_format else 8


@dataclass(frozen=True)
class Shape:
    """What every encoder of one clip is opened with."""

    width: int
    height: int
    rate: Fraction
    sample_aspect: Fraction
    colour: ColourTags


def container_of(name: str) -> str:
    """The container's format by the target's suffix. Raises InvalidOption."""
    suffix = "." + name.rsplit(".", 1)[-1].lower()
    if suffix not in CONTAINERS:
        raise InvalidOption(
            f"Clips are not written as {suffix!r} here.", hint="Use " + ", ".join(CONTAINERS) + "."
        )
    return CONTAINERS[suffix]


def check(settings: EncodeSettings, container: str) -> None:
    """Raises InvalidOption for settings that no encoder could fulfil in this container."""
    if settings.lossless and container != "matroska":
        raise InvalidOption("Lossless pictures are kept in .mkv only.", hint="Name the target .mkv.")
    if settings.lossless and settings.codec not in ("auto", "ffv1"):
        raise InvalidOption("Lossless pictures are encoded as ffv1.", hint="Leave the codec to `auto`.")
    if settings.codec != "auto" and settings.codec not in _HOLDS[container]:
        raise InvalidOption(
            f"A {container} file does not hold {settings.codec}.",
            hint=f"It holds {', '.join(_HOLDS[container])}.",
        )


def choose(
    settings: EncodeSettings, container: str, video: VideoInfo, shape: Shape
) -> tuple[Encoder, list[str]]:
    """The first encoder that opens for this shape, and what is to be said about it. Raises NoCandidate."""
    notes: list[str] = []
    depth = settings.bit_depth or (10 if video.bit_depth > 8 else 8)
    codecs = _codecs(settings, container)
    names = [name for codec in codecs for name in _names(settings, codec)]
    for wanted in (depth, 8) if depth > 8 else (8,):
        for codec, name in names:
            for pixel_format in _pixel_formats(video.pixel_format, wanted, lossless=codec == "ffv1"):
                encoder = Encoder(name, codec, pixel_format, _options(name, settings.quality, video))
                if opens(encoder, shape):
                    if wanted < depth:
                        notes.append(f"{depth} bits a channel became 8: no allowed encoder keeps more")
                    if "444" in pixel_format and shape.width % 2 + shape.height % 2:
                        notes.append(f"{name} takes odd sizes in 4:4:4 only")
                    told = name in ("libsvtav1", "libx264", "libx265")
                    if (video.mastering or video.content_light) and not told:
                        notes.append(f"{name} does not take the HDR mastering values: they were left out")
                    return encoder, notes
            if name.endswith(("_nvenc", "_qsv", "_amf", "_videotoolbox")):
                notes.append(f"{name} does not work on this machine")
    hint = "Allow GPL encoders (`gpl`), or take another codec." if not settings.gpl else "Take another codec."
    raise NoCandidate(
        f"No encoder here makes {' or '.join(codecs)} of {shape.width} x {shape.height} pixels.",
        hint=hint,
        tried=[name for _, name in names],
    )


def open_encoder(encoder: Encoder, shape: Shape) -> Any:
    """A codec context that counts pictures (its time base is one picture). FFmpegError when it does not open."""
    import av

    # The library writes fifteen lines to standard error for each encoder unless its own variable says errors only.
    os.environ.setdefault("SVT_LOG", "1")
    context: Any = av.CodecContext.create(encoder.name, "w")
    configure(context, encoder, shape)
    context.open()
    return context


def configure(context: Any, encoder: Encoder, shape: Shape) -> None:
    """The same for a segment's encoder and for the stream that its packets go into."""
    from av.codec.context import Flags

    context.width, context.height, context.pix_fmt = shape.width, shape.height, encoder.pixel_format
    context.framerate, context.time_base = shape.rate, 1 / shape.rate
    context.sample_aspect_ratio = shape.sample_aspect
    context.flags |= Flags.global_header | Flags.bitexact
    context.thread_count = 1
    context.gop_size = 250
    tags = shape.colour
    context.color_primaries, context.color_trc = tags.primaries, tags.transfer
    context.colorspace = 0 if encoder.pixel_format.startswith("bgr") else tags.matrix
    if tags.full_range is not None:
        context.color_range = 2 if tags.full_range else 1
    context.options = dict(encoder.options)


def opens(encoder: Encoder, shape: Shape) -> bool:
    """Whether it makes a packet of a grey frame here."""
    import av
    from av.error import FFmpegError

    try:
        context = open_encoder(encoder, shape)
        frame = av.VideoFrame(shape.width, shape.height, encoder.pixel_format)
        for plane in frame.planes:
            plane.update(b"\x80" * plane.buffer_size)
        frame.pts = 0
        return bool([*context.encode(frame), *context.encode(None)])
    except (FFmpegError, ValueError):
        # ValueError: PyAV knows no encoder of this name, or the encoder not this pixel format.
        return False


def _codecs(settings: EncodeSettings, container: str) -> tuple[str, ...]:
    if settings.lossless:
        return ("ffv1",)
    if settings.codec != "auto":
        return (settings.codec,)
    if container == "mov":
        return ("h264", "hevc", "mpeg4") if settings.gpl or settings.hardware else ("mpeg4",)
    return ("av1", "vp9") if container == "webm" else ("av1", "vp9", "mpeg4")


def _names(settings: EncodeSettings, codec: str) -> list[tuple[str, str]]:
    hardware = _HARDWARE.get(codec, ()) if settings.hardware else ()
    software = [name for name in _SOFTWARE[codec] if settings.gpl or name not in _GPL]
    return [(codec, name) for name in (*hardware, *software)]


def _pixel_formats(source: str, depth: int, *, lossless: bool) -> list[str]:
    if lossless:
        return ["bgr0"] if depth == 8 else ["yuv444p16le", "yuv444p10le"]
    chroma = next((kind for kind in ("444", "422") if kind in source), "420")
    suffix = "p10le" if depth > 8 else "p"
    formats = [f"yuv{kind}{suffix}" for kind in dict.fromkeys((chroma, "420", "444"))]
    return [*formats, "p010le"] if depth > 8 else formats


def _options(name: str, quality: int, video: VideoInfo) -> dict[str, str]:
    """Constant quality; one thread and no look at the clock, so that the bytes are the same each time."""
    of_51, of_63 = round(51 - 0.44 * quality), round(63 - 0.52 * quality)
    if name == "libsvtav1":
        extra = ":".join(["lp=1", *_hdr_parameters(video, svt=True)])
        return {"preset": "8", "crf": str(max(1, of_63)), "svtav1-params": extra}
    if name == "libvpx-vp9":
        return {"crf": str(of_63), "b": "0", "deadline": "good", "cpu-used": "4", "row-mt": "0"}
    if name == "libx264":
        told = [
            part.replace("master-", "mastering-").replace("max-cll", "cll")
            for part in _hdr_parameters(video, svt=False)
        ]
        return {"preset": "medium", "crf": str(of_51)} | ({"x264-params": ":".join(told)} if told else {})
    if name == "libx265":
        fixed = ["log-level=none", "pools=none", "frame-threads=1", "open-gop=0", "info=0"]
        extra = ":".join([*fixed, *_hdr_parameters(video, svt=False)])
        return {"preset": "fast", "crf": str(of_51 + 2), "x265-params": extra}
    if name == "mpeg4":
        scale = str(max(1, round(31 * (1 - quality / 100) ** 1.6)))
        return {"qmin": scale, "qmax": scale}
    if name == "libopenh264":
        return {"qmin": str(of_51), "qmax": str(of_51)}
    if name.endswith("_nvenc"):
        return {"rc": "constqp", "qp": str(of_51 + 2)}
    return {}


def _hdr_parameters(video: VideoInfo, *, svt: bool) -> list[str]:
    """SMPTE ST 2086 and CTA-861.3 values in the notation of SVT-AV1 (plain) or x265 (steps of 1/50000, 1/10000)."""
    found: list[str] = []
    m = video.mastering
    if m is not None:

        def pair(letters: str, xy: tuple[float, float]) -> str:
            return (
                f"{letters}({xy[0]:.5f},{xy[1]:.5f})"
                if svt
                else (f"{letters}({round(xy[0] * 50000)},{round(xy[1] * 50000)})")
            )

        low, high = m.darkest, m.brightest
        light = f"L({high:.4f},{low:.4f})" if svt else f"L({round(high * 10000)},{round(low * 10000)})"
        points = pair("G", m.green) + pair("B", m.blue) + pair("R", m.red) + pair("WP", m.white)
        found.append(f"{'mastering-display' if svt else 'master-display'}={points}{light}")
    if video.content_light is not None:
        both = f"{video.content_light.max_cll},{video.content_light.max_fall}"
        found.append(f"{'content-light' if svt else 'max-cll'}={both}")
    return found
