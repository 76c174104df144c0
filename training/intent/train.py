"""Trains the embedded intent classifier from the sentences in `lines/` and writes the models and their report.

`python training/intent/train.py` needs torch beside Bottega. It cross-validates (three folds; near-duplicates stay in
one fold), chooses on the held-out answers the share of the sequence model beside the linear one and the temperature,
trains both on everything, and writes `embedded.npz` and `sequence.npz` in `src/bottega/intent`, and `REPORT.md` here.
Deterministic for one number of threads: the same lines give the same models.
"""

import argparse
import random
import time
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
from data import LABELS, Line, read_heldout, read_lines, with_typo
from network import Network, Settings, arrays_of, fit_network, scores_of
from report import Answers, report
from scipy import sparse
from scipy.optimize import minimize

from bottega.domain.intent import IntentContext
from bottega.intent.context import find_cues
from bottega.intent.embedded import MODEL_FILE, LinearModel, log_softmax
from bottega.intent.features import DIMENSIONS, features_of, place_of
from bottega.intent.lexicon import default_lexicon
from bottega.intent.names import find_names
from bottega.intent.normalise import clean
from bottega.intent.sequence import SEQUENCE_FILE, load_sequence_model, save
from bottega.intent.tokens import Tokens, tokens_of

FOLDS = 3
SEED = 7
NETWORKS = 2
SHARES = tuple(k / 20 for k in range(21))
PARITY = 0.05
"""The largest difference in a probability between torch and the exported model that rounding may cause."""

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


def read(lines: list[Line]) -> list[Tokens]:
    """What the sequence model sees of each line."""
    lexicon = default_lexicon()
    found: list[Tokens] = []
    for line in lines:
        text = clean(line.text[:2000])
        reading = lexicon.read(text)
        names = find_names(text, reading)
        found.append(tokens_of(text, reading, find_cues(reading, line.context), names, line.context))
    return found


def train_linear(lines: list[Line], others: list[Line], strength: float) -> tuple[LinearModel, np.ndarray]:
    """The linear model of one set of lines, and the logarithms of probabilities that it gives to others."""
    model = train(lines, strength, 1)
    return model, log_softmax(answers(model, others))


def train_network(lines: list[Line], others: list[Line], slips: int, seed: int) -> tuple[Network, np.ndarray]:
    """A network of one set of lines, and the logarithms of probabilities that it gives to others."""
    torch.set_num_threads(1)
    slipped = with_slips(lines, slips)[len(lines) :]
    versions = [read(lines), *(read(slipped[k * len(lines) : (k + 1) * len(lines)]) for k in range(slips))]
    labels = np.array([LABELS.index(line.label) for line in lines])
    network = fit_network(versions, labels, len(LABELS), Settings(), seed)
    return network, scores_of(network, read(others))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--strength", type=float, default=2e-6, help="of the linear model's L2 penalty")
    parser.add_argument(
        "--slips", type=int, default=2, help="copies with slips of the keyboard for the network"
    )
    parser.add_argument("--jobs", type=int, default=2, help="trainings at the same time")
    parser.add_argument(
        "--folds",
        type=int,
        default=FOLDS,
        choices=range(1, FOLDS + 1),
        help="how many of the folds are asked",
    )
    parser.add_argument("--answers", type=Path, help="keep the cross-validated answers in this npz file")
    parser.add_argument("--no-write", action="store_true", help="print the report, write nothing")
    options = parser.parse_args()
    started = time.monotonic()
    lines, strangers = read_lines(), read_heldout()
    folds = folds_of(lines)
    kept = [
        [line for line, f in zip(lines, folds, strict=True) if f != fold] for fold in range(options.folds)
    ]
    asked = [
        [line for line, f in zip(lines, folds, strict=True) if f == fold] for fold in range(options.folds)
    ]
    sets = list(zip([*kept, lines], [*asked, strangers], strict=True))
    with ProcessPoolExecutor(options.jobs, mp_context=get_context("spawn")) as pool:
        nets = [
            [pool.submit(train_network, *each, options.slips, seed) for seed in range(NETWORKS)]
            for each in sets
        ]
        flat = [pool.submit(train_linear, *each, options.strength) for each in sets]
        linears = [job.result() for job in flat]
        networks = [[job.result() for job in jobs] for jobs in nets]
    means = [np.mean([given for _, given in own], axis=0) for own in networks]
    by_linear = np.concatenate([given for _, given in linears[:-1]])
    by_sequence = np.concatenate(means[:-1])
    lines = [line for part in asked for line in part]
    linear = linears[-1][0]
    unseen = (linears[-1][1], means[-1])
    labels = np.array([LABELS.index(line.label) for line in lines])
    if options.answers:
        np.savez(options.answers, linear=by_linear, sequence=by_sequence)
    share = max(
        SHARES, key=lambda s: float((((1 - s) * by_linear + s * by_sequence).argmax(1) == labels).mean())
    )
    blended = (1 - share) * by_linear + share * by_sequence
    temperature = float(best_temperature(blended, labels))
    if not options.no_write:
        linear.with_temperature(temperature).save(MODEL_FILE)
        extra = {"labels": np.array(LABELS), "share": np.float64(share)}
        save(SEQUENCE_FILE, arrays_of([network for network, _ in networks[-1]]) | extra)
        check_parity(strangers, unseen[1])
    text = report(
        Answers(lines, blended / temperature),
        {
            name: _of_file(name, strangers, ((1 - share) * unseen[0] + share * unseen[1]) / temperature)
            for name in sorted({line.source for line in strangers})
        },
        {
            "linear model alone": float((by_linear.argmax(1) == labels).mean()),
            "sequence model alone": float((by_sequence.argmax(1) == labels).mean()),
            "blend": float((blended.argmax(1) == labels).mean()),
        },
        f"{options.folds} of {FOLDS} folds asked; share of the sequence model {share:.2f}; temperature {temperature:.2f}; "
        f"features of the linear model {len(linear.places)}",
    )
    print(text)
    print(f"trained in {time.monotonic() - started:.0f} s")
    if not options.no_write:
        REPORT.write_text(text, encoding="utf-8")


def _of_file(name: str, strangers: list[Line], logits: np.ndarray) -> Answers:
    places = [k for k, line in enumerate(strangers) if line.source == name]
    return Answers([strangers[k] for k in places], logits[places])


def check_parity(lines: list[Line], wanted: np.ndarray) -> None:
    """The file that was written says what torch says, but for rounding to eight and sixteen bits. Raises ValueError."""
    model = load_sequence_model()
    given = np.stack([model.logits(tokens) for tokens in read(lines)])
    difference = np.abs(np.exp(given) - np.exp(wanted)).max()
    if difference > PARITY:
        raise ValueError(f"the exported model differs from torch by {difference:.3f} in a probability")


if __name__ == "__main__":
    main()
