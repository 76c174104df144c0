"""Checks a request's sentence against the operator's content policy before anything is planned or paid.

Purely local and deterministic: word lists and rules from `policy.toml`, five languages at once. It reads words only;
pictures, and what a provider refuses on its own, are left to others.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from itertools import groupby
from typing import Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from bottega.errors import InvalidOption, PolicyRefused
from bottega.intent.lexicon import Term
from bottega.intent.normalise import clean, fold


class PolicyCategory(StrEnum):
    """What a policy can refuse, the gravest first; the order in which findings are reported."""

    SEXUAL_MINORS = "sexual_minors"
    REAL_PERSON_SEXUAL_OR_DEMEANING = "real_person_sexual_or_demeaning"
    SEXUAL = "sexual"
    SELF_HARM = "self_harm"
    WEAPONS = "weapons"
    HATE = "hate"
    GORE = "gore"
    FORGED_DOCUMENTS = "forged_documents"


NEVER_RELAXED: Final = frozenset({PolicyCategory.SEXUAL_MINORS})
_NAMES: Final = frozenset(category.value for category in PolicyCategory)


@dataclass(frozen=True, slots=True)
class Finding:
    """One category found in a sentence.

    `words` are the words that decided, as recognised: lower case, without accents or disguise. `clause` is the part
    of the sentence they stand in, as written. `concerns_minor` says that a minor is spoken of in the same sentence.
    """

    category: PolicyCategory
    words: tuple[str, ...]
    clause: str
    concerns_minor: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """Which categories an installation lets pass; all others are refused.

    Raises InvalidOption for a category of `NEVER_RELAXED`.
    """

    allowed: frozenset[PolicyCategory] = frozenset()

    def __post_init__(self) -> None:
        for category in sorted(self.allowed & NEVER_RELAXED):
            raise InvalidOption(
                f"The content policy cannot allow {category.value}.",
                hint=f"Remove {category.value} from the policy; it is refused in every installation.",
                category=category.value,
            )

    def refuses(self, finding: Finding) -> bool:
        """Whether this finding stops a request. One that concerns a minor always does."""
        return finding.concerns_minor or finding.category not in self.allowed


def parse_policy(text: str) -> Policy:
    """Read a setting such as `gore=allow,hate=refuse`; what is not named is refused, and so is all for an empty text.

    Raises InvalidOption for anything but known categories with `refuse` or `allow`, for a category named twice, and
    for one that can never be allowed.
    """
    actions: dict[PolicyCategory, str] = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        name, _, action = (part.strip().casefold() for part in entry.partition("="))
        if name not in _NAMES or action not in ("refuse", "allow"):
            raise InvalidOption(
                f"“{entry}” is no entry of a content policy.",
                hint="Write entries as category=refuse or category=allow, with commas between them. The categories: "
                + ", ".join(sorted(_NAMES)),
                entry=entry,
            )
        category = PolicyCategory(name)
        if category in actions:
            raise InvalidOption(
                f"The content policy names {category.value} twice.",
                hint="Name each category once.",
                entry=entry,
            )
        actions[category] = action
    return Policy(frozenset(category for category, action in actions.items() if action == "allow"))


def check(prompt: str, policy: Policy, *, person_pictured: bool = False) -> tuple[Finding, ...]:
    """What the policy refuses in a sentence: at most one finding per category, the gravest first; empty when it may go on.

    `person_pictured` says that one of the request's pictures shows a real person. Linear in the sentence's length.
    Raises InputError when the sentence is too long to be read (`normalise.MAX_CHARACTERS`).
    """
    rulebook = default_rulebook()
    clauses = [piece.strip() for piece in _CLAUSE_END.split(clean(prompt)) if piece.strip()]
    found: dict[PolicyCategory, Finding] = {}
    for reading in _readings(clauses):
        for finding in rulebook.findings(clauses, reading, person_pictured=person_pictured):
            if policy.refuses(finding):
                found.setdefault(finding.category, finding)
    for category, covered in _COVERS.items():
        if category in found:
            found = {key: finding for key, finding in found.items() if key not in covered}
    return tuple(found[category] for category in PolicyCategory if category in found)


def refusal(findings: Sequence[Finding]) -> PolicyRefused:
    """The error to raise for findings: says which kind of content, and what can be done. Nothing was spent.

    Raises ValueError when there is no finding: there is nothing to refuse then.
    """
    if not findings:
        raise ValueError("a refusal needs at least one finding")
    texts = default_rulebook().refusals[findings[0].category]
    return PolicyRefused(
        f"This request was not carried out: the content policy here does not allow {texts.subject}.",
        hint=texts.hint,
        category=findings[0].category.value,
        findings=[
            {"category": finding.category.value, "words": list(finding.words), "clause": finding.clause}
            for finding in findings
        ],
    )


# The graver category says it all: "sexual" beside "sexual_minors" would only repeat it.
_COVERS: Final = {
    PolicyCategory.SEXUAL_MINORS: frozenset(
        {PolicyCategory.SEXUAL, PolicyCategory.REAL_PERSON_SEXUAL_OR_DEMEANING}
    ),
    PolicyCategory.REAL_PERSON_SEXUAL_OR_DEMEANING: frozenset({PolicyCategory.SEXUAL}),
}

# --- Reading a sentence ----------------------------------------------------------------------------------------

# Quotation marks and dashes end no clause: what a poster shall say belongs to what is asked.
_CLAUSE_END: Final = re.compile(r"[;?¿¡\n()]|!(?!\w)|[.,:…](?=\s|$)")
_TOKEN: Final = re.compile(r"\d+|[^\W\d_]+")
_POSSESSIVE: Final = re.compile(r"(?<=\w)['’]s\b")
_NOT: Final = re.compile(r"n['’]t\b")
_SPACED: Final = re.compile(r"(?<!\w)[^\W_](?:[ .\-_*·+|]{1,3}[^\W_]){2,}(?!\w)")
_INSIDE: Final = re.compile(r"(?<=[^\W\d_])[-_.*·+|](?=[^\W\d_])")
_SEPARATOR: Final = re.compile(r"[ .\-_*·+|]")
_DISGUISED: Final = re.compile(r"[\w@$€!]+")
_AGE: Final = re.compile(r"\d+(?:yo|y|yrs?|jahrige?[nrs]?)?")
_REPEATED: Final = re.compile(r"([^\W\d_])\1{2,}")
_SIGNS: Final = str.maketrans("034578@$€!", "oeastbasei")
_ALIKE: Final = str.maketrans("асеорхуѕіјк", "aceopxysijk")
_ALL_ALIKE: Final = re.compile(r"(?<!\w)[асеорхуѕіјк]{3,}(?!\w)")
_OF_AGE: Final = 18
MINOR_AGE: Final = "<18"

Reading = list[list[str]]


def _readings(clauses: list[str]) -> Iterator[Reading]:
    """The words of each clause, folded: as written and, where letters may be disguised, without the disguise."""
    plain = [_NOT.sub(" not", _POSSESSIVE.sub("", fold(clause))) for clause in clauses]
    joined = [_INSIDE.sub("", _SPACED.sub(_without_separators, clause)) for clause in plain]
    seen: list[list[str]] = []
    for texts in (
        plain,
        joined,
        [_undisguised(clause, one="i", repeated=r"\1") for clause in joined],
        # "1" stands for "i" and for "l", a drawn-out letter for one and for two: each is read both ways.
        [_undisguised(clause, one="l", repeated=r"\1\1") for clause in joined],
    ):
        if texts not in seen:
            seen.append(texts)
            yield [[_word(token) for token in _TOKEN.findall(text)] for text in texts]


def _without_separators(found: re.Match[str]) -> str:
    return _SEPARATOR.sub("", found.group())


def _undisguised(clause: str, *, one: str, repeated: str) -> str:
    def plain(found: re.Match[str]) -> str:
        chunk = found.group()
        if chunk.isalpha() or _AGE.fullmatch(chunk):
            return chunk
        return chunk.rstrip("!").translate(_SIGNS).replace("1", one)

    text = _DISGUISED.sub(plain, clause)
    text = _ALL_ALIKE.sub(lambda found: found.group().translate(_ALIKE), text)
    return _REPEATED.sub(repeated, text)


def _word(token: str) -> str:
    """The token itself; for a number that is the age of a minor, if it is an age, the sign for it."""
    return MINOR_AGE if token.isdecimal() and len(token) < 3 and 0 < int(token) < _OF_AGE else token


# --- Rules -------------------------------------------------------------------------------------------------------


class _Texts(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    subject: str
    hint: str


class _RuleRow(BaseModel):
    """One row of `[[rule]]`: a category is found when each of `needs` is, and none of `unless`.

    An entry of `needs` may list alternatives (`a|b`). `within` is where they must stand together. `reach` is how many
    words a negation before them carries.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    category: PolicyCategory
    needs: list[str] = Field(min_length=1)
    unless: list[str] = []
    within: Literal["clause", "sentence"] = "sentence"
    reach: int = Field(default=4, ge=0)


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    words: dict[str, dict[str, list[str]]]
    rule: list[_RuleRow]
    refusal: dict[PolicyCategory, _Texts]


