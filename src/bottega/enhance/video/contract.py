"""What a worked-on clip owes its source, as checks on the two files: times, sound, text, tags, shape, pictures.

It reads both files on its own and knows nothing of how the target was made, so that any program's work can be held to it.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from bottega.enhance.video.colour import to_pixels
from bottega.enhance.video.model import ClipInfo, Pixels, StreamInfo
from bottega.enhance.video.probe import examine
from bottega.enhance.video.reading import FrameIndex, opened, pictures

_DARK = 8.0
_SAME_PICTURE_DB = 24.0
_DRIFT = 0.5
"""Of the mean colour over the clip, in steps of 255: encoders at fair quality stay below."""


class Check(NamedTuple):
    name: str
    passed: bool
    detail: str = ""


@dataclass(frozen=True)
class Promise:
    """What the work was to change: `scale` of the sides; `times` in seconds where they are not the source's."""

    scale: Fraction = Fraction(1)
    times: tuple[Fraction, ...] | None = None
    same_pictures: bool = True
    keep_depth: bool = True


def check_contract(source: Path, target: Path, promise: Promise = Promise()) -> list[Check]:
    """All checks that apply to this clip; a target that cannot be read fails the one that says so."""
    from bottega.errors import BottegaError

    before, index = examine(source)
    try:
        after, made = examine(target)
    except BottegaError as error:
        return [Check("the target can be read", False, error.message)]
    return [
        Check("the target can be read", True),
        *_timing(index, made, promise, _unavoidable_shift(source, target)),
        *_shape(before, after, promise),
        *_tags(before, after, promise),
        *_packet_order(target),
        *_tracks(source, target, before, after, "audio"),
        *_tracks(source, target, before, after, "subtitle"),
        *_companions(source, target, before, after),
        *_pictures(source, target, (before, index), (after, made), promise),
        *_layout(target),
    ]


def _unavoidable_shift(source: Path, target: Path) -> Fraction:
    """Matroska has no times below zero, where the priming samples of MP4 sound lie: everything is later by as much."""
    if target.suffix not in (".mkv", ".webm"):
        return Fraction(0)
    earliest, waiting = Fraction(0), set[int]()
    with opened(source) as container:
        waiting |= {stream.index for stream in container.streams.audio}
        for packet in container.demux(*container.streams.audio) if waiting else ():
            if packet.stream.index in waiting and packet.pts is not None:
                waiting.discard(packet.stream.index)
                earliest = min(earliest, packet.pts * packet.time_base)
            if not waiting:
                break
    return Fraction(round(-earliest * 1000), 1000)


def _timing(before: FrameIndex, after: FrameIndex, promise: Promise, later: Fraction) -> Iterator[Check]:
    own = [p * before.time_base for p in before.pts]
    found = [p * after.time_base for p in after.pts]
    wanted = list(promise.times) if promise.times is not None else own
    if abs(found[0] - wanted[0]) > after.time_base / 2:
        wanted = [time + later for time in wanted]
    yield Check("number of pictures", len(found) == len(wanted), f"{len(found)} of {len(wanted)}")
    half = after.time_base / 2
    shift = found[0] - wanted[0]
    worst = max((abs(a - b) for a, b in zip(found, wanted, strict=False)), default=Fraction(0))
    yield Check("every picture at its time, to half a tick", worst <= half, f"{float(worst):.6f} s off")
    yield Check("first picture at its time", abs(shift) <= half, f"{float(shift):.6f} s")
    yield Check(
        "last picture there", abs(found[-1] - wanted[-1]) <= half, f"{float(found[-1] - wanted[-1]):.6f} s"
    )
    lengths = abs((after.end - after.start) - (before.end - before.start))
    if promise.times is None:
        yield Check("duration", lengths <= after.time_base + before.time_base, f"{float(lengths):.6f} s off")
        yield Check(
            "variable or constant rate as before",
            before.variable == after.variable or _rounded(before, after),
        )
    yield Check("the first picture can be decoded alone", bool(after.keys) and after.keys[0] == 0)


def _rounded(before: FrameIndex, after: FrameIndex) -> bool:
    """A coarser clock makes distances differ by one of its ticks."""
    steps = [b - a for a, b in pairwise(after.pts)]
    return after.time_base > before.time_base and max(steps) - min(steps) <= 1


def _shape(before: ClipInfo, after: ClipInfo, promise: Promise) -> Iterator[Check]:
    a, b = before.video, after.video
    wanted = (round(a.width * promise.scale), round(a.height * promise.scale))
    yield Check("width and height", (b.width, b.height) == wanted, f"{b.width} x {b.height}, wanted {wanted}")
    off = abs(b.sample_aspect / a.sample_aspect - 1)
    # Matroska keeps whole display pixels: half of one is the rounding.
    yield Check(
        "shape of a pixel", off <= Fraction(1, 2 * b.width), f"{b.sample_aspect}, was {a.sample_aspect}"
    )
    yield Check("shape of the picture", abs(b.display_aspect / a.display_aspect - 1) <= Fraction(1, b.width))
    yield Check("rotation", a.rotation == b.rotation, f"{b.rotation}, was {a.rotation}")
    identity = (65536, 0, 0, 0, 65536, 0, 0, 0, 1 << 30)
    yield Check("display matrix", (a.display_matrix or identity) == (b.display_matrix or identity))


