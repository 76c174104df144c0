"""Style sheets of an SVG written into the `style` attribute of the elements that they are about.

Of CSS what drawing programs write: selectors of types, classes and ids, within and directly within others, lists,
`!important`, rules for the screen. What else a sheet says is left out and told. Cascade: W3C, CSS Cascading and
Inheritance Level 3, section 6.
"""

import re
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bottega.errors import TooLarge

MAX_RULES = 10_000
MAX_CHECKS = 5_000_000
"""Rules tried on elements: what a hostile sheet over many elements may cost, some seconds."""

IMPORTED = "The SVG imports a style sheet, which is not fetched: its colours may be other than shown."
NOT_READ = "The SVG's style sheet has rules that are not understood: check what is cut and what is engraved."

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.DOTALL)
_SIMPLE = re.compile(r"([.#]?)([\w-]+|\*)")
_COMPOUND = re.compile(r"(?:[\w-]++|\*)?(?:[.#][\w-]++)*+")
_NEVER = re.compile(r":(?:hover|active|focus|visited|link)\b")
"""States that a drawing at rest is not in."""
_SHOWN_ON = re.compile(r"\s*(?:(?:only\s+)?(?:all|screen))?\s*", re.IGNORECASE)

Declarations = dict[str, tuple[str, bool]]
"""Value of each property, and whether it is `!important`."""


@dataclass(frozen=True, slots=True)
class _Compound:
    """What one element must be; `direct`: it is the parent of what stands to its right, not any ancestor."""

    tag: str
    identity: str
    classes: frozenset[str]
    direct: bool = False

    def fits(self, element: ET.Element) -> bool:
        return (
            self.tag in ("", "*", _tag(element))
            and self.identity in ("", element.get("id", ""))
            and self.classes <= _classes(element)
        )


@dataclass(frozen=True, slots=True)
class _Rule:
    """`parts` from the element outwards. `weight`: how specific, then which came later."""

    parts: tuple[_Compound, ...]
    declarations: Declarations
    weight: tuple[int, int, int, int]


@dataclass(slots=True)
class _Sheet:
    rules: list[_Rule] = field(default_factory=list[_Rule])
    notes: list[str] = field(default_factory=list[str])

    def add(self, selectors: str, declarations: Declarations) -> None:
        for selector in selectors.split(","):
            parts = _selector(selector)
            if parts is None:
                if not _NEVER.search(selector):
                    self.notes.append(NOT_READ)
                continue
            if len(self.rules) >= MAX_RULES:
                raise TooLarge(f"The SVG's style sheet has more than {MAX_RULES} rules.")
            weight = (
                sum(bool(p.identity) for p in parts),
                sum(len(p.classes) for p in parts),
                sum(p.tag not in ("", "*") for p in parts),
                len(self.rules),
            )
            self.rules.append(_Rule(parts, declarations, weight))


def inline_styles(root: ET.Element) -> list[str]:
    """Moves what the document's style sheets say into its elements; returns what could not be taken over, in words.

    Raises TooLarge above `MAX_RULES` or `MAX_CHECKS`.
    """
    parents = {child: parent for parent in root.iter() for child in parent}
    sheet = _Sheet()
    for element in [e for e in root.iter() if _tag(e) == "style"]:
        if _SHOWN_ON.fullmatch(element.get("media", "")):
            _read("".join(element.itertext()), sheet)
        parents[element].remove(element)
    if sheet.rules:
        _apply(root, parents, sheet.rules)
    return sheet.notes


def declarations_of(text: str) -> Declarations:
    """The properties of a `style` attribute or of a rule's block."""
    found: Declarations = {}
    for part in text.split(";"):
        name, colon, value = part.partition(":")
        if colon:
            value, mark, _ = value.partition("!")
            found[name.strip().lower()] = (value.strip(), bool(mark))
    return found


# --- Reading a sheet -----------------------------------------------------------------------------------------


