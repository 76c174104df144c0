"""The geometric try-on beside trivial controls on drawn garments and people, in one run; and what it does with parsers.

`rows(quick)` returns (name, value, aim, passed, anchor). The controls are judged exactly as the engine is.
"""

import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from assembled import Row

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "fashion"))

import drawn_garments
import drawn_people
import drawn_photographs
from tryon_truth import garment_truth, person_truth

from bottega.fashion.tryon.body import body_of
from bottega.fashion.tryon.engine import try_on
from bottega.fashion.tryon.evidence import covered_share, evidence_of, hem_drop
from bottega.fashion.tryon.expected import expected_of
from bottega.fashion.tryon.fidelity import colour_distance, details, lab_samples
from bottega.fashion.tryon.gates import judge_tryon
from bottega.fashion.tryon.values import TryOn, TryOnOptions, TryOnRefused

U8 = NDArray[np.uint8]
TOPS = ("tshirt", "shirt", "elbow_top", "tshirt", "jacket", "shirt")
CONTROLS = ("untouched photograph", "mean-grey fill", "blur", "affine paste", "wrong garment")
ENGINE = "engine"


@dataclass(frozen=True)
class Case:
    person: drawn_people.Drawn
    garment: drawn_garments.Drawn
    wrong: drawn_garments.Drawn


def cases(count: int, seed: int, photographed: bool = False) -> list[Case]:
    """People and garments of random proportions, colours and patterns; `photographed`: as a camera in a small studio sees
    the people, some with hair over the shoulders."""
    found: list[Case] = []
    for index, figure in enumerate(drawn_people.varied(count, seed=seed, dress=False, hair_front=False)):
        name = TOPS[index % len(TOPS)]
        garment = drawn_garments.draw(name, seed + index, pattern=("print", None, "floral")[index % 3])
        wrong = drawn_garments.draw(name, seed + index + 5000)
        if photographed and figure.hair == "long" and index % 4 == 0:
            figure = replace(figure, hair_front=True)
        person = drawn_people.draw(figure)
        if photographed:
            person = drawn_photographs.photographed(person, seed + index)
        found.append(Case(person, garment, wrong))
    return found


# --- Controls ------------------------------------------------------------------------------------------------


def control(name: str, case: Case, wrong: TryOn | None) -> U8 | None:
    """What a trivial method would hand over; None where the wrong garment was refused."""
    photo, top = case.person.rgb, case.person.regions["top"] > 0.5
    if name == "untouched photograph":
        return photo
    if name == "wrong garment":
        return None if wrong is None else wrong.rgb
    result = photo.copy()
    if name == "mean-grey fill":
        result[top] = case.garment.rgb[case.garment.mask].mean(axis=0).astype(np.uint8)
    elif name == "blur":
        # The warped garment's best friend in structural similarity: the right colours, no detail.
        pasted = _affine(case)
        result = np.asarray(cv2.GaussianBlur(pasted, (0, 0), 14))
        result = np.where(top[..., None], result, photo)
    else:
        result = _affine(case)
    return result


def _affine(case: Case) -> U8:
    """The cut-out stretched over the box of the worn top."""
    ys, xs = np.nonzero(case.person.regions["top"] > 0.5)
    gy, gx = np.nonzero(case.garment.mask)
    size = (int(np.ptp(xs)) + 1, int(np.ptp(ys)) + 1)
    box = slice(gy.min(), gy.max() + 1), slice(gx.min(), gx.max() + 1)
    cloth = cv2.resize(case.garment.rgb[box], size, interpolation=cv2.INTER_AREA)
    cover = cv2.resize(case.garment.mask[box].astype(np.float32), size, interpolation=cv2.INTER_AREA)[
        ..., None
    ]
    result = case.person.rgb.astype(np.float32)
    at = slice(ys.min(), ys.min() + size[1]), slice(xs.min(), xs.min() + size[0])
    result[at] = result[at] * (1 - cover) + cloth * cover
    return np.rint(result).astype(np.uint8)


# --- Measures ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Measured:
    colour: float
    inliers: float
    score: float
    """0 where a gate failed."""
    accepted: bool


def measured(case: Case, result: U8, mask: Any) -> Measured:
    person, garment = person_truth(case.person), garment_truth(case.garment)
    verdict = judge_tryon(
        case.person.rgb, case.garment.rgb, result, mask=mask, person=person, garment=garment
    )
    expected = expected_of(person, garment, TryOnOptions())
    assert expected is not None
    area = (expected.cover > 0.9) & (expected.front < 0.05)
    away = colour_distance(lab_samples(case.garment.rgb, case.garment.mask), lab_samples(result, area))
    found = details(case.garment.rgb, garment.alpha, result, area)
    score = (verdict.score or 0.0) if verdict.gates_passed else 0.0
    return Measured(away, float(found.inliers), score, verdict.accepted is True)


