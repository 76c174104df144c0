"""Clips in and out: the contract against the ffmpeg program, speed, memory of a long clip, kills.

`rows(quick)` returns (name, value, aim, passed, anchor). `python benchmarks/enhance_parts/video.py [--quick]` prints them.
"""

import argparse
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from assembled import Row

sys.path.insert(0, str(Path(__file__).parent))
from memory import largest_megabytes

from bottega.enhance.video import EncodeSettings, samples, transform
from bottega.enhance.video.contract import check_contract
from bottega.errors import BottegaError

FINE = EncodeSettings(quality=90, segment_frames=12)


def rows(quick: bool = False) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        return [
            *_contract(place, quick),
            *_speed(place, 30 if quick else 480),
            _memory(place, quick),
            *_kills(place, 5 if quick else 50),
        ]


# --- contract --------------------------------------------------------------------------------------------------------

Make = Callable[[Path, Path], None]


def _ours(source: Path, target: Path) -> None:
    transform(source, target, _same, FINE, work_dir=target.parent / "work")


def _careful(source: Path, target: Path) -> None:
    """Everything a knowing user asks the program for, with the encoder that ours takes."""
    encoder = ["-c:v:0", "libsvtav1", "-preset", "8", "-crf", "16"]
    keep = ["-map", "0", "-c", "copy", "-map_metadata", "0", "-map_chapters", "0", "-copy_unknown"]
    times = ["-fps_mode", "passthrough", "-enc_time_base", "-1", "-copyts"]
    front = ["-movflags", "+faststart+use_metadata_tags"] if target.suffix in (".mp4", ".mov") else []
    if target.suffix == ".mov":
        encoder = ["-c:v:0", "mpeg4", "-q:v", "2"]
    _ffmpeg("-i", str(source), *keep, *encoder, *times, *front, str(target))


def _naive(source: Path, target: Path) -> None:
    """Frames to pictures and back at the average rate, sound from the source: what enlarging programs do."""
    folder = target.parent / "frames"
    folder.mkdir()
    _ffmpeg("-i", str(source), str(folder / "%05d.png"))
    probe = [
        "ffprobe",
        "-v",
        "error",
        "-select_streams",
        "v:0",
        "-show_entries",
        "stream=avg_frame_rate",
        "-of",
        "csv=p=0",
    ]
    rate = (
        subprocess.run([*probe, str(source)], capture_output=True, text=True, check=True)
        .stdout.strip()
        .strip(",")
    )
    codec = (
        ["-c:v", "libvpx-vp9", "-crf", "20"]
        if target.suffix == ".webm"
        else ["-c:v", "libx264", "-crf", "12"]
    )
    back = [
        "-framerate",
        rate if not rate.startswith("0") else "25",
        "-i",
        str(folder / "%05d.png"),
        "-i",
        str(source),
    ]
    _ffmpeg(*back, "-map", "0:v", "-map", "1:a?", "-c:a", "copy", *codec, "-pix_fmt", "yuv420p", str(target))


def _ffmpeg(*arguments: str) -> None:
    subprocess.run(["ffmpeg", "-v", "error", "-y", *arguments], check=True, capture_output=True, timeout=300)


def _contract(place: Path, quick: bool) -> list[Row]:
    users: list[tuple[str, Make]] = [("ours", _ours)]
    if not quick and shutil.which("ffmpeg"):
        users += [("ffmpeg, careful", _careful), ("ffmpeg, by way of pictures", _naive)]
    found: list[Row] = []
    for name, make in users:
        passed, total, missed = _score(
            place / name.replace(" ", "_"), make, list(samples.RECIPES)[:: 3 if quick else 1]
        )
        own = name == "ours"
        aim = "all" if own else "-"
        found.append(
            Row(f"contract: {name}", f"{passed}/{total}", aim, passed == total if own else None, missed)
        )
    return found


def _score(place: Path, make: Make, recipes: Sequence[str]) -> tuple[int, int, str]:
    """A clip that the program refuses or breaks on fails all its checks."""
    passed = total = 0
    missed: dict[str, int] = {}
    for name in recipes:
        folder = place / name.replace(" ", "_")
        folder.mkdir(parents=True)
        source = samples.write(folder, name)
        target = folder / f"made{source.suffix}"
        count = len(check_contract(source, source))
        try:
            make(source, target)
            checks = check_contract(source, target)
        except (subprocess.SubprocessError, BottegaError):
            total += count
            missed["refused"] = missed.get("refused", 0) + count
            continue
        good = sum(check.passed for check in checks)
        passed, total = passed + good, total + max(count, len(checks))
        for check in checks:
            if not check.passed:
                missed[check.name] = missed.get(check.name, 0) + 1
    worst = sorted(missed.items(), key=lambda item: -item[1])[:6]
    return passed, total, "; ".join(f"{name} x{n}" for name, n in worst)


# --- speed, memory ---------------------------------------------------------------------------------------------------


def _long_clip(path: Path, frames: int, size: tuple[int, int] = (640, 360)) -> Path:
    recipe = replace(
        samples.RECIPES["many keys"],
        size=size,
        gop=48,
        time_base=Fraction(1, 25),
        ticks=tuple(range(frames)),
        sounds=("ita",),
    )
    samples.write_recipe(path, recipe)
    return path


