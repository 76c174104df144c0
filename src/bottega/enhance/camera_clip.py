"""Frames made from nothing but a still, written as a silent clip. Needs the extra `video`."""

from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

from bottega.enhance.video import EncodeSettings
from bottega.enhance.video.colour import SDR, to_frame
from bottega.enhance.video.encoders import Encoder, Shape, choose, configure
from bottega.enhance.video.model import VideoInfo
from bottega.errors import OutputError, ResourceError
from bottega.imaging.picture import U8


def write_clip(
    target: Path,
    frames: Iterable[U8],
    size: tuple[int, int],
    fps: Fraction,
    settings: EncodeSettings = EncodeSettings(),  # noqa: B008 - immutable
    *,
    written: Callable[[int], None] = lambda count: None,
) -> Encoder:
    """Writes `frames` (H x W x 3, uint8 sRGB, all of `size` = (width, height), even numbers) as an MP4 with BT.709 tags; the
    encoder that it chose. `written` is told how many frames are done. Raises ResourceError without the extra, NoCandidate
    without an encoder, OutputError when the file cannot be written."""
    try:
        import av
        from av.error import FFmpegError
    except ImportError as error:
        raise ResourceError(
            "Clips cannot be written here: the writer is not installed.",
            hint="Install it with `pip install 'bottega[video]'`.",
        ) from error
    shape = Shape(*size, fps, Fraction(1), SDR)
    encoder, _ = choose(settings, "mp4", _described(size, fps), shape)
    try:
        with av.open(str(target), "w", format="mp4", options={"movflags": "+faststart"}) as output:
            container: Any = output
            stream = container.add_stream(encoder.name, rate=fps)
            configure(stream.codec_context, encoder, shape)
            for number, pixels in enumerate(frames):
                frame = to_frame(pixels, SDR, encoder.pixel_format, SDR.matrix)
                frame.pts, frame.time_base = number, 1 / fps
                container.mux(stream.encode(frame))
                written(number + 1)
            container.mux(stream.encode(None))
    except (FFmpegError, OSError) as error:
        raise OutputError(f"The clip could not be written: {error}.") from error
    return encoder


def _described(size: tuple[int, int], fps: Fraction) -> VideoInfo:
    """As a source would be described from which the clip is encoded."""
    return VideoInfo(
        index=0, codec="rawvideo", pixel_format="yuv420p", bit_depth=8, width=size[0], height=size[1],
        sample_aspect=Fraction(1), rotation=0, display_matrix=None, frame_rate=fps, variable_rate=False, frames=0,
        start=Fraction(0), duration=Fraction(0), time_base=1 / fps, colour=SDR, interlaced=False, has_alpha=False,
    )  # fmt: skip