def hog_cosine(one: U8, other: U8) -> float:
    """Cosine of the histograms of gradients (Dalal and Triggs 2005) of two pictures of one size."""
    hog = cv2.HOGDescriptor((128, 192), (16, 16), (8, 8), (8, 8), 9)
    a, b = (
        np.asarray(hog.compute(cv2.resize(p, (128, 192), interpolation=cv2.INTER_AREA))).ravel()
        for p in (one, other)
    )
    return float(a @ b / max(float(np.linalg.norm(a) * np.linalg.norm(b)), 1e-9))


def structure(count: int, seed: int) -> dict[str, float]:
    """HOG cosine with the true picture: the same figure drawn in the very clothes that the product picture shows."""
    sums: dict[str, list[float]] = {name: [] for name in (ENGINE, *CONTROLS)}
    for index, figure in enumerate(
        drawn_people.varied(count, seed=seed, dress=False, hair_front=False, pose="beside", pattern="plain")
    ):
        clothes: dict[str, Any] = {
            "sleeves": ("short", "long")[index % 2],
            "hem": 2.2 + 0.1 * (index % 4),
            "pattern": "print",
        }
        other = replace(figure, top_rgb=(200, 60, 60), second_rgb=(30, 30, 90), **clothes)
        truth = drawn_people.draw(other)
        worn = drawn_people.draw(figure)
        product = _product(replace(other, pattern="print"))
        case = Case(worn, product, drawn_garments.draw("tshirt", seed + index))
        garment, person = garment_truth(product), person_truth(worn)
        try:
            done = try_on(worn.rgb, product.rgb, person=person, garment=garment)
            wrong = try_on(worn.rgb, case.wrong.rgb, person=person, garment=garment_truth(case.wrong))
        except TryOnRefused:
            continue
        ys, xs = np.nonzero(truth.regions["top"] > 0.5)
        box = slice(ys.min(), ys.max() + 1), slice(xs.min(), xs.max() + 1)
        sums[ENGINE].append(hog_cosine(done.rgb[box], truth.rgb[box]))
        for name in CONTROLS:
            result = control(name, case, wrong)
            assert result is not None
            sums[name].append(hog_cosine(result[box], truth.rgb[box]))
    return {name: float(np.mean(values)) if values else float("nan") for name, values in sums.items()} | {
        "pairs": float(len(sums[ENGINE]))
    }


def _product(figure: drawn_people.Figure) -> drawn_garments.Drawn:
    """The worn top alone on white, as on an invisible mannequin, with its landmarks by construction."""
    alone = replace(figure, head_px=190.0, chin=(0.5, 0.06), hair="none", backdrop="plain", noise=1.0)
    drawn = drawn_people.draw(alone)
    cover = drawn.regions["top"].astype(np.float32)
    rgb = np.rint(drawn.rgb * cover[..., None] + 250 * (1 - cover[..., None])).astype(np.uint8)
    body = body_of(person_truth(drawn))
    assert body is not None
    head, (cx, cy) = alone.head_px, drawn.chin

    def at(x: float, y: float) -> tuple[float, float]:
        return cx + x * head, cy + y * head

    marks: dict[str, tuple[float, float]] = {"collar_front": at(0, alone.neckline + 0.03)}
    for side, sign in (("left", -1), ("right", 1)):
        arm = body.left_arm if sign < 0 else body.right_arm
        share = 1.0 if alone.sleeves == "long" else 0.45
        start, end = (
            np.array(at(sign * (alone.shoulder - 0.12), 0.62)),
            arm.path[2 if alone.sleeves == "long" else 1],
        )
        tip = start + (share + 0.05) * (end - start)
        along = arm.path[2 if alone.sleeves == "long" else 1] - arm.path[1 if alone.sleeves == "long" else 0]
        along = along / np.hypot(*along)
        half = (0.15 if alone.sleeves == "long" else 0.22) * head * np.array((-along[1], along[0])) * -sign
        marks |= {
            f"collar_{side}": at(sign * 0.3, 0.34),
            f"shoulder_{side}": at(sign * (alone.shoulder - 0.02), 0.46),
            f"armpit_{side}": at(sign * (alone.chest + 0.06), 1.0),
            f"hem_{side}": at(sign * (alone.hip + 0.06), alone.hem),
            f"cuff_{side}_outer": tuple(map(float, tip + half)),
            f"cuff_{side}_inner": tuple(map(float, tip - half)),
        }  # type: ignore[dict-item]
    colours = tuple(tuple(value / 255 for value in colour) for colour in (alone.top_rgb, alone.second_rgb))
    return drawn_garments.Drawn(
        "product", rgb, cover > 0.5, "top", alone.sleeves, "hip", "print", colours, marks, "plain"
    )