@dataclass(frozen=True, slots=True)
class _Hit:
    """A concept at a place; `negated` and `removed` are how many words before it a negation ("no") or an order to
    take away ("remove") stands, or None."""

    concept: str
    clause: int
    start: int
    words: str
    negated: int | None = None
    removed: int | None = None

    def affirmed(self, reach: int) -> bool:
        """Whether no negation reaches it. What is taken away still says what the picture is of."""
        return self.negated is None or self.negated > reach

    def wanted(self, reach: int) -> bool:
        return self.affirmed(reach) and (self.removed is None or self.removed > reach)


@dataclass(frozen=True, slots=True)
class _Rule:
    category: PolicyCategory
    needs: tuple[frozenset[str], ...]
    unless: frozenset[str]
    by_clause: bool
    reach: int

    def decide(self, hits: Sequence[_Hit], *, pictured: bool) -> list[_Hit] | None:
        """The hits that fulfil the rule, one for each need that words must fulfil; None when one is missing."""
        chosen: list[_Hit] = []
        for need in self.needs:
            if pictured and _PICTURED in need:
                continue
            hit = next((h for h in hits if h.concept in need and h.wanted(self.reach)), None)
            if hit is None:
                return None
            chosen.append(hit)
        return chosen


# Concepts with a part of their own in reading; all others mean only what the rules make of them.
_HARMLESS: Final = "harmless"
_NEGATION: Final = "negation"
_REMOVAL: Final = "removal"
_CONTRAST: Final = "contrast"
_ALTERNATIVE: Final = "alternative"
_MINOR: Final = "minor"
_PICTURED: Final = "pictured"
_USED_UP: Final = "·"
_LIST_WORDS: Final = 5
# How far a negation carries to what excuses or aggravates: "not for a museum", "without any children".
_CLOSE: Final = 2
_STEM_KEY: Final = 3