def _tags(before: ClipInfo, after: ClipInfo, promise: Promise) -> Iterator[Check]:
    a, b = before.video.colour, after.video.colour
    yield Check("colour primaries", a.primaries == b.primaries, f"{b.primaries}, was {a.primaries}")
    yield Check("colour transfer", a.transfer == b.transfer, f"{b.transfer}, was {a.transfer}")
    spelt = a.matrix in (0, 2, b.matrix) or {a.matrix, b.matrix} <= {5, 6} or b.matrix == 0
    yield Check("colour matrix", spelt, f"{b.matrix}, was {a.matrix}")
    yield Check("colour range", bool(a.full_range) == bool(b.full_range) or b.matrix == 0)
    if promise.keep_depth:
        deep = min(before.video.bit_depth, 10)
        yield Check("bits a channel", after.video.bit_depth >= deep, f"{after.video.bit_depth}, was {deep}")
    if before.video.mastering is not None:
        yield Check("mastering display", after.video.mastering is not None)
    if before.video.content_light is not None:
        yield Check("content light level", after.video.content_light == before.video.content_light)
    kept = {key.lower(): value for key, value in after.metadata.items()}
    for key, value in before.metadata.items():
        yield Check(f"metadata: {key.lower()}", kept.get(key.lower()) == value, str(kept.get(key.lower())))


def _packet_order(target: Path) -> Iterator[Check]:
    last: dict[int, int] = {}
    rising = sound = True
    with opened(target) as container:
        for packet in container.demux():
            if packet.dts is None or packet.size == 0:
                continue
            index = packet.stream.index
            strict = container.streams[index].type in ("video", "audio")
            rising &= (
                index not in last or packet.dts > last[index] or (not strict and packet.dts == last[index])
            )
            sound &= packet.pts is None or packet.pts >= packet.dts
            last[index] = packet.dts
    yield Check("decoding times rise in every track", rising)
    yield Check("nothing is shown before it is decoded", sound)


class _Packets(NamedTuple):
    digest: str
    times: tuple[Fraction, ...]
    texts: tuple[str, ...]
    tick: Fraction


def _tracks(source: Path, target: Path, before: ClipInfo, after: ClipInfo, kind: str) -> Iterator[Check]:
    ours, theirs = before.of_kind(kind), after.of_kind(kind)
    if not ours and not theirs:
        return
    word = "sound" if kind == "audio" else "subtitles"
    yield Check(f"{word}: number of tracks", len(ours) == len(theirs), f"{len(theirs)} of {len(ours)}")
    origin = before.video.start, after.video.start
    for number, (a, b) in enumerate(zip(ours, theirs, strict=False)):
        name = f"{word} {number + 1}"
        x, y = _packets(source, a), _packets(target, b)
        if kind == "audio":
            yield Check(f"{name}: packets bit for bit", x.digest == y.digest and bool(y.times))
            yield Check(f"{name}: kind", a.codec == b.codec, b.codec)
        else:
            yield Check(f"{name}: text", x.texts == y.texts and bool(y.texts), str(y.texts))
        yield Check(
            f"{name}: number of packets", len(x.times) == len(y.times), f"{len(y.times)} of {len(x.times)}"
        )
        slack = (x.tick if x.tick > y.tick else y.tick) / 2 + (
            after.video.time_base if y.tick >= Fraction(1, 1000) else 0
        ) / 2
        worst = max(
            (abs((q - origin[1]) - (p - origin[0])) for p, q in zip(x.times, y.times, strict=False)),
            default=Fraction(0),
        )
        yield Check(f"{name}: in step with the pictures", worst <= slack, f"{float(worst):.6f} s off")
        yield Check(f"{name}: language", a.language == b.language, b.language)
        wanted = set(a.disposition)
        if (
            kind == "audio"
            and number == 0
            and target.suffix != ".mkv"
            and not any("default" in t.disposition for t in ours)
        ):
            wanted |= set(b.disposition) & {"default"}  # MP4 has at least one sound that is on
        yield Check(f"{name}: disposition", wanted == set(b.disposition), str(b.disposition))
        if "title" in a.metadata:
            # An MP4 track has its name in the handler's.
            names = {b.metadata.get("title"), b.metadata.get("handler_name")}
            yield Check(f"{name}: title", a.metadata["title"] in names, str(names))


def _packets(path: Path, info: StreamInfo) -> _Packets:
    hashed, times, texts = hashlib.sha256(), list[Fraction](), list[str]()
    with opened(path) as container:
        stream = container.streams[info.index]
        for packet in container.demux(stream):
            if packet.size == 0 or packet.pts is None:
                continue
            if info.kind == "subtitle":
                said = [
                    line.dialogue.decode(errors="replace") for line in stream.codec_context.decode(packet)
                ]
                if not any(said):
                    continue  # MP4 fills the time between two lines with empty ones
                texts += said
            hashed.update(_without_adts(bytes(packet)) if info.codec == "aac" else bytes(packet))
            times.append(packet.pts * packet.time_base)
        return _Packets(hashed.hexdigest(), tuple(times), tuple(texts), stream.time_base)


