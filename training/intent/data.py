"""Reads the training sentences: `lines/<label>.tsv` (language, context, text) and other files there
(label, language, context, text). A context is `-` or parts such as `w1,u2,r1,v1`."""

import random
from dataclasses import dataclass
from pathlib import Path

from bottega.domain.intent import IntentContext, WorkClass

LINES = Path(__file__).parent / "lines"
HELDOUT = Path(__file__).parent / "heldout"
OUT_OF_SCOPE = "out_of_scope"
LABELS = [*(item.value for item in WorkClass), OUT_OF_SCOPE]
LANGUAGES = ("en", "ru", "fr", "es", "de")
_FIELDS = {"w": "working_images", "u": "uploaded_images", "r": "references", "v": "working_videos"}


@dataclass(frozen=True)
class Line:
    label: str
    language: str
    context: IntentContext
    text: str
    source: str = ""
    """The file it stands in, without its ending."""


def parse_context(code: str) -> IntentContext:
    """`w1,r2` -> one working picture and two references; `-` -> nothing at hand."""
    parts = [] if code == "-" else code.split(",")
    return IntentContext(**{_FIELDS[part[0]]: int(part[1:]) for part in parts})


def read_lines() -> list[Line]:
    """All sentences for training, each once. Raises ValueError that names the file and line of a fault."""
    return _read(LINES)


def read_heldout() -> list[Line]:
    """The sentences that are never trained on, in the same form."""
    return _read(HELDOUT)


def _read(folder: Path) -> list[Line]:
    lines: dict[tuple[str, str], Line] = {}
    for path in sorted(folder.glob("*.tsv")):
        for number, row in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if not row.strip():
                continue
            cells = row.split("\t")
            if path.stem in LABELS:
                cells.insert(0, path.stem)
            try:
                label, language, code, text = cells
                context = parse_context(code)
            except (ValueError, KeyError) as error:
                raise ValueError(f"{path.name}:{number}: {error}") from error
            if label not in LABELS or language not in LANGUAGES:
                raise ValueError(f"{path.name}:{number}: label {label!r} or language {language!r}")
            line = Line(label, language, context, text, path.stem)
            lines.setdefault((text.casefold().strip(), code), line)
    return list(lines.values())


def with_typo(text: str, chance: random.Random) -> str:
    """The sentence with one slip of the keyboard: a swapped pair, a lost or a doubled letter in a longer word."""
    words = text.split(" ")
    long_words = [place for place, word in enumerate(words) if len(word) >= 5 and word.isalpha()]
    if not long_words:
        return text
    place = chance.choice(long_words)
    word = words[place]
    at = chance.randrange(1, len(word) - 2)
    words[place] = chance.choice(
        [
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
        ]
    )
    return " ".join(words)
