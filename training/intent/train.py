"""Trains the embedded intent classifier from the sentences in `lines/` and writes the model and its report.

`python training/intent/train.py` cross-validates (three folds; near-duplicates stay in one fold), calibrates the
temperature on the held-out answers, trains on everything, and writes `src/bottega/intent/embedded.npz` and
`training/intent/REPORT.md`. Deterministic: the same lines give the same model.
"""

import argparse
import random
import time
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from data import LABELS, LANGUAGES, Line, read_lines, with_typo
from scipy import sparse
from scipy.optimize import minimize

from bottega.domain.intent import IntentContext
from bottega.intent.context import find_cues
from bottega.intent.embedded import MODEL_FILE, EmbeddedClassifier, LinearModel
from bottega.intent.features import DIMENSIONS, features_of, place_of
from bottega.intent.lexicon import default_lexicon
from bottega.intent.names import find_names
from bottega.intent.normalise import clean

FOLDS = 3
SEED = 7
REPORT = Path(__file__).parent / "REPORT.md"


def matrix(lines: list[Line]) -> sparse.csr_matrix:
    """Rows of hashed features."""
    indices: list[int] = []
    values: list[float] = []
    starts = [0]
    lexicon = default_lexicon()
    for line in lines:
        text = clean(line.text[:2000])
        reading = lexicon.read(text)
        found = features_of(
            text, reading, find_cues(reading, line.context), find_names(text, reading), line.context
        )
        for name, value in found.items():
            indices.append(place_of(name))
            values.append(value)
        starts.append(len(indices))
    shape = (len(lines), DIMENSIONS)
    rows = sparse.csr_matrix((np.array(values, np.float32), indices, starts), shape=shape)
    rows.sum_duplicates()
    return rows