def _read(text: str, sheet: _Sheet) -> None:
    for head, block in _blocks(_COMMENT.sub(" ", text)):
        if not head.startswith("@"):
            sheet.add(head, declarations_of(block))
        elif head.startswith("@import"):
            sheet.notes.append(IMPORTED)
        elif head.startswith("@media"):
            if _SHOWN_ON.fullmatch(head[6:]):
                _read(block, sheet)
            elif "print" not in head:
                sheet.notes.append(NOT_READ)


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    """Each statement's head and what stands in its braces, braces within included."""
    start = at = depth = 0
    head = ""
    for mark in re.finditer(r"[{};]", text):
        at = mark.start()
        if mark[0] == "{":
            if depth == 0:
                head, start = text[start:at].strip(), at + 1
            depth += 1
        elif mark[0] == "}":
            depth = max(depth - 1, 0)
            if depth == 0:
                if head:
                    yield head, text[start:at]
                head, start = "", at + 1
        elif depth == 0:
            if statement := text[start:at].strip():
                yield statement, ""
            start = at + 1
    if depth and head:
        yield head, text[start:].rstrip("}")


def _selector(text: str) -> tuple[_Compound, ...] | None:
    """The compounds of a selector from its right end; None for what is not understood."""
    words = text.replace(">", " > ").split()
    parts: list[_Compound] = []
    direct = False
    for word in reversed(words):
        if word == ">":
            if direct or not parts:
                return None
            direct = True
            continue
        if not _COMPOUND.fullmatch(word):
            return None
        simple = [(match[1], match[2]) for match in _SIMPLE.finditer(word)]
        parts.append(
            _Compound(
                tag=next((name for kind, name in simple if not kind), ""),
                identity=next((name for kind, name in simple if kind == "#"), ""),
                classes=frozenset(name for kind, name in simple if kind == "."),
                direct=direct,
            )
        )
        direct = False
    return tuple(parts) if parts and not direct else None


# --- The cascade ---------------------------------------------------------------------------------------------


def _apply(root: ET.Element, parents: dict[ET.Element, ET.Element], rules: Iterable[_Rule]) -> None:
    index: defaultdict[str, list[_Rule]] = defaultdict(list)
    for rule in rules:
        index[_key(rule.parts[0])].append(rule)
    checks = 0
    for element in root.iter():
        keys = ["#" + element.get("id", ""), *("." + name for name in _classes(element)), _tag(element), "*"]
        candidates = [rule for key in keys for rule in index.get(key, ())]
        checks += sum(len(rule.parts) for rule in candidates)
        if checks > MAX_CHECKS:
            raise TooLarge("The SVG's style sheet has too many rules for so many elements.")
        found = [rule for rule in candidates if _matches(rule.parts, element, parents)]
        if found:
            _write(element, sorted(found, key=lambda rule: rule.weight))


def _write(element: ET.Element, rules: Iterable[_Rule]) -> None:
    """The declarations of rules, the weightiest last, and of the element's own `style` as its `style`."""
    own = declarations_of(element.get("style", ""))
    final: Declarations = {}
    for declared in (*(rule.declarations for rule in rules), own):
        for name, (value, important) in declared.items():
            if important or not final.get(name, ("", False))[1]:
                final[name] = value, important
    element.set("style", ";".join(f"{name}:{value}" for name, (value, _) in final.items()))


def _key(part: _Compound) -> str:
    """Under which name a rule is looked up: the rarest that its element must have."""
    if part.identity:
        return "#" + part.identity
    return "." + min(part.classes) if part.classes else part.tag or "*"


def _matches(
    parts: tuple[_Compound, ...], element: ET.Element, parents: dict[ET.Element, ET.Element]
) -> bool:
    if not parts[0].fits(element):
        return False
    # All elements that the parts so far can end at: at most as many as the document is deep.
    ends = {element}
    for part in parts[1:]:
        above: set[ET.Element] = set()
        for end in ends:
            ancestor = parents.get(end)
            while ancestor is not None and ancestor not in above:
                if part.fits(ancestor):
                    above.add(ancestor)
                if part.direct:
                    break
                ancestor = parents.get(ancestor)
        ends = above
    return bool(ends)


def _classes(element: ET.Element) -> frozenset[str]:
    return frozenset(element.get("class", "").split())


def _tag(element: ET.Element) -> str:
    return str(element.tag).rpartition("}")[2]
