"""Styles: CPU seconds for a megapixel, memory at 24, the same look at every size, and flicker in clips.

`rows(quick)` returns (name, value, aim, passed, anchor). `python benchmarks/enhance_parts/style.py` prints them;
`--sheet FILE` writes a contact sheet of all styles on photographs of scikit-image.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from skimage import data

sys.path.insert(0, str(Path(__file__).parents[1]))
from assembled import Row

sys.path.insert(0, str(Path(__file__).parent))
from memory import largest_megabytes

from bottega.enhance.interpolate import flow, warp
from bottega.enhance.style import FROM_REFERENCE, STYLES, apply_style
from bottega.enhance.style_clip import stylise_clip
from bottega.imaging.picture import U8

SECONDS_A_MEGAPIXEL = 1.5
FLICKER_SHARE = 0.7
LARGE = 4000, 6000
PHOTOGRAPHS = ("astronaut", "coffee", "chelsea", "rocket")
CAMERA = (2.3, 1.6)
"""Pixels that the camera moves from frame to frame, x and y."""


def rows(quick: bool = False) -> list[Row]:
    return list(measured(quick))


def measured(quick: bool) -> Iterator[Row]:
    """The rows as they are found, the quick ones first."""
    styles = ("oil_paint", "colour_transfer") if quick else STYLES
    yield from (_speed(style) for style in styles)
    yield from (_flicker(style, 4 if quick else 8) for style in styles if style != "colour_transfer")
    if not quick:
        yield from (_memory(style) for style in styles)
    large = 1024 if quick else 4096
    yield from (_same_look(style, large) for style in styles if style not in FROM_REFERENCE)


def reference() -> U8:
    return data.brick()[..., None].repeat(3, axis=2)


def _speed(style: str) -> Row:
    picture = cv2.resize(data.astronaut(), (1000, 1000), interpolation=cv2.INTER_CUBIC)
    apply_style(picture[:64, :64].copy(), style, 1.0, reference())
    started = time.process_time()
    apply_style(picture, style, 1.0, reference())
    spent = time.process_time() - started
    return Row(
        f"{style}: CPU seconds for 1 megapixel with a face",
        f"{spent:.2f}",
        f"<= {SECONDS_A_MEGAPIXEL}",
        spent <= SECONDS_A_MEGAPIXEL,
        "own aim",
    )


def clip(count: int) -> list[U8]:
    """A camera moving over a photograph, with sensor grain of sigma 3."""
    photo = cv2.resize(data.coffee(), (480, 320), interpolation=cv2.INTER_AREA).astype(np.float32)
    random = np.random.default_rng(4)
    frames: list[U8] = []
    for index in range(count):
        place = np.array([[1, 0, CAMERA[0] * index], [0, 1, CAMERA[1] * index]])
        frame = cv2.warpAffine(photo, place, (384, 256), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
        noisy = frame + random.normal(0, 3, frame.shape)
        frames.append(np.rint(np.clip(noisy, 0, 255)).astype(np.uint8))
    return frames


def warp_error(frames: list[U8], styled: list[U8]) -> float:
    """Mean difference, of 255, of each styled frame and the one before moved along the motion of the source."""
    errors: list[float] = []
    for index in range(1, len(frames)):
        moved = warp(styled[index - 1], flow(frames[index], frames[index - 1], "full"))
        apart = np.abs(moved.astype(np.float32) - styled[index])
        errors.append(float(apart[12:-12, 12:-12].mean()))
    return float(np.mean(errors))


def _flicker(style: str, count: int) -> Row:
    frames = clip(count)
    steady = warp_error(frames, list(stylise_clip(frames, style, reference=reference())))
    single = warp_error(frames, [apply_style(frame, style, 1.0, reference()) for frame in frames])
    source = warp_error(frames, frames)
    return Row(
        f"{style}: warp error of a clip, of 255",
        f"{steady:.2f}",
        f"<= {FLICKER_SHARE} x frame by frame",
        steady <= FLICKER_SHARE * single,
        f"frame by frame {single:.2f}; the source itself {source:.2f}",
    )


def _same_look(style: str, large: int) -> Row:
    """Correlation of the fine structure, at 256 pixels, of results made at 512 and at `large`."""
    fine: list[np.ndarray] = []
    for side in (512, large):
        picture = cv2.resize(data.astronaut(), (side, side), interpolation=cv2.INTER_CUBIC)
        small = cv2.resize(apply_style(picture, style, 1.0, None), (256, 256), interpolation=cv2.INTER_AREA)
        grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
        fine.append(grey - cv2.GaussianBlur(grey, (0, 0), 3))
    alike = float(np.corrcoef(fine[0].ravel(), fine[1].ravel())[0, 1])
    return Row(f"{style}: 512 and {large} pixels alike", f"{alike:.3f}", ">= 0.75", alike >= 0.75, "own aim")


def _memory(style: str) -> Row:
    """In a process of its own, so that the largest memory is this style's."""
    done = subprocess.run(
        [sys.executable, __file__, "--large", style], capture_output=True, text=True, check=True
    )
    megabytes, spent = (float(value) for value in done.stdout.split())
    return Row(
        f"{style}: largest memory at 24 megapixels, MB ({spent:.1f} CPU s)",
        f"{megabytes:.0f}",
        "<= 1500",
        megabytes <= 1500,
        "the picture and the result are 144 MB",
    )


def _large(style: str) -> None:
    picture = cv2.resize(data.coffee(), LARGE[::-1], interpolation=cv2.INTER_LINEAR)
    started = time.process_time()
    apply_style(picture, style, 1.0, reference())
    spent = time.process_time() - started
    print(largest_megabytes(), spent)


def sheet(path: Path) -> None:
    lines: list[U8] = []
    for name in PHOTOGRAPHS:
        photo = getattr(data, name)()
        small = cv2.resize(photo, (480, round(480 * photo.shape[0] / photo.shape[1])))[:320]
        results = [small, *(apply_style(small, style, 1.0, reference()) for style in STYLES)]
        lines.append(np.hstack([np.pad(each, ((0, 320 - len(each)), (0, 0), (0, 0))) for each in results]))
    cv2.imwrite(str(path), np.vstack(lines)[..., ::-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--large", choices=STYLES)
    parser.add_argument("--sheet", type=Path)
    asked = parser.parse_args()
    if asked.large:
        _large(asked.large)
    elif asked.sheet:
        sheet(asked.sheet)
    else:
        for row in measured(asked.quick):
            print(
                f"{row.name}: {row.value} (aim {row.aim}; {row.anchor}) {'' if row.passed else 'MISSED'}",
                flush=True,
            )


if __name__ == "__main__":
    main()
