"""Finds the concepts of `lexicon.toml` in a sentence: clause by clause, whole words, with the reach of negation.

It knows nothing of classes of work; what the concepts mean together is `rules`'. The lexicon is read once, on
first use.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Final

from bottega.intent.normalise import fold

# Concepts that point at things beside what is asked for. They are looked up apart from the others, so that
# "my video" both points at a clip and speaks of a video.
_POINTERS: Final = frozenset(
    {
        "picture",
        "clip",
        "new",
        "place",
        "deixis",
        "self",
        "question",
        "asking",
        "appearance",
        "occasion",
        "article",
        "preposition",
    }
)
# Concepts that a negation does not turn round: "I don't know what to wear" still asks what to wear.
_NOT_NEGATABLE: Final = _POINTERS | {"advice", "outfit", "elsewhere", "negation", "contrast", "sequence"}
# "Keep" and "leave" protect what is named behind them; "keep the sound" asks for sound.
_PRESERVABLE: Final = frozenset({"hair", "garment", "wear", "target", "style", "animal"})
_GAP: Final = 4
_SHORTEST_CORRECTED: Final = 6
_LONGEST_CORRECTED: Final = 24
_MOST_CORRECTIONS: Final = 60
_LONGEST_STEM: Final = 24

_TOKEN = re.compile(r"\d+|[^\W\d_]+(?:['’][^\W\d_]+)*|[@#]\w+")
_CLAUSE_END = re.compile(r"[;!?¿¡\n—–()\"“”„«»]|\s-\s|[.,:…](?!\d)")
_QUOTED = re.compile(
    r"(?<!\w)'[^']{1,200}'(?!\w)|\"[^\"]{1,200}\"|“[^”]{1,200}”|„[^“”]{1,200}[“”]|«[^»]{1,200}»"
)
_ELISION = re.compile(r"(?:[ldjmtsnc]|qu)['’]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Token:
    """A word as written, and folded for comparing."""

    written: str
    word: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A concept found: in which clause, at which word of it, in which words, and whether it was negated."""

    concept: str
    clause: int
    start: int
    words: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """One entry of the lexicon. A part is a word, `stem*`, `~` for a gap, or `#` for a number."""

    parts: tuple[str, ...]
    concepts: tuple[str, ...]

    @property
    def has_gap(self) -> bool:
        return "~" in self.parts

    def match(self, tokens: list[str], start: int) -> int | None:
        """The index behind the match that begins at `start`, or None."""
        at, gap = start, False
        for part in self.parts:
            if part == "~":
                gap = True
                continue
            reach = min(at + _GAP + 1, len(tokens)) if gap else min(at + 1, len(tokens))
            found = next((i for i in range(at, reach) if _fits(part, tokens[i])), None)
            if found is None:
                return None
            at, gap = found + 1, False
        return at


@dataclass(slots=True)
class _Layer:
    """Terms by how they begin, for finding those that may start at a word without trying all."""

    by_word: dict[str, list[Term]] = field(default_factory=dict[str, list[Term]])
    by_stem: dict[str, list[Term]] = field(default_factory=dict[str, list[Term]])

    def add(self, term: Term) -> None:
        first = term.parts[0]
        table, key = (self.by_stem, first[:-1]) if first.endswith("*") else (self.by_word, first)
        table.setdefault(key, []).append(term)

    def starting_with(self, word: str) -> Iterator[Term]:
        yield from self.by_word.get(word, ())
        if word.isdigit():
            yield from self.by_word.get("#", ())
        for length in range(2, min(len(word), _LONGEST_STEM) + 1):
            yield from self.by_stem.get(word[:length], ())

    def knows(self, word: str) -> bool:
        return next(self.starting_with(word), None) is not None


@dataclass(frozen=True, slots=True)
class Reading:
    """The concepts of a sentence. `words` are all its words, folded, by clause."""

    words: tuple[tuple[str, ...], ...]
    hits: tuple[Hit, ...]
    mentions: tuple[str, ...]
    is_question: bool

    def has(self, concept: str) -> bool:
        """Whether the concept occurs and is not negated."""
        return any(hit.concept == concept and not hit.negated for hit in self.hits)

    def refuses(self, concept: str) -> bool:
        """Whether the concept occurs only negated."""
        return not self.has(concept) and any(hit.concept == concept for hit in self.hits)


