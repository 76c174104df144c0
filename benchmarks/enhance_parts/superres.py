"""Super-resolution: PSNR-Y against interpolation on pictures that were not trained on, cost, seams, memory.

`rows(quick)` returns (name, value, aim, passed, anchor). `python benchmarks/enhance_parts/superres.py --sets DIR` adds the
literature's sets when DIR has folders of them (Set5, Set14, BSD100, Urban100; large pictures as PNG), as does the
environment variable BOTTEGA_SR_SETS.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import skimage.data
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1]))
from assembled import Row
from bottega.enhance.superres import enlarge
from bottega.enhance.superres.ladder import Tier
from bottega.enhance.superres.resample import imresize, imresize_u8
from bottega.enhance.upscale import resize_lanczos, upscale_backprojection

HELD_OUT = ("astronaut", "camera", "chelsea", "coffee", "rocket", "motorcycle")
"""Of scikit-image: public domain or CC0, and not among the training pictures."""
PUBLISHED = {
    # Dong et al., ECCV 2016, table 3; bicubic as every paper prints it.
    ("Set5", 2): ("bicubic 33.66, FSRCNN 37.00, VDSR 37.53", 37.4),
    ("Set14", 2): ("bicubic 30.24, FSRCNN 32.63, VDSR 33.03", 32.9),
    ("BSD100", 2): ("bicubic 29.56, FSRCNN 31.53, VDSR 31.90", 31.8),
    ("Set5", 3): ("bicubic 30.39, FSRCNN 33.16, VDSR 33.66", None),
    ("Set5", 4): ("bicubic 28.42, FSRCNN 30.72, VDSR 31.35", 31.1),
    ("Set14", 4): ("bicubic 26.00, FSRCNN 27.59, VDSR 28.01", 27.8),
    ("BSD100", 4): ("bicubic 25.96, FSRCNN 26.98, VDSR 27.29", 27.1),
}
LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)
TIME_AIMS: dict[Tier, int | None] = {"classical": None, "fast": 100, "balanced": None, "best": None}
"""Wall milliseconds."""

F32 = np.ndarray


def rows(quick: bool = False, sets: Path | None = None) -> list[Row]:
    sets = sets or (Path(os.environ["BOTTEGA_SR_SETS"]) if "BOTTEGA_SR_SETS" in os.environ else None)
    found = [*_held_out(("astronaut",) if quick else HELD_OUT)]
    if sets is not None:
        found += _published(sets)
    return [
        *found,
        *_cost(quick),
        _seams(),
        *(_memory(500, "png") if quick else _memory(10_000, "png", "tif")),
    ]


# --- quality ---------------------------------------------------------------------------------------------------------

Method = Callable[[F32, int], F32]
"""H x W luma in [0, 1] and a factor to the enlarged luma."""


def _small_network(luma: F32, factor: int) -> F32:
    return enlarge(luma, factor, tier="fast", threads=1).pixels


def _network(luma: F32, factor: int) -> F32:
    return enlarge(luma, factor, threads=1).pixels


def _eight_fold(luma: F32, factor: int) -> F32:
    return enlarge(luma, factor, tier="best", threads=1).pixels


def _bicubic(luma: F32, factor: int) -> F32:
    return imresize(luma, (luma.shape[1] * factor, luma.shape[0] * factor))


def _lanczos(luma: F32, factor: int) -> F32:
    return resize_lanczos(luma[..., None], float(factor))[..., 0]


def _cv2_lanczos(luma: F32, factor: int) -> F32:
    return cv2.resize(luma, None, fx=factor, fy=factor, interpolation=cv2.INTER_LANCZOS4)


def _classical(luma: F32, factor: int) -> F32:
    return upscale_backprojection(luma[..., None], float(factor))[..., 0]


def psnr_y(method: Method, picture: np.ndarray, factor: int) -> float:
    """The literature's protocol: cut to a multiple, shrunk by antialiased bicubic to 8 bits, compared in luma of 8 bits in
    [16, 235], `factor` border pixels left out."""
    height, width = (side // factor * factor for side in picture.shape[:2])
    picture = picture[:height, :width]
    small = imresize_u8(picture, (width // factor, height // factor))
    made, true = (
        np.rint(16 + 219 * np.clip(image, 0, 1))[factor:-factor, factor:-factor]
        for image in (method(_luma(small), factor), _luma(picture))
    )
    return float(10 * np.log10(255**2 / np.mean((made - true) ** 2)))


def _luma(picture: np.ndarray) -> F32:
    return ((picture.astype(np.float32) @ LUMA) / np.float32(255)).astype(np.float32)


def _held_out(names: tuple[str, ...]) -> list[Row]:
    pictures = [_rgb(_sample(name)) for name in names]
    found: list[Row] = []
    for factor in (2, 3, 4):
        means = {
            label: float(np.mean([psnr_y(method, picture, factor) for picture in pictures]))
            for label, method in {
                "bicubic": _bicubic,
                "cv2 Lanczos": _cv2_lanczos,
                "Lanczos": _lanczos,
                "back-projection": _classical,
                "small network": _small_network,
                "network": _network,
                "eight-fold": _eight_fold,
            }.items()
        }
        rivals = ", ".join(f"{label} {means[label]:.2f}" for label in list(means)[:4])
        gain = means["network"] - means["cv2 Lanczos"]
        aim = {2: 1.0, 3: 0.8, 4: 0.6}[factor]
        found.append(
            Row(
                f"PSNR-Y x{factor}, {len(names)} pictures, dB",
                f"{means['network']:.2f}",
                f"cv2 Lanczos + {aim}",
                gain >= aim,
                rivals,
            )
        )
        found += [
            Row(
                f"the same, {better}, x{factor}",
                f"{means[better]:.2f}",
                f"above the {worse}'s",
                means[better] > means[worse],
                f"{means[worse]:.2f}",
            )
            for better, worse in (
                ("small network", "back-projection"),
                ("network", "small network"),
                ("eight-fold", "network"),
            )
        ]
    return found


def _sample(name: str) -> np.ndarray:
    if name == "motorcycle":
        return np.asarray(Image.open(Path(skimage.data.__file__).parent / "motorcycle_left.png"))
    return getattr(skimage.data, name)()


def _published(sets: Path) -> list[Row]:
    found: list[Row] = []
    for folder in sorted(entry for entry in sets.iterdir() if entry.is_dir()):
        files = sorted(file for file in folder.iterdir() if file.suffix.lower() in {".png", ".bmp", ".webp"})
        pictures = [_rgb(np.asarray(Image.open(file).convert("RGB"))) for file in files]
        for factor in (2, 3, 4) if pictures else ():
            made = float(np.mean([psnr_y(_network, picture, factor) for picture in pictures]))
            bicubic = float(np.mean([psnr_y(_bicubic, picture, factor) for picture in pictures]))
            anchor, aim = PUBLISHED.get((folder.name, factor), ("", None))
            found.append(
                Row(
                    f"{folder.name} x{factor}, {len(pictures)} pictures, dB",
                    f"{made:.2f}",
                    "-" if aim is None else f"{aim:.2f}",
                    None if aim is None else made >= aim,
                    f"bicubic here {bicubic:.2f}; published: {anchor or '-'}",
                )
            )
    return found


def _rgb(picture: np.ndarray) -> np.ndarray:
    return picture if picture.ndim == 3 else picture[..., None].repeat(3, axis=2)


# --- cost ------------------------------------------------------------------------------------------------------------


class Took(NamedTuple):
    wall_ms: float
    cpu_ms: float


def _took(work: Callable[[], object], times: int = 7) -> Took:
    """The least of several, of all threads."""
    work()
    found: list[Took] = []
    for _ in range(times):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        found.append(Took(1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - cpu)))
    return Took(min(each.wall_ms for each in found), min(each.cpu_ms for each in found))


def _cost(quick: bool) -> list[Row]:
    """Everything that a call does: conversions, tiles, colour, anchor, gate. On a machine that is shared the wall time is
    that of waiting, too; the processor time, and how many times Lanczos takes as much, tell more then."""
    picture = skimage.data.astronaut()
    cv2.setNumThreads(1)
    lanczos = _took(lambda: cv2.resize(picture, None, fx=2, fy=2, interpolation=cv2.INTER_LANCZOS4))
    found: list[Row] = []
    for tier, aim in TIME_AIMS.items():
        if quick and aim is None:
            continue
        times = 3 if quick or tier == "best" else 7
        two = _took(lambda tier=tier: enlarge(picture, 2, tier=tier, threads=2), times)
        one = _took(lambda tier=tier: enlarge(picture, 2, tier=tier, threads=1), times)
        found.append(
            Row(
                f"512x512 x2 RGB, {tier}, checked, wall ms on 2 cores",
                f"{two.wall_ms:.0f}",
                "-" if aim is None else f"{aim}",
                None if aim is None else two.wall_ms <= aim,
                f"CPU ms {two.cpu_ms:.0f}, of one thread {one.cpu_ms:.0f}: {one.cpu_ms / lanczos.cpu_ms:.1f} times "
                f"cv2 Lanczos ({lanczos.cpu_ms:.0f}); load {os.getloadavg()[0]:.1f}",
            )
        )
    return found


def _seams() -> Row:
    pixels = np.random.default_rng(5).random((211, 333, 3), dtype=np.float32)
    different = 0
    for factor in (2, 3, 4):
        whole = enlarge(pixels, factor, tile=512, threads=1, gate=False).pixels
        for tile in (31, 64, 128):
            different += int(
                (enlarge(pixels, factor, tile=tile, threads=2, gate=False).pixels != whole).sum()
            )
    return Row(
        "samples of float32 noise that differ, tiles against whole", str(different), "0", different == 0, ""
    )


# --- memory ----------------------------------------------------------------------------------------------------------

_STRIPS = """
import sys
import numpy as np
from bottega.enhance.superres import Strips
from memory import largest_megabytes
source = np.memmap(sys.argv[1], dtype=np.uint8, mode="r", shape=(int(sys.argv[2]), 10_000, 3))
with open("/dev/null", "wb") as sink:
    strips = Strips(source, 2)
    for strip in strips:
        sink.write(strip)
