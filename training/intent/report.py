"""The figures of a cross-validated classifier as a page of text: by language, label, slice and confidence."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from data import LABELS, LANGUAGES, Line

from bottega.intent.embedded import EmbeddedClassifier

BANDS = ((0.0, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 0.97), (0.97, 1.01))
_NEGATION = re.compile(
    r"\b(?:not?|don'?t|never|without|isn'?t|instead|nothing|skip|ignore|pas|sans|rien|jamais|ne|sin|nada|nunca"
    r"|nicht|kein\w*|ohne|nie|не|без|нет|ни|никак\w*)\b",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"\b(?:new|fresh|separate|another|different|scratch|forget|ignore|nouve\w+|autre|oublie\w*|nuev[oa]|otr[oa]|aparte|olvida\w*"
    r"|neu\w*|ander\w*|vergiss|ignorier\w*|нов\w+|друг\w+|отдельн\w+|забудь|игнорируй)\b",
    re.IGNORECASE,
)
_FROM_NOTHING = frozenset({"image_generation", "text_to_video", "video_generation"})


@dataclass(frozen=True)
class Answers:
    """Lines, and the calibrated logarithms of the labels' probabilities, lines x labels."""

    lines: Sequence[Line]
    logits: np.ndarray

    @cached_property
    def given(self) -> list[tuple[str, float]]:
        """Label and confidence of each, after the context rules, as in use."""
        classifier = EmbeddedClassifier()
        powers = np.exp(self.logits - self.logits.max(axis=1, keepdims=True))
        chances = powers / powers.sum(axis=1, keepdims=True)
        return [
            classifier.decide(line.text, line.context, dict(zip(LABELS, map(float, row), strict=True)))
            for line, row in zip(self.lines, chances, strict=True)
        ]

    @cached_property
    def right(self) -> np.ndarray:
        return np.array(
            [answer == line.label for (answer, _), line in zip(self.given, self.lines, strict=True)]
        )

    def where(self, holds: Callable[[Line], bool]) -> np.ndarray:
        return np.array([holds(line) for line in self.lines])

    def f1(self, label: str) -> float:
        hit, named, there = self.counts(label)
        return 2 * hit / (named + there) if named + there else 0.0

    def counts(self, label: str) -> tuple[int, int, int]:
        """How often right, how often answered, how often asked for."""
        hit = sum(
            answer == label == line.label for (answer, _), line in zip(self.given, self.lines, strict=True)
        )
        named = sum(answer == label for answer, _ in self.given)
        return hit, named, sum(line.label == label for line in self.lines)

    def calibration_error(self, bins: int = 15) -> float:
        """Expected calibration error over equally wide bins (Naeini et al. 2015)."""
        sure = np.array([confidence for _, confidence in self.given])
        places = np.minimum((sure * bins).astype(int), bins - 1)
        error = 0.0
        for place in set(places.tolist()):
            mine = places == place
            error += float(mine.mean() * abs(sure[mine].mean() - self.right[mine].mean()))
        return error


SLICES: dict[str, Callable[[Line], bool]] = {
    "negation words": lambda line: bool(_NEGATION.search(line.text)),
    "something new though pictures are there": lambda line: (
        line.label in _FROM_NOTHING and bool(line.context.working_images + line.context.uploaded_images)
    ),
    "words for something new or other": lambda line: bool(_OTHER.search(line.text)),
    "questions": lambda line: "?" in line.text,
    "three words or fewer": lambda line: len(line.text.split()) <= 3,
    "forty words or more": lambda line: len(line.text.split()) >= 40,
}


def report(crossed: Answers, strangers: dict[str, Answers], models: dict[str, float], settings: str) -> str:
    """`crossed`: cross-validated answers; `strangers`: answers to files that were never trained on."""
    out = ["# The embedded classifier: cross-validated report", ""]
    out += [
        "Written by `training/intent/train.py`. Each sentence was answered by models that had not seen it.",
        "",
        f"- sentences: {len(crossed.lines)}; {settings}",
        f"- {_summary(crossed)}",
        *(f"- {name}, without the context rules: {value:.4f}" for name, value in models.items()),
        "",
    ]
    out += ["| language | sentences | accuracy |", "| --- | --- | --- |"]
    out += [
        _share(name, crossed, crossed.where(lambda line, n=name: line.language == n)) for name in LANGUAGES
    ]
    out += ["", "| slice | sentences | accuracy |", "| --- | --- | --- |"]
    out += [_share(name, crossed, crossed.where(holds)) for name, holds in SLICES.items()]
    sources = sorted({line.source for line in crossed.lines})
    out += ["", "| file | sentences | accuracy |", "| --- | --- | --- |"]
    out += [_share(name, crossed, crossed.where(lambda line, n=name: line.source == n)) for name in sources]
    out += [
        "",
        "| label | sentences | recall | precision | F1 | most confused with |",
        "| --- | --- | --- | --- | --- | --- |",
        *(_row(label, crossed) for label in LABELS),
        "",
        "| confidence | sentences | right |",
        "| --- | --- | --- |",
    ]
    sure = np.array([confidence for _, confidence in crossed.given])
    for low, high in BANDS:
        out.append(_share(f"{low:.2f} to {min(high, 1):.2f}", crossed, (sure >= low) & (sure < high)))
    if strangers:
        out += ["", "## Sentences that were never trained on", ""]
        out += [
            f"- `heldout/{name}.tsv`, {len(own.lines)} sentences: {_summary(own)}"
            for name, own in strangers.items()
        ]
    return "\n".join(out) + "\n"


def _summary(answers: Answers) -> str:
    scores = [answers.f1(label) for label in LABELS]
    worst = int(np.argmin(scores))
    return (
        f"accuracy {answers.right.mean():.4f}; macro-F1 {np.mean(scores):.4f}, worst {scores[worst]:.3f} "
        f"({LABELS[worst]}); ECE {answers.calibration_error():.4f}"
    )


def _share(name: str, answers: Answers, mine: np.ndarray) -> str:
    return f"| {name} | {mine.sum()} | {f'{answers.right[mine].mean():.4f}' if mine.any() else '-'} |"


def _row(label: str, answers: Answers) -> str:
    hit, named, there = answers.counts(label)
    wrong = Counter(
        answer
        for (answer, _), line in zip(answers.given, answers.lines, strict=True)
        if line.label == label != answer
    )
    confused = ", ".join(f"{name} {count}" for name, count in wrong.most_common(3)) or "none"
    recall, precision = hit / max(there, 1), hit / max(named, 1)
    return f"| {label} | {there} | {recall:.3f} | {precision:.3f} | {answers.f1(label):.3f} | {confused} |"
