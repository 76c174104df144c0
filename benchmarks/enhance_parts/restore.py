"""Restoration: PSNR and SSIM against the truth, beside doing nothing and OpenCV's standard functions, and what `improve` harms.

`python benchmarks/enhance_parts/restore.py [--quick] [--pictures DIR]`: of scikit-image, or all PNG and JPEG files of a folder.
"""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import skimage.data

sys.path.insert(0, str(Path(__file__).parents[1]))
from assembled import Row
from bottega.enhance.improve import improve
from bottega.enhance.restore_chain import plan_step, run_chain
from bottega.imaging.metrics import psnr, ssim

U8 = np.ndarray
NAMES = ("astronaut", "chelsea", "coffee", "rocket")
LARGEST = 800
"""Pixels a side that are taken of larger pictures."""


def rounded(values: U8) -> U8:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def noisy(picture: U8, sigma: float) -> U8:
    return rounded(picture + np.random.default_rng(5).normal(0, sigma, picture.shape))


def jpeg(picture: U8, quality: int) -> U8:
    stored = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.ascontiguousarray(cv2.imdecode(stored, cv2.IMREAD_COLOR)[..., ::-1])


def hazy(picture: U8) -> U8:
    share = np.linspace(0.5, 0.8, picture.shape[0])[:, None, None]
    return rounded(picture * share + (1 - share) * np.array([225, 228, 232]))


def scratched(picture: U8) -> U8:
    made, rng = picture.copy(), np.random.default_rng(3)
    height, width = picture.shape[:2]
    for index in range(5):
        at, lean = int(rng.integers(0, width)), int(rng.integers(-20, 20))
        cv2.line(
            made,
            (at, 0),
            (at + lean, height),
            (235, 235, 230) if index % 2 else (20, 20, 20),
            int(rng.integers(1, 4)),
        )
    return made


def grey_world(picture: U8) -> U8:
    means = picture.reshape(-1, 3).mean(axis=0)
    return rounded(picture * (means.mean() / means))


def clahe(picture: U8) -> U8:
    lab = cv2.cvtColor(picture, cv2.COLOR_RGB2LAB)
    lab[..., 0] = cv2.createCLAHE(2.0, (8, 8)).apply(lab[..., 0])
    return cv2.cvtColor(lab, cv2.COLOR_LAB2RGB)


def nlm(picture: U8, sigma: float) -> U8:
    return cv2.fastNlMeansDenoisingColored(picture, None, sigma, sigma, 7, 21)


def unsharp(picture: U8) -> U8:
    return cv2.addWeighted(picture, 1.8, cv2.GaussianBlur(picture, (0, 0), 1.5), -0.8, 0)


class Fault(NamedTuple):
    step: str
    spoil: Callable[[U8], U8]
    rival_name: str
    rival: Callable[[U8], U8]


FAULTS: dict[str, Fault] = {
    # OpenCV is told the strength of the noise; we are not.
    "noise, sigma 10": Fault("denoise", lambda p: noisy(p, 10), "fastNlMeansColored", lambda p: nlm(p, 10)),
    "noise, sigma 20": Fault("denoise", lambda p: noisy(p, 20), "fastNlMeansColored", lambda p: nlm(p, 20)),
    "JPEG, quality 15": Fault(
        "deblock", lambda p: jpeg(p, 15), "bilateral", lambda p: cv2.bilateralFilter(p, 5, 20, 2)
    ),
    "JPEG, quality 40": Fault(
        "deblock", lambda p: jpeg(p, 40), "bilateral", lambda p: cv2.bilateralFilter(p, 5, 12, 2)
    ),
    "blur, sigma 1.3": Fault("deblur", lambda p: cv2.GaussianBlur(p, (0, 0), 1.3), "unsharp mask", unsharp),
    "blur, sigma 2": Fault("deblur", lambda p: cv2.GaussianBlur(p, (0, 0), 2.0), "unsharp mask", unsharp),
    "haze": Fault("dehaze", hazy, "CLAHE", clahe),
    "warm light": Fault(
        "white_balance", lambda p: rounded(p * np.array([1, 0.85, 0.6])), "grey world", grey_world
    ),
    "scratches": Fault("scratches", scratched, "medianBlur", lambda p: cv2.medianBlur(p, 5)),
}


def pictures(folder: Path | None, quick: bool) -> dict[str, U8]:
    if folder is None:
        names = ("chelsea",) if quick else NAMES
        return {name: np.ascontiguousarray(getattr(skimage.data, name)()) for name in names}
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in (".png", ".jpg", ".webp"))
    loaded = {path.stem: cv2.imread(str(path)) for path in (files[::12] if quick else files)}
    return {
        name: np.ascontiguousarray(each[:LARGEST, :LARGEST, ::-1])
        for name, each in loaded.items()
        if each is not None
    }


def rows(quick: bool = False, folder: Path | None = None) -> list[Row]:
    truths = pictures(folder, quick)
    return [*(_gain(name, fault, truths) for name, fault in FAULTS.items()), *_harm(truths, quick)]


def _gain(name: str, fault: Fault, truths: dict[str, U8]) -> Row:
    found: list[tuple[float, ...]] = []
    declined, spent = 0, 0.0
    for truth in truths.values():
        spoilt = fault.spoil(truth)
        start = time.process_time()
        step = plan_step(fault.step, spoilt)
        made = spoilt if step is None else run_chain(spoilt, [step])
        spent += (time.process_time() - start) / (truth.shape[0] * truth.shape[1] / 1e6)
        declined += step is None
        rival = fault.rival(spoilt)
        found.append(
            tuple(measured(truth, each) for each in (spoilt, made, rival) for measured in (psnr, ssim))
        )
    nothing, nothing_s, ours, ours_s, theirs, theirs_s = np.mean(found, axis=0)
    return Row(
        name,
        f"{ours:.2f} dB / {ours_s:.3f} ({spent / len(truths):.1f} CPU-s per Mpx, {declined} of {len(truths)} declined)",
        "above both",
        bool(ours > max(nothing, theirs)),
        f"nothing {nothing:.2f} / {nothing_s:.3f}, {fault.rival_name} {theirs:.2f} / {theirs_s:.3f}",
    )


def _harm(truths: dict[str, U8], quick: bool) -> list[Row]:
    worse: list[str] = []
    untouched = count = 0
    for name, truth in truths.items():
        untouched += improve(truth).nothing_to_do
        for kind, fault in list(FAULTS.items())[:: 4 if quick else 1]:
            spoilt = fault.spoil(truth)
            count += 1
            if psnr(truth, improve(spoilt).pixels) < psnr(truth, spoilt) - 0.05:
                worse.append(f"{name}, {kind}")
    return [
        Row(
            "made worse by improve (PSNR)",
            f"{len(worse)} of {count}",
            "0",
            not worse,
            "; ".join(worse) or "none",
        ),
        Row("clean pictures given back untouched", f"{untouched} of {len(truths)}", "all", None, ""),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--pictures", type=Path)
    options = parser.parse_args()
    for row in rows(options.quick, options.pictures):
        state = {True: "ok", False: "MISSED", None: ""}[row.passed]
        print(f"{row.name:36} {row.value:62} {state:7} {row.anchor}")


if __name__ == "__main__":
    main()
