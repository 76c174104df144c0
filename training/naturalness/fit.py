"""Fits the model of `bottega.enhance.measure.naturalness` to photographs: `python training/naturalness/fit.py FOLDER`.

Pictures are taken as they are and at half size, the patches of each that are sharp. Without chance: the same pictures give the
same model. `--check` prints how the measure follows noise, blur and blocks on the pictures that were held out.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np

from bottega.enhance.measure.naturalness import MODEL, Model, patch_figures, unnaturalness
from bottega.imaging.colour import luma

HELD_OUT = ("kodak_04", "kodak_13", "kodak_19", "budgie_canyon-wren", "budgie_casa-mila")
SHARPEST = 0.6
"""Of the greatest local contrast in a picture: the share from which a patch counts as sharp."""
LARGEST = 1600


def light(picture: np.ndarray) -> np.ndarray:
    return luma(picture.astype(np.float32))


def read(path: Path) -> np.ndarray:
    picture = cv2.imread(str(path))[..., ::-1]
    scale = min(1.0, LARGEST / max(picture.shape[:2]))
    return cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def fit(paths: list[Path]) -> tuple[Model, int]:
    figures: list[np.ndarray] = []
    for path in paths:
        picture = read(path)
        half = cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        figures += [patch_figures(light(each), sharpest=SHARPEST) for each in (picture, half)]
    every = np.concatenate(figures)
    return Model(every.mean(axis=0), np.cov(every.T)), len(every)


def check(paths: list[Path], model: Model) -> None:
    print(f"{'':24}   clean  noise5 noise10 noise25 blur0.8 blur1.5 jpeg60 jpeg20")
    for path in paths:
        picture = read(path)
        random = np.random.default_rng(1)
        spoilt = [picture.astype(np.float32)]
        spoilt += [np.clip(picture + random.normal(0, sigma, picture.shape), 0, 255) for sigma in (5, 10, 25)]
        spoilt += [cv2.GaussianBlur(picture, (0, 0), sigma) for sigma in (0.8, 1.5)]
        for quality in (60, 20):
            packed = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
            spoilt.append(cv2.imdecode(packed, cv2.IMREAD_COLOR)[..., ::-1])
        print(f"{path.stem:24}" + "".join(f"{unnaturalness(light(each), model):8.2f}" for each in spoilt))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--check", action="store_true", help="Print the measure of the held-out pictures.")
    asked = parser.parse_args()
    paths = sorted(path for path in asked.folder.iterdir() if path.suffix in (".webp", ".jpg", ".png"))
    model, patches = fit([path for path in paths if path.stem not in HELD_OUT])
    np.savez_compressed(
        MODEL, mean=model.mean.astype(np.float32), covariance=model.covariance.astype(np.float32)
    )
    print(f"{len(paths)} pictures, {patches} patches, {MODEL.stat().st_size} bytes")
    if asked.check:
        check([path for path in paths if path.stem in HELD_OUT], model)


if __name__ == "__main__":
    main()