def _speed(place: Path, frames: int) -> list[Row]:
    source = _long_clip(place / "long.mp4", frames)
    found: list[Row] = []
    for name, settings in (
        ("av1", EncodeSettings()),
        ("vp9", EncodeSettings(codec="vp9")),
        ("mpeg4", EncodeSettings(codec="mpeg4")),
        ("h264 (GPL)", EncodeSettings(codec="h264", gpl=True)),
    ):
        begun = _cpu()
        transform(source, place / "o.mp4", _same, settings, work_dir=place / "w")
        spent = (_cpu() - begun) / frames * 1000
        found.append(
            Row(
                f"speed: {name}, 640 x 360",
                f"{spent:.1f} CPU ms a frame",
                "-",
                None,
                "work that changes nothing",
            )
        )
    if shutil.which("ffmpeg"):
        begun = _cpu()
        command = [
            "-i",
            str(source),
            "-map",
            "0",
            "-c",
            "copy",
            "-c:v",
            "libsvtav1",
            "-preset",
            "8",
            "-crf",
            "24",
        ]
        _ffmpeg(*command, str(place / "f.mp4"))
        spent = (_cpu() - begun) / frames * 1000
        found.append(
            Row("speed: ffmpeg, av1", f"{spent:.1f} CPU ms a frame", "-", None, "no way through R'G'B'")
        )
    return found


def _cpu() -> float:
    """Seconds of this process and of those it has waited for."""
    own, others = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


def _memory(place: Path, quick: bool) -> Row:
    short, long = (100, 400) if quick else (1000, 8000)
    peaks: list[float] = []
    for frames in (short, long):
        source = _long_clip(place / f"m{frames}.mp4", frames, (320, 180))
        command = [
            sys.executable,
            __file__,
            "--worker",
            str(source),
            str(place / "m_out.mp4"),
            str(place / f"w{frames}"),
        ]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
        peaks.append(float(said[-1].split()[-1]))
    ratio = peaks[1] / peaks[0]
    value = f"{peaks[0]:.0f} MB for {short}, {peaks[1]:.0f} MB for {long} frames"
    return Row("memory of a long clip", value, "<= 1.15 x", ratio <= 1.15, f"{ratio:.2f} x")


# --- kills -----------------------------------------------------------------------------------------------------------


def _kills(place: Path, kills: int) -> list[Row]:
    source = _long_clip(place / "k.mp4", 96, (192, 108))
    whole = transform(source, place / "whole.mp4", _slow, FINE, work_dir=place / "kw", identity="bench")
    wanted = whole.target_bytes, whole.target.read_bytes()
    chance = random.Random(1)
    same = jobs = 0
    lost: list[int] = []  # pictures made before each kill
    for job in range(max(1, kills // 5)):
        folder = place / f"kill{job}"
        target = folder / "o.mp4"
        folder.mkdir()
        lost += [_killed(source, target, folder / "w", chance.randint(1, 24)) for _ in range(5)]
        _run(source, target, folder / "w")
        jobs += 1
        same += target.read_bytes() == wanted[1]
    disk = whole.peak_temporary_bytes / whole.target_bytes
    return [
        Row(
            f"{len(lost)} kills (-9)",
            f"{same} of {jobs} jobs the same bytes",
            "all",
            same == jobs,
            "others: no resume",
        ),
        Row(
            "temporary disk",
            f"{disk:.2f} x the result",
            "<= 1.2 x",
            disk <= 1.2,
            "frame dumps: 250 to 600 GB",
        ),
    ]


def _command(source: Path, target: Path, work: Path) -> list[str]:
    return [sys.executable, __file__, "--worker", str(source), str(target), str(work), "--slow"]


def _run(source: Path, target: Path, work: Path) -> None:
    subprocess.run(_command(source, target, work), check=True, capture_output=True)


def _killed(source: Path, target: Path, work: Path, after: int) -> int:
    process = subprocess.Popen(
        _command(source, target, work), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    for _ in range(after):
        if not process.stdout.readline():
            break
    process.kill()
    process.stdout.read()
    process.wait()
    return after


def _same(pixels: np.ndarray) -> np.ndarray:
    return pixels


def _slow(pixels: np.ndarray) -> np.ndarray:
    return cv2.bilateralFilter(cv2.resize(pixels, None, fx=2, fy=2), 7, 30, 30)


def _worker(source: str, target: str, folder: str, slow: bool) -> None:
    transform(
        Path(source), Path(target), _slow if slow else _same, FINE, work_dir=Path(folder), identity="bench", resume=True,
        progress=lambda done, _: print(done, flush=True),
    )  # fmt: skip
    print("peak", largest_megabytes())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--worker", nargs=3)
    parser.add_argument("--slow", action="store_true")
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    if asked.worker:
        _worker(*asked.worker, slow=asked.slow)
        return
    begun = time.monotonic()
    for row in rows(asked.quick):
        mark = {True: "ok  ", False: "MISS", None: "    "}[row.passed]
        print(f"{mark} {row.name:34} {row.value:46} {row.aim:10} {row.anchor}")
    print(f"{time.monotonic() - begun:.0f} s, {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