def sleeve_class(share: float) -> str:
    """By the share of the arm from the shoulder's tip: an elbow lies at 0.56 of it, and a short sleeve ends above."""
    return "none" if share < 0.15 else "short" if share < 0.51 else "elbow" if share < 0.8 else "long"


def lengths(case: Case, done: TryOn) -> tuple[bool | None, bool | None]:
    """Whether sleeves and hem of a result are as drawn on the product picture; None where they cannot be seen."""
    person, garment = person_truth(case.person), garment_truth(case.garment)
    expected = expected_of(person, garment, TryOnOptions())
    assert expected is not None
    seen = evidence_of(
        case.person.rgb, case.garment.rgb, done.rgb, done.edit_mask, person, garment, expected, TryOnOptions()
    )
    sleeves: bool | None = None
    if seen.apart("skin", "backdrop"):
        shares = [covered_share(seen, arm) for arm in (expected.body.left_arm, expected.body.right_arm)]
        known = [share for share in shares if share is not None]
        sleeves = all(sleeve_class(share) == case.garment.sleeves for share in known) if known else None
    marks = case.garment.landmarks
    breadth = marks["shoulder_right"][0] - marks["shoulder_left"][0]
    drop = (
        marks["hem_left"][1] + marks["hem_right"][1] - marks["shoulder_left"][1] - marks["shoulder_right"][1]
    ) / 2
    found = hem_drop(seen) if seen.apart("bottom", "skin", "backdrop") and not done.report["tucked"] else None
    hem = None if found is None else abs(found / expected.body.breadth - drop / breadth) < 0.25
    return sleeves, hem


def is_right(case: Case, done: TryOn, sleeves: bool | None, hem: bool | None) -> bool:
    """Whether a result is right by what was drawn, not by what was parsed: the garment where the drawn body and the drawn
    garment put it, in its colours, with its sleeves and hem, and hair and face as they were."""
    person, garment = person_truth(case.person), garment_truth(case.garment)
    expected = expected_of(person, garment, TryOnOptions(tucked="in" if done.report["tucked"] else "out"))
    assert expected is not None
    free = (expected.front < 0.1) & (expected.bare < 0.1)
    shown, wanted = (done.layer[..., 3] > 127) & free, (expected.cover > 0.5) & free
    iou = float((shown & wanted).sum()) / max(float((shown | wanted).sum()), 1.0)
    inside = shown & wanted
    away = colour_distance(lab_samples(case.garment.rgb, case.garment.mask), lab_samples(done.rgb, inside))
    kept = np.maximum.reduce([case.person.regions[n] for n in ("hair", "face") if n in case.person.regions])
    same = (np.abs(done.rgb.astype(int) - case.person.rgb).max(axis=2) <= 8)[kept > 0.99].mean()
    return bool(
        iou >= 0.85 and away <= 15 and sleeves is not False and hem is not False and float(same) >= 0.99
    )


# --- The table -----------------------------------------------------------------------------------------------


def _share(values: list[bool | None]) -> tuple[str, float]:
    known = [value for value in values if value is not None]
    share = sum(known) / max(len(known), 1)
    return f"{100 * share:.0f} % of {len(known)}", share


def rows(quick: bool) -> list[Row]:
    count, seed = (3, 40) if quick else (36, 40)
    table: dict[str, list[Measured]] = {name: [] for name in (ENGINE, *CONTROLS)}
    seconds: list[float] = []
    changed, tried = 0, 0
    sleeves: list[bool | None] = []
    hems: list[bool | None] = []
    for case in cases(count, seed):
        tried += 1
        person, garment = person_truth(case.person), garment_truth(case.garment)
        started = time.process_time()
        try:
            done = try_on(case.person.rgb, case.garment.rgb, person=person, garment=garment)
        except TryOnRefused:
            continue
        seconds.append(time.process_time() - started)
        changed += int((done.rgb != case.person.rgb).any(axis=2)[~done.edit_mask].sum())
        right, low = lengths(case, done)
        sleeves.append(right)
        hems.append(low)
        table[ENGINE].append(measured(case, done.rgb, done.edit_mask))
        try:
            wrong = try_on(case.person.rgb, case.wrong.rgb, person=person, garment=garment_truth(case.wrong))
        except TryOnRefused:
            wrong = None
        for name in CONTROLS:
            result = control(name, case, wrong)
            if result is not None:
                table[name].append(measured(case, result, None))
    return [
        *_table(table, structure(2 if quick else 16, seed)),
        *_engine_rows(tried, seconds, changed, sleeves, hems),
        *_with_parsers(3 if quick else 24, seed + 700, photographed=False),
        *_with_parsers(3 if quick else 24, seed + 900, photographed=True),
    ]


