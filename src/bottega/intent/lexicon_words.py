"""Words of like meaning in five languages, from `lexicon_words.txt`: what lets a sentence in one language teach the
models something about the others."""

from functools import cache, lru_cache
from importlib import resources
from typing import Final

from bottega.intent.normalise import fold

_SHORTEST_STEM: Final = 3
_LANGUAGES: Final = 5


@lru_cache(maxsize=8192)
def meanings(word: str) -> tuple[str, ...]:
    """The names of the lines with the longest entry that fits a folded word; a name is the first English word of the
    line. Empty for most words."""
    words, stems = _tables()
    if word in words:
        return words[word]
    for length in range(len(word), _SHORTEST_STEM - 1, -1):
        if word[:length] in stems:
            return stems[word[:length]]
    return ()


@cache
def _tables() -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """Whole words and stems -> names of lines. Raises ValueError for a line without its five languages."""
    words: dict[str, list[str]] = {}
    stems: dict[str, list[str]] = {}
    text = resources.files("bottega.intent").joinpath("lexicon_words.txt").read_text(encoding="utf-8")
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        if line.count("|") != _LANGUAGES - 1:
            raise ValueError(f"lexicon_words.txt:{number}: {_LANGUAGES} languages are wanted")
        name = line.split()[0].rstrip("*")
        for entry in line.replace("|", " ").split():
            stem = fold(entry.rstrip("*"))
            table = stems if entry.endswith("*") and len(stem) >= _SHORTEST_STEM else words
            names = table.setdefault(stem, [])
            if name not in names:
                names.append(name)
    for stem, names in stems.items():
        if stem in words:
            words[stem] += [name for name in names if name not in words[stem]]
    return (
        {word: tuple(names) for word, names in words.items()},
        {stem: tuple(names) for stem, names in stems.items()},
    )