def fit(
    rows: sparse.csr_matrix, labels: np.ndarray, weights: np.ndarray, strength: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Multinomial logistic regression with an L2 penalty, by L-BFGS. Returns the places used, weights
    (places x classes) and bias."""
    used = np.unique(rows.indices)
    small = rows[:, used].tocsr()
    turned = small.T.tocsr()
    count, classes = small.shape[1], len(LABELS)
    wanted = np.eye(classes, dtype=np.float32)[labels]
    total = weights.sum()

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        parameters = flat.reshape(count + 1, classes)
        scores = small @ parameters[:-1].astype(np.float32) + parameters[-1]
        scores -= scores.max(axis=1, keepdims=True)
        powers = np.exp(scores)
        probabilities = powers / powers.sum(axis=1, keepdims=True)
        chosen = np.maximum(probabilities[np.arange(len(labels)), labels], 1e-12)
        difference = (probabilities - wanted) * weights[:, None]
        gradient = np.vstack([turned @ difference, difference.sum(axis=0)]) / total
        gradient[:-1] += strength * parameters[:-1]
        penalty = 0.5 * strength * float((parameters[:-1] ** 2).sum())
        return float(-(weights * np.log(chosen)).sum() / total) + penalty, gradient.ravel().astype(np.float64)

    best = minimize(
        loss, np.zeros((count + 1) * classes), jac=True, method="L-BFGS-B", options={"maxiter": 150}
    )
    parameters = best.x.reshape(count + 1, classes)
    return used, parameters[:-1].astype(np.float32), parameters[-1].astype(np.float32)


def folds_of(lines: list[Line]) -> np.ndarray:
    """A fold for each line. Lines that share most of their character 3-grams are near-duplicates and get the
    same one, so that none is tested on its twin."""
    parents = list(range(len(lines)))

    def root(place: int) -> int:
        while parents[place] != place:
            place = parents[place]
        return place

    grams = [
        {line.text.casefold()[k : k + 3] for k in range(len(line.text) - 2)} or {line.text} for line in lines
    ]
    rare: dict[str, list[int]] = defaultdict(list)
    frequency = Counter(gram for each in grams for gram in each)
    for place, each in enumerate(grams):
        for gram in sorted(each, key=lambda g: (frequency[g], g))[:6]:
            rare[gram].append(place)
    for places in rare.values():
        for first, second in pairwise(places):
            both = len(grams[first] & grams[second])
            if both >= 0.6 * (len(grams[first]) + len(grams[second]) - both):
                parents[root(second)] = root(first)
    chance = random.Random(SEED)
    fold_of_root = {place: chance.randrange(FOLDS) for place in sorted({root(p) for p in range(len(lines))})}
    return np.array([fold_of_root[root(place)] for place in range(len(lines))])


FORGOTTEN = ("image_enhancement", "image_editing", "hair_styling", "video_enhancement", "laser")
"""Classes that are plain from the words alone: their pictures are at times forgotten."""


def with_slips(lines: list[Line], copies: int) -> list[Line]:
    """The lines, and copies of them with a slip of the keyboard each; in some of the copies the picture that is
    meant was not attached."""
    chance = random.Random(SEED)
    slips: list[Line] = []
    for line in lines * copies:
        forgot = line.label in FORGOTTEN and chance.random() < 0.4
        context = IntentContext() if forgot else line.context
        slips.append(Line(line.label, line.language, context, with_typo(line.text, chance)))
    return lines + slips


def train(lines: list[Line], strength: float, typos: int) -> LinearModel:
    """A model from the lines, before calibration (temperature 1)."""
    everything = with_slips(lines, typos)
    labels = np.array([LABELS.index(line.label) for line in everything])
    # Each class weighs alike, and a line with its copies as much as one line.
    share = Counter(line.label for line in everything)
    weights = np.array([1.0 / share[line.label] for line in everything], np.float32)
    used, table, bias = fit(matrix(everything), labels, weights * len(everything) / len(LABELS), strength)
    return LinearModel.from_floats(used, table, bias, LABELS, temperature=1.0)


def answers(model: LinearModel, lines: list[Line]) -> np.ndarray:
    """Logits, lines x labels."""
    rows = matrix(lines)
    return np.vstack(
        [
            model.logits_at(
                rows.indices[rows.indptr[k] : rows.indptr[k + 1]],
                rows.data[rows.indptr[k] : rows.indptr[k + 1]],
            )
            for k in range(len(lines))
        ]
    )


def best_temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """The temperature with the smallest log loss (Guo et al. 2017, "On Calibration of Modern Neural Networks")."""

    def loss(temperature: float) -> float:
        scores = logits / temperature
        scores = scores - scores.max(axis=1, keepdims=True)
        chosen = scores[np.arange(len(labels)), labels] - np.log(np.exp(scores).sum(axis=1))
        return -float(chosen.mean())

    return min(np.geomspace(0.1, 4.0, 75), key=loss)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--strength", type=float, default=2e-6, help="of the L2 penalty")
    parser.add_argument(
        "--typos", type=int, default=1, help="copies of each line with a slip of the keyboard"
    )
    parser.add_argument("--no-write", action="store_true", help="print the report, write nothing")
    options = parser.parse_args()
    lines = read_lines()
    labels = np.array([LABELS.index(line.label) for line in lines])
    folds = folds_of(lines)
    started = time.monotonic()
    logits = np.zeros((len(lines), len(LABELS)), np.float32)
    for fold in range(FOLDS):
        model = train(
            [line for line, f in zip(lines, folds, strict=True) if f != fold], options.strength, options.typos
        )
        held_out = np.flatnonzero(folds == fold)
        logits[held_out] = answers(model, [lines[k] for k in held_out])
    temperature = float(best_temperature(logits, labels))
    model = train(lines, options.strength, options.typos).with_temperature(temperature)
    if not options.no_write:
        model.save(MODEL_FILE)
    report = _report(lines, logits / temperature, model, time.monotonic() - started)
    print(report)
    if not options.no_write:
        REPORT.write_text(report, encoding="utf-8")


def _report(lines: list[Line], logits: np.ndarray, model: LinearModel, seconds: float) -> str:
    """Cross-validated figures, with the context rules applied as they are in use."""
    classifier = EmbeddedClassifier(model)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    raw = powers / powers.sum(axis=1, keepdims=True)
    answers_given: list[tuple[str, float]] = []
    for line, row in zip(lines, raw, strict=True):
        answers_given.append(classifier.decide(line.text, line.context, dict(zip(LABELS, row, strict=True))))
    right = np.array([answer == line.label for (answer, _), line in zip(answers_given, lines, strict=True)])
    sure = np.array([confidence for _, confidence in answers_given])
    out = ["# The embedded classifier: cross-validated report", ""]
    out += [
        "Written by `training/intent/train.py`. Each sentence was answered by a model that had not seen it.",
        "",
    ]
    out += [
        f"- sentences: {len(lines)}; features: {len(model.places)}; temperature {model.temperature:.2f}",
        f"- accuracy {right.mean():.4f}, without the context rules {_plain(raw, lines):.4f}; "
        f"macro-F1 {_macro_f1(answers_given, lines):.4f}; ECE {_calibration_error(sure, right):.4f}",
        "",
    ]
    out += ["| language | sentences | accuracy |", "| --- | --- | --- |"]
    for language in LANGUAGES:
        mine = np.array([line.language == language for line in lines])
        out.append(f"| {language} | {mine.sum()} | {right[mine].mean():.4f} |")
    out += [
        "",
        "| label | sentences | recall | precision | F1 | most confused with |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for label in LABELS:
        out.append(_row(label, answers_given, lines))
    bands = [(0.0, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 0.97), (0.97, 1.01)]
    out += ["", "| confidence | sentences | right |", "| --- | --- | --- |"]
    for low, high in bands:
        band = (sure >= low) & (sure < high)
        share = f"{right[band].mean():.3f}" if band.any() else "-"
        out.append(f"| {low:.2f} to {min(high, 1):.2f} | {band.sum()} | {share} |")
    print(f"trained in {seconds:.0f} s")
    return "\n".join(out) + "\n"


def _plain(raw: np.ndarray, lines: list[Line]) -> float:
    return float(
        np.mean([LABELS[k] == line.label for k, line in zip(raw.argmax(axis=1), lines, strict=True)])
    )


def _counts(label: str, given: list[tuple[str, float]], lines: list[Line]) -> tuple[int, int, int]:
    hit = sum(answer == label == line.label for (answer, _), line in zip(given, lines, strict=True))
    named = sum(answer == label for answer, _ in given)
    there = sum(line.label == label for line in lines)
    return hit, named, there


def _f1(hit: int, named: int, there: int) -> float:
    return 2 * hit / (named + there) if named + there else 0.0


def _macro_f1(given: list[tuple[str, float]], lines: list[Line]) -> float:
    return float(np.mean([_f1(*_counts(label, given, lines)) for label in LABELS]))


def _row(label: str, given: list[tuple[str, float]], lines: list[Line]) -> str:
    hit, named, there = _counts(label, given, lines)
    wrong = Counter(
        answer for (answer, _), line in zip(given, lines, strict=True) if line.label == label != answer
    )
    confused = ", ".join(f"{name} {count}" for name, count in wrong.most_common(3)) or "none"
    recall, precision = hit / max(there, 1), hit / max(named, 1)
    return (
        f"| {label} | {there} | {recall:.3f} | {precision:.3f} | {_f1(hit, named, there):.3f} | {confused} |"
    )


def _calibration_error(sure: np.ndarray, right: np.ndarray, bins: int = 15) -> float:
    """Expected calibration error over equally wide bins (Naeini et al. 2015)."""
    places = np.minimum((sure * bins).astype(int), bins - 1)
    error: Any = 0.0
    for place in range(bins):
        mine = places == place
        if mine.any():
            error += mine.mean() * abs(sure[mine].mean() - right[mine].mean())
    return float(error)


if __name__ == "__main__":
    main()