print(largest_megabytes(), strips.report.gate.passed)
"""
_COMMAND = """
import sys
from bottega.cli import main
from memory import largest_megabytes
sys.argv = ["bottega", "enhance", "upscale", sys.argv[1], sys.argv[2], "--tier", "fast"]
try:
    code = main()
except SystemExit as ended:
    code = ended.code
print(largest_megabytes(), code in (0, None))
"""


def _memory(height: int, *kinds: str) -> list[Row]:
    """A picture 10,000 pixels wide, in processes of their own: from a memory-mapped file through `Strips`, and from file to
    file of some kinds by the command."""
    tile = np.ascontiguousarray(skimage.data.astronaut()[:500, :500])
    size = f"{height // 100} megapixels x2"
    with tempfile.TemporaryDirectory(prefix="superres-") as home:
        folder = Path(home)
        whole = np.tile(tile, (height // 500, 20, 1))
        whole.tofile(folder / "whole.raw")
        files = [folder / f"whole.{kind}" for kind in kinds]
        for file in files:
            Image.fromarray(whole).save(file, **({} if file.suffix == ".png" else {"compression": "lzw"}))
        del whole
        found = [_largest(f"largest memory, {size}, MB", _STRIPS, [folder / "whole.raw", height], folder)]
        for file in files:
            made = folder / f"made{file.suffix}"
            name = f"largest memory, {size}, {file.suffix[1:].upper()} to {made.suffix[1:].upper()}, fast, MB"
            found.append(_largest(name, _COMMAND, [file, made], folder))
            made.unlink(missing_ok=True)
    return found


def _largest(name: str, program: str, arguments: list[object], home: Path) -> Row:
    """`program` prints megabytes, and whether it did what it is for."""
    done = subprocess.run(
        [sys.executable, "-c", program, *(str(each) for each in arguments)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "BOTTEGA_HOME": str(home), "PYTHONPATH": str(Path(__file__).parent)},
    )
    most, succeeded = done.stdout.split()[-2:]
    passed = float(most) <= 1024 and succeeded == "True"
    return Row(name, f"{float(most):.0f}", "1024", passed, "Real-ESRGAN: out of memory")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=Path, help="folder with folders of test pictures")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path, help="also write the rows there")
    asked = parser.parse_args()
    found = rows(asked.quick, asked.sets)
    for row in found:
        state = {True: "met", False: "MISSED", None: "-"}[row.passed]
        print(" | ".join([row.name, row.value, f"aim {row.aim}", state, row.anchor]))
    if asked.json is not None:
        asked.json.write_text(json.dumps([row._asdict() for row in found], indent=1))
    return 1 if any(row.passed is False for row in found) else 0


if __name__ == "__main__":
    sys.exit(main())