def _without_adts(data: bytes) -> bytes:
    """AAC of broadcast streams carries its description in each packet (ISO/IEC 13818-7, 6.2), of files in the header."""
    if len(data) > 7 and data[0] == 0xFF and data[1] & 0xF6 == 0xF0:
        return data[7 if data[1] & 1 else 9 :]
    return data


def _companions(source: Path, target: Path, before: ClipInfo, after: ClipInfo) -> Iterator[Check]:
    yield Check("number of chapters", len(before.chapters) == len(after.chapters), str(len(after.chapters)))
    for number, (a, b) in enumerate(zip(before.chapters, after.chapters, strict=False), start=1):
        near = abs(a.start - b.start) <= Fraction(1, 1000) and abs(a.end - b.end) <= Fraction(1, 1000)
        yield Check(f"chapter {number}: times", near, f"{float(b.start)} to {float(b.end)}")
        yield Check(f"chapter {number}: title", a.title == b.title, b.title)
    if "matroska" in after.container and target.suffix == ".mkv":
        own, kept = _attached(source), _attached(target)
        if own or kept:
            yield Check("attachments bit for bit", own == kept, str(list(kept)))
    video = [info.streams[info.video.index] for info in (before, after)]
    yield Check("pictures: language", video[0].language == video[1].language)
    covers = [sum("attached_pic" in s.disposition for s in info.streams) for info in (before, after)]
    if covers[0]:
        yield Check("cover picture", covers[0] == covers[1])


def _attached(path: Path) -> dict[str, str]:
    with opened(path) as container:
        return {
            str(stream.name): hashlib.sha256(stream.data).hexdigest()
            for stream in container.streams
            if stream.type == "attachment"
        }


def _pictures(
    source: Path,
    target: Path,
    ours: tuple[ClipInfo, FrameIndex],
    theirs: tuple[ClipInfo, FrameIndex],
    promise: Promise,
) -> Iterator[Check]:
    found = list(_shown(target, *theirs))
    yield Check("every picture can be decoded", not any(held for _, held in found))
    own = [pixels for pixels, _ in _shown(source, *ours)]
    means = [float(pixels.mean()) for pixels, _ in found]
    yield Check("no black picture", min(means) > min(_DARK, min(float(p.mean()) for p in own) * 0.5))
    if not promise.same_pictures or len(found) != len(own):
        return
    small = [_like(pixels, own[0]) for pixels, _ in found]
    worst = min(_psnr(a, b) for a, b in zip(own, small, strict=True))
    yield Check("every picture is the one that belongs there", worst >= _SAME_PICTURE_DB, f"{worst:.1f} dB")
    drift = _drift(own, small)
    yield Check("mean colour", drift <= _DRIFT, f"{drift:.2f} of 255")


def _shown(path: Path, info: ClipInfo, index: FrameIndex) -> Iterator[tuple[Pixels, bool]]:
    for _, frame, held in pictures(path, index):
        yield to_pixels(frame, info.video.colour, "uint8"), held


def _drift(own: list[Pixels], made: list[Pixels]) -> float:
    """Largest mean difference of a channel, beyond what is owed to pixels at the ends of the range.

    There chroma planes of half the size overshoot and any way through R'G'B' cuts off: of a test pattern with 47 % such
    pixels, 0.6 of 255 are lost by the conversion alone.
    """
    mean = np.mean([a.mean((0, 1)) - b.mean((0, 1)) for a, b in zip(own, made, strict=True)], axis=0)
    at_ends = float(np.mean([np.mean((a <= 1) | (a >= 254)) for a in own]))
    return max(0.0, float(np.abs(mean).max()) - at_ends)


def _like(pixels: Pixels, other: Pixels) -> Pixels:
    import cv2

    if pixels.shape == other.shape:
        return pixels
    size = (other.shape[1], other.shape[0])
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))


def _psnr(a: Pixels, b: Pixels) -> float:
    error = float(np.mean((a.astype(np.float64) - b) ** 2))
    return float(10 * np.log10(255**2 / max(error, 1e-9)))


def _layout(target: Path) -> Iterator[Check]:
    if target.suffix not in (".mp4", ".mov", ".m4v"):
        return
    order = Counter[str]()
    with target.open("rb") as file:
        while len(head := file.read(8)) == 8:
            size, kind = int.from_bytes(head[:4], "big"), head[4:].decode("latin-1")
            order.setdefault(kind, len(order))
            if size == 1:
                size = int.from_bytes(file.read(8), "big")
                file.seek(size - 16, 1)
            else:
                file.seek(size - 8, 1)
    yield Check("a player can begin at once (list of contents first)", order["moov"] < order["mdat"])


def summary(checks: list[Check]) -> str:
    """`passed/all`, and what failed."""
    failed: list[Any] = [f"{check.name} ({check.detail})" for check in checks if not check.passed]
    return f"{len(checks) - len(failed)}/{len(checks)}" + (": " + "; ".join(failed) if failed else "")