def _table(table: dict[str, list[Measured]], hog: dict[str, float]) -> list[Row]:
    def mean(name: str, field: str) -> float:
        values = [float(getattr(one, field)) for one in table[name]]
        return float(np.mean(values)) if values else float("nan")

    found: list[Row] = []
    engine = mean(ENGINE, "score")
    for name in (ENGINE, *CONTROLS):
        value = (
            f"score {mean(name, 'score'):.3f}, colour distance {mean(name, 'colour'):.1f}, "
            f"inliers {mean(name, 'inliers'):.1f}, HOG {hog[name]:.3f}, accepted {100 * mean(name, 'accepted'):.0f} %"
        )
        beaten = None if name == ENGINE else mean(name, "score") < engine
        found.append(
            Row(
                f"{name} (n={len(table[name])})",
                value,
                "below the engine's score" if name != ENGINE else "",
                beaten,
                "",
            )
        )
    wins = [
        (a.score > b.score) + 0.5 * (a.score == b.score)
        for name in CONTROLS
        for a in table[ENGINE]
        for b in table[name]
    ]
    auc = float(np.mean(wins)) if wins else float("nan")
    best = max((name for name in CONTROLS), key=lambda name: hog[name])
    found.append(
        Row(
            "control ranking AUC",
            f"{auc:.3f}",
            ">= 0.95",
            auc >= 0.95,
            "SSIM ranks grey and blur above a try-on",
        )
    )
    found.append(
        Row(
            "HOG cosine over the best control",
            f"{hog[ENGINE]:.3f} over {hog[best]:.3f} ({best})",
            ">= it",
            hog[ENGINE] >= hog[best],
            f"{hog['pairs']:.0f} true pairs",
        )
    )
    return found


def _engine_rows(
    tried: int, seconds: list[float], changed: int, sleeves: list[bool | None], hems: list[bool | None]
) -> list[Row]:
    right, right_share = _share(sleeves)
    low, low_share = _share(hems)
    worst = max(seconds, default=float("nan"))
    return [
        Row(
            "attempted, perfect parsers",
            f"{len(seconds)} of {tried}",
            ">= 60 %",
            len(seconds) >= 0.6 * tried,
            "",
        ),
        Row("sleeve class as on the product picture", right, ">= 90 %", right_share >= 0.9, ""),
        Row(
            "hem as on the product picture", low, ">= 90 %", low_share >= 0.9, "within 0.25 shoulder breadths"
        ),
        Row("pixels changed outside the mask", str(changed), "0", changed == 0, ""),
        Row(
            "CPU per try-on without parsing",
            f"median {np.median(seconds):.2f} s, worst {worst:.2f} s",
            "<= 1 s, limit 3 s",
            worst <= 3.0,
            "768 x 1024",
        ),
    ]


def _with_parsers(count: int, seed: int, *, photographed: bool) -> list[Row]:
    """The same with the real parsers: what is attempted, and how much of it a judge with perfect knowledge accepts."""
    done, good, changed = 0, 0, 0
    sleeves: list[bool | None] = []
    hems: list[bool | None] = []
    seconds: list[float] = []
    for case in cases(count, seed, photographed):
        started = time.process_time()
        try:
            result = try_on(case.person.rgb, case.garment.rgb)
        except TryOnRefused:
            continue
        finally:
            seconds.append(time.process_time() - started)
        done += 1
        changed += int((result.rgb != case.person.rgb).any(axis=2)[~result.edit_mask].sum())
        right, low = lengths(case, result)
        sleeves.append(right)
        hems.append(low)
        good += is_right(case, result, right, low)
    name = "photographed" if photographed else "drawn"
    well = good + count - done
    return [
        Row(f"attempted, {name} people", f"{done} of {count}", ">= 60 %", done >= 0.6 * count, ""),
        Row(
            f"right or refused, {name} people",
            f"{well} of {count} ({good} of {done} attempted right)",
            ">= 95 %",
            well >= 0.95 * count,
            "IoU >= 0.85, colours <= 15, sleeves, hem, front, by the drawing",
        ),
        Row(f"sleeve class, {name} people", _share(sleeves)[0], ">= 90 %", _share(sleeves)[1] >= 0.9, ""),
        Row(f"hem, {name} people", _share(hems)[0], ">= 90 %", _share(hems)[1] >= 0.9, ""),
        Row(f"pixels changed outside the mask, {name} people", str(changed), "0", changed == 0, ""),
        Row(
            f"CPU from pictures to verdict, {name} people",
            f"median {np.median(seconds):.2f} s",
            "<= 3 s",
            float(np.median(seconds)) <= 3,
            "768 x 1024",
        ),
    ]