class Lexicon:
    """Concepts by language, as in `lexicon.toml`; all languages are looked for at once."""

    def __init__(self, entries: dict[str, dict[str, list[str]]]) -> None:
        never = entries.get("never_corrected", {})
        self._never: frozenset[str] = frozenset(fold(word) for words in never.values() for word in words)
        self._content, self._pointers = _Layer(), _Layer()
        self._known: set[str] = set()
        self._stems: set[str] = set()
        for parts, concepts in _terms(entries).items():
            for layer, own in ((self._pointers, concepts & _POINTERS), (self._content, concepts - _POINTERS)):
                if own:
                    layer.add(Term(parts, tuple(sorted(own))))
            for part in parts:
                (self._stems if part.endswith("*") else self._known).add(part.rstrip("*"))
        self._one_edit_away: dict[str, str] = _spelling_index(self._known | self._stems)

    def read(self, text: str) -> Reading:
        """Find every concept of a sentence that went through `normalise.clean`. Quoted words are text to be
        shown, not part of what is asked, unless nothing else is there."""
        mentions: list[str] = []
        clauses = self._clauses(text, mentions)
        hits: list[Hit] = []
        for number, clause in enumerate(clauses):
            words = [token.word for token in clause]
            content = self._content_hits(number, clause, words)
            hits += _with_negation(content)
            hits += self._pointer_hits(number, clause, words)
        hits.sort(key=lambda hit: (hit.clause, hit.start))
        return Reading(
            words=tuple(tuple(token.word for token in clause) for clause in clauses),
            hits=tuple(hits),
            mentions=tuple(mentions),
            is_question="?" in text,
        )

    def _clauses(self, text: str, mentions: list[str]) -> list[list[Token]]:
        unquoted = _QUOTED.sub(" , ", text)
        if len(_TOKEN.findall(unquoted)) < 2:
            unquoted = text
        budget = _MOST_CORRECTIONS
        clauses: list[list[Token]] = []
        for piece in _CLAUSE_END.split(unquoted):
            tokens: list[Token] = []
            for written in _split(piece):
                if written.startswith("@"):
                    mentions.append(written)
                    continue
                word = fold(written)
                if (
                    budget
                    and _SHORTEST_CORRECTED <= len(word) <= _LONGEST_CORRECTED
                    and not self._is_known(word)
                ):
                    budget -= 1
                    word = self._corrected(word)
                tokens.append(Token(written, word))
            if tokens:
                clauses.append(tokens)
        return clauses

    def _content_hits(self, number: int, clause: list[Token], words: list[str]) -> list[Hit]:
        hits: list[Hit] = []
        used_until = 0
        for start, word in enumerate(words):
            matches = [
                (end, term)
                for term in self._content.starting_with(word)
                if (end := term.match(words, start)) is not None
            ]
            # A phrase with a gap says something beside its own words, so it uses none of them up.
            whole = [(end, term) for end, term in matches if not term.has_gap]
            longest = max((end for end, _ in whole), default=0)
            for end, term in matches:
                if term.has_gap or (start >= used_until and end == longest):
                    written = " ".join(token.written for token in clause[start:end])
                    hits += [Hit(concept, number, start, written) for concept in term.concepts]
            if start >= used_until and longest:
                used_until = longest
        return hits

    def _pointer_hits(self, number: int, clause: list[Token], words: list[str]) -> Iterator[Hit]:
        for start, word in enumerate(words):
            for term in self._pointers.starting_with(word):
                end = term.match(words, start)
                if end is not None:
                    written = " ".join(token.written for token in clause[start:end])
                    for concept in term.concepts:
                        yield Hit(concept, number, start, written)

    def _is_known(self, word: str) -> bool:
        return (
            word in self._known
            or word in self._never
            or self._content.knows(word)
            or self._pointers.knows(word)
        )

    def _corrected(self, word: str) -> str:
        """The lexicon's word that one typing error (Damerau-Levenshtein distance 1) turned into this one."""
        for length in (len(word), *range(len(word) - 1, _SHORTEST_CORRECTED - 1, -1)):
            start, rest = word[:length], word[length:]
            for variant in (start, *_deletions(start)):
                meant = self._one_edit_away.get(variant)
                if meant is None or meant[0] != word[0] or not _one_edit_apart(start, meant):
                    continue
                if not rest or meant in self._stems:
                    return meant + rest
        return word