class _Index:
    """Terms by how they begin, for finding those that start at a word without trying all."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self._by_word: dict[str, list[Term]] = {}
        self._by_stem: dict[str, list[Term]] = {}
        for term in terms:
            first = term.parts[0]
            if first.endswith("*"):
                self._by_stem.setdefault(first[:_STEM_KEY], []).append(term)
            else:
                self._by_word.setdefault(first, []).append(term)

    def starting(self, words: list[str], start: int) -> Iterator[tuple[int, Term]]:
        """The terms that begin at a word, each with the index behind its last word."""
        word = words[start]
        following = words[start + 1] if start + 1 < len(words) else ""
        for term in (*self._by_word.get(word, ()), *self._by_stem.get(word[:_STEM_KEY], ())):
            # Most terms differ in their second word: this spares the full comparison.
            if len(term.parts) > 1 and term.parts[1][0] not in ("~", following[:1]):
                continue
            end = term.match(words, start)
            if end is not None:
                yield end, term


class Rulebook:
    """The word lists and rules of `policy.toml`. Raises ValueError when they do not fit together."""

    def __init__(self, data: _Data) -> None:
        terms = [Term(parts, tuple(sorted(concepts))) for parts, concepts in _terms(data.words).items()]
        self._harmless = _Index(term for term in terms if _HARMLESS in term.concepts)
        self._meaning = _Index(term for term in terms if term.concepts != (_HARMLESS,))
        self._rules = tuple(_rule(row, data.words.keys()) for row in data.rule)
        self.refusals = data.refusal
        if missing := set(PolicyCategory) - self.refusals.keys():
            raise ValueError(f"no refusal is written for {sorted(missing)}")

    @classmethod
    def from_toml(cls, text: str) -> Self:
        return cls(_Data.model_validate(tomllib.loads(text)))

    def findings(self, clauses: list[str], reading: Reading, *, person_pictured: bool) -> Iterator[Finding]:
        """Every rule fulfilled by one reading of the clauses, whatever the policy."""
        hits = self._hits(reading)
        minor = any(hit.concept == _MINOR and hit.affirmed(_CLOSE) for hit in hits)
        clause_by_clause = [list(group) for _, group in groupby(hits, key=lambda hit: hit.clause)]
        present = {hit.concept for hit in hits if hit.affirmed(_CLOSE)}
        for rule in self._rules:
            if rule.unless & present:
                continue
            for scope in clause_by_clause if rule.by_clause else [hits]:
                decisive = rule.decide(scope, pictured=person_pictured)
                if decisive:
                    words = tuple(dict.fromkeys(hit.words for hit in decisive))
                    grave = minor or rule.category in NEVER_RELAXED
                    yield Finding(rule.category, words, clauses[decisive[0].clause], grave)
                    break

    def _hits(self, reading: Reading) -> list[_Hit]:
        hits: list[_Hit] = []
        carried = False
        for number, words in enumerate(reading):
            left = self._without_harmless(words)
            found = [
                _Hit(concept, number, start, " ".join(words[start:end]))
                for start in range(len(left))
                for end, term in self._meaning.starting(left, start)
                for concept in term.concepts
            ]
            marked = _with_negation(found, carried=carried and _is_list(found, words))
            carried = any(hit.concept == _NEGATION for hit in found)
            hits += marked
        return hits

    def _without_harmless(self, words: list[str]) -> list[str]:
        """The words, with those of harmless phrases used up so that they mean nothing else; the longest wins."""
        left, at = list(words), 0
        while at < len(words):
            longest = max((end for end, _ in self._harmless.starting(words, at)), default=at)
            left[at:longest] = [_USED_UP] * (longest - at)
            at = max(longest, at + 1)
        return left


@cache
def default_rulebook() -> Rulebook:
    """The rulebook that ships with the package."""
    text = resources.files("bottega.intent").joinpath("policy.toml").read_text(encoding="utf-8")
    return Rulebook.from_toml(text)


def _terms(words: dict[str, dict[str, list[str]]]) -> dict[tuple[str, ...], set[str]]:
    terms: dict[tuple[str, ...], set[str]] = {}
    for concept, languages in words.items():
        for line in (line for lines in languages.values() for line in lines):
            parts = _parts(line)
            if not parts or parts[0] == "~" or (parts[0].endswith("*") and len(parts[0]) <= _STEM_KEY):
                raise ValueError(
                    f"“{line}” of {concept} is no term: too short a stem, or nothing to begin with"
                )
            terms.setdefault(parts, set()).add(concept)
    return terms


def _parts(line: str) -> tuple[str, ...]:
    """The parts of a term, cut as sentences are: `3d print*` -> `<18`, `d`, `print*`."""
    parts: list[str] = []
    for piece in line.split():
        tokens = [piece] if piece in ("~", MINOR_AGE) else [_word(t) for t in _TOKEN.findall(fold(piece))]
        parts += tokens[:-1] + [token + "*" * piece.endswith("*") for token in tokens[-1:]]
    return tuple(parts)


def _rule(row: _RuleRow, concepts: Iterable[str]) -> _Rule:
    needs = tuple(frozenset(need.split("|")) for need in row.needs)
    named = {concept for need in needs for concept in need} | set(row.unless)
    unknown = named - set(concepts) - {_PICTURED}
    if unknown:
        raise ValueError(f"a rule of {row.category.value} names concepts without words: {sorted(unknown)}")
    return _Rule(row.category, needs, frozenset(row.unless), row.within == "clause", row.reach)


def _with_negation(hits: list[_Hit], *, carried: bool) -> list[_Hit]:
    """Mark what stands behind a negation or a removal in its clause, up to a contrast ("but"), with the distance.
    `hits` are in the order of the clause."""
    negated = -1 if carried else None
    removed: int | None = None
    marked: list[_Hit] = []
    for start, group in groupby(hits, key=lambda hit: hit.start):
        here = list(group)
        concepts = {hit.concept for hit in here}
        if _CONTRAST in concepts:
            negated = removed = None
        from_negation = None if negated is None else start - negated
        from_removal = None if removed is None else start - removed
        marked += [
            _Hit(hit.concept, hit.clause, start, hit.words, from_negation, from_removal) for hit in here
        ]
        negated = start if _NEGATION in concepts else negated
        removed = start if _REMOVAL in concepts else removed
    return marked


def _is_list(hits: list[_Hit], words: list[str]) -> bool:
    """Whether a clause goes on with the list of the one before it: "no weapons, blood or gore"."""
    return len(words) <= _LIST_WORDS and any(hit.concept == _ALTERNATIVE for hit in hits)
