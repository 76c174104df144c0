"""The sequence model: its arithmetic against a plain loop, and what it understands that word counts do not."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from bottega.domain.intent import IntentContext, WorkClass
from bottega.errors import ResourceError
from bottega.intent import EmbeddedClassifier
from bottega.intent.context import find_cues
from bottega.intent.lexicon import default_lexicon
from bottega.intent.names import find_names
from bottega.intent.sequence import SEQUENCE_FILE, SequenceModel, load_sequence_model
from bottega.intent.tokens import LONGEST, Tokens, tokens_of

PICTURE = IntentContext(working_images=1)
UPLOAD = IntentContext(uploaded_images=1)
NOTHING = IntentContext()


@pytest.fixture(scope="module")
def classifier() -> EmbeddedClassifier:
    return EmbeddedClassifier()


@pytest.fixture(scope="module")
def model() -> SequenceModel:
    return load_sequence_model()


def tokens(text: str, context: IntentContext = NOTHING) -> Tokens:
    reading = default_lexicon().read(text)
    return tokens_of(text, reading, find_cues(reading, context), find_names(text, reading), context)


def plain_scores(model: SequenceModel, given: Tokens, member: int) -> np.ndarray:
    """The same network, written word by word and gate by gate."""
    w = {name: values[member].astype(np.float64) for name, values in model.weights.items()}
    rows = {
        name: table[member].astype(np.float64) * scale[member]
        for name, (table, scale) in model.tables.items()
    }
    facts = sum(rows["fact"][place] for place in given.facts)
    read: list[np.ndarray] = []
    for row, word in enumerate(given.words):
        grams = [
            rows["gram"][place] for place, own in zip(given.grams, given.gram_rows, strict=True) if own == row
        ]
        concepts = [
            rows["concept"][place]
            for place, own in zip(given.concepts, given.concept_rows, strict=True)
            if own == row
        ]
        x = rows["word"][word] + np.mean(grams, axis=0) + given.meaning[row] @ w["meaning"] + facts
        x = x + sum(concepts) if concepts else x
        x = (x - x.mean()) / np.sqrt(x.var() + 1e-5)
        read.append(x * w["norm.scale"][0] + w["norm.shift"][0])
    width = len(read[0])
    halves: list[list[np.ndarray]] = []
    for way, order in ((0, read), (1, read[::-1])):
        state, states = np.zeros(width), list[np.ndarray]()
        for x in order:
            a = x @ w["input.weight"][way] + w["input.bias"][way, 0]
            b = state @ w["state.weight"][way] + w["state.bias"][way, 0]
            reset = 1 / (1 + np.exp(-(a[:width] + b[:width])))
            update = 1 / (1 + np.exp(-(a[width : 2 * width] + b[width : 2 * width])))
            fresh = np.tanh(a[2 * width :] + reset * b[2 * width :])
            state = (1 - update) * fresh + update * state
            states.append(state)
        halves.append(states if way == 0 else states[::-1])
    states = np.concatenate([np.array(halves[0]), np.array(halves[1])], axis=1)
    attention = np.exp(states @ w["heads.weight"] + w["heads.bias"])
    attention /= attention.sum(axis=0)
    together = np.concatenate([*(attention.T @ states), states.max(axis=0), facts])
    inner = together @ w["inner.weight"] + w["inner.bias"][0]
    inner = 0.5 * inner * (1 + np.tanh(np.sqrt(2 / np.pi) * (inner + 0.044715 * inner**3)))
    scores = inner @ w["outer.weight"] + w["outer.bias"][0]
    return scores - np.log(np.exp(scores).sum())


@pytest.mark.parametrize("text", ["sharpen", "don't touch the hair, only the background", "zkqx §§"])
def test_the_fast_arithmetic_is_that_of_the_plain_loop(model: SequenceModel, text: str) -> None:
    given = tokens(text, PICTURE)
    members = len(model.weights["norm.scale"])
    wanted = np.mean([plain_scores(model, given, member) for member in range(members)], axis=0)
    assert model.logits(given) == pytest.approx(wanted, abs=1e-3)


def test_scores_are_logarithms_of_probabilities(model: SequenceModel) -> None:
    scores = model.logits(tokens("a fox in the snow"))
    assert scores.shape == (len(model.labels),)
    assert np.exp(scores).sum() == pytest.approx(1.0, abs=0.2)


def test_of_a_long_sentence_both_ends_are_read() -> None:
    given = tokens("begin " + "word " * 900 + "finish")
    assert len(given.words) == LONGEST
    assert given.words[:2] == tokens("begin").words[:2]
    assert given.words[-2:] == tokens("finish").words[-2:]


def test_a_damaged_file_of_the_sequence_model_is_found_out(tmp_path: Path) -> None:
    shutil.copy(SEQUENCE_FILE, tmp_path / "sequence.npz")
    shutil.copy(SEQUENCE_FILE.with_suffix(".sha256"), tmp_path / "sequence.sha256")
    with (tmp_path / "sequence.npz").open("r+b") as file:
        file.seek(1000)
        file.write(b"\0\0\0\0")
    with pytest.raises(ResourceError, match="damaged"):
        load_sequence_model(tmp_path / "sequence.npz")


@pytest.mark.parametrize(
    ("sentence", "context", "wanted"),
    [
        ("not a video, just a photo of a waterfall", NOTHING, WorkClass.IMAGE_GENERATION),
        ("not a photo, a video of a waterfall", NOTHING, WorkClass.TEXT_TO_VIDEO),
        ("don't touch her hair, just replace the background", PICTURE, WorkClass.IMAGE_EDITING),
        ("leave the background, just change her hair", PICTURE, WorkClass.HAIR_STYLING),
        ("ignore my picture and make a new video of a rocket launch", PICTURE, WorkClass.TEXT_TO_VIDEO),
        ("while my film renders, crop this to a square", UPLOAD, WorkClass.IMAGE_EDITING),
        ("I laser-engrave for a living; make my portrait sharper", UPLOAD, WorkClass.IMAGE_ENHANCEMENT),
    ],
)
def test_order_and_scope_decide(
    classifier: EmbeddedClassifier, sentence: str, context: IntentContext, wanted: WorkClass
) -> None:
    assert classifier.classify(sentence, context).workflow is wanted