@cache
def default_lexicon() -> Lexicon:
    """The lexicon that ships with the package."""
    text = resources.files("bottega.intent").joinpath("lexicon.toml").read_text(encoding="utf-8")
    return Lexicon(tomllib.loads(text))


def _terms(entries: dict[str, dict[str, list[str]]]) -> dict[tuple[str, ...], set[str]]:
    terms: dict[tuple[str, ...], set[str]] = {}
    for concept, languages in entries.items():
        if concept == "never_corrected":
            continue
        for line in (line for lines in languages.values() for line in lines):
            terms.setdefault(_parts(line), set()).add(concept)
    return terms


def _parts(line: str) -> tuple[str, ...]:
    parts: list[str] = []
    for piece in line.split():
        if piece in ("~", "#"):
            parts.append(piece)
            continue
        words = [fold(word) for word in _split(piece.rstrip("*"))]
        if piece.endswith("*"):
            words[-1] += "*"
        parts += words
    return tuple(parts)


def _split(text: str) -> Iterator[str]:
    """Words as written: French elisions apart (`l'image` -> `l`, `image`), English ones together (`dont`)."""
    for found in _TOKEN.finditer(text):
        word = found.group()
        if word.startswith("#"):
            word = word[1:]
        if "'" not in word and "’" not in word:
            yield word
            continue
        elision = _ELISION.match(word)
        if elision and elision.end() < len(word):
            yield word[: elision.end() - 1]
            word = word[elision.end() :]
        if word[-2:].casefold() in ("'s", "’s"):
            word = word[:-2]
        yield word.replace("'", "").replace("’", "")


def _fits(part: str, word: str) -> bool:
    if part == "#":
        return word.isdigit()
    return word.startswith(part[:-1]) if part.endswith("*") else word == part


def _with_negation(hits: list[Hit]) -> list[Hit]:
    """Mark what a negation reaches: forward to the next contrast ("but", "only"), or, for a negation that
    stands behind ("nicht", "pas"), all between two contrasts."""
    contrasts = [hit.start for hit in hits if hit.concept == "contrast"]
    borders = [-1, *contrasts, 10**9]
    marked: list[Hit] = []
    for low, high in pairwise(borders):
        part = [hit for hit in hits if low <= hit.start < high]
        negations = [hit.start for hit in part if hit.concept == "negation"]
        preserves = [hit.start for hit in part if hit.concept == "preserve"]
        everything = any(hit.concept == "negation_behind" for hit in part)
        for hit in part:
            reached = everything or any(start < hit.start for start in negations)
            kept = hit.concept in _PRESERVABLE and any(start < hit.start for start in preserves)
            negated = hit.concept not in _NOT_NEGATABLE and (reached or kept)
            marked.append(Hit(hit.concept, hit.clause, hit.start, hit.words, negated))
    return marked


def _deletions(word: str) -> Iterator[str]:
    for index in range(1, len(word)):
        yield word[:index] + word[index + 1 :]


def _spelling_index(words: set[str]) -> dict[str, str]:
    """Every word, and every word less one letter (not the first), to the word: the symmetric delete index of
    W. Garbe, SymSpell (2012). Short words are left out."""
    index: dict[str, str] = {}
    for word in sorted(words):
        if len(word) >= _SHORTEST_CORRECTED and word.isalpha():
            for variant in (word, *_deletions(word)):
                index.setdefault(variant, word)
    return index


def _one_edit_apart(one: str, other: str) -> bool:
    """Damerau-Levenshtein distance (adjacent transposition counts once) of exactly 1.

    Below seven letters only transpositions count: too many short words are one letter from another word.
    """
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    shorter = min(len(one), len(other))
    prefix = next((i for i in range(shorter) if one[i] != other[i]), shorter)
    rest_one, rest_other = one[prefix:], other[prefix:]
    if len(one) == len(other):
        swapped = len(rest_one) > 1 and rest_one[:2] == rest_other[1::-1] and rest_one[2:] == rest_other[2:]
        return swapped or (shorter > _SHORTEST_CORRECTED and rest_one[1:] == rest_other[1:])
    if shorter < _SHORTEST_CORRECTED:
        return False
    return rest_one[1:] == rest_other if len(one) > len(other) else rest_one == rest_other[1:]
