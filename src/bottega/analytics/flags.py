"""Feature flags with gradual rollout: the same user gets the same answer on every machine. Pure.

A user's place in a rollout is a hash of flag and user, so that raising the percentage only ever adds users, and
two flags do not always pick the same ones. Where the values come from is the caller's: the environment, a file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from types import MappingProxyType
from typing import Final, Self

from bottega.errors import InvalidOption

AI_CLASSIFICATION: Final = "ai_classification"
"""Whether the classifiers read a user's sentences, or the keyword rules: AI_CLASSIFICATION_ENABLED, AI_CLASSIFICATION_ROLLOUT_PERCENTAGE."""

_ENABLED: Final = "_ENABLED"
_PERCENTAGE: Final = "_ROLLOUT_PERCENTAGE"
_YES: Final = frozenset({"1", "true", "yes", "on"})
_NO: Final = frozenset({"0", "false", "no", "off", ""})


def stable_share(*names: str) -> float:
    """A number in [0, 1) that follows from the names alone, evenly spread: the first 53 bits of their SHA-256
    (as many as a float holds). Lengths are hashed with the names, so that ("ab", "c") is not ("a", "bc")."""
    digest = sha256(b"".join(b"%d:%b" % (len(raw), raw) for raw in (name.encode() for name in names)))
    return (int.from_bytes(digest.digest()[:8], "big") >> 11) / 2**53


def is_on(flag: str, user: str, percentage: float) -> bool:
    """Whether the flag is on for the user when it is rolled out to so many per cent (0: nobody, 100: everybody).

    Raises InvalidOption for a percentage that is not 0 to 100.
    """
    if not 0 <= percentage <= 100:
        raise InvalidOption(f"The rollout of {flag} cannot be {percentage:g} %: it is 0 to 100.", option=flag)
    return stable_share("flag", flag, user) * 100 < percentage


@dataclass(frozen=True, slots=True)
class Flag:
    """A switch, and for how many per cent of the users it counts while it is on."""

    enabled: bool = False
    percentage: float = 100.0


@dataclass(frozen=True, slots=True)
class Flags:
    """The flags of an installation by name in lower case. One that was never set is off."""

    table: Mapping[str, Flag] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def from_values(cls, values: Mapping[str, object], defaults: Mapping[str, Flag] | None = None) -> Self:
        """From names such as AI_CLASSIFICATION_ENABLED and AI_CLASSIFICATION_ROLLOUT_PERCENTAGE, in either case;
        other names are passed over. A flag with only a percentage is on for that many.

        Raises InvalidOption that names the value that cannot be read.
        """
        table = dict(defaults or {})
        upper = {name.upper(): value for name, value in values.items()}
        stems = {
            name.removesuffix(end) for name in upper for end in (_ENABLED, _PERCENTAGE) if name.endswith(end)
        }
        for stem in sorted(stems - {""}):
            known = table.get(stem.lower(), Flag(enabled=stem + _PERCENTAGE in upper))
            enabled, percentage = upper.get(stem + _ENABLED), upper.get(stem + _PERCENTAGE)
            table[stem.lower()] = Flag(
                known.enabled if enabled is None else _switch(stem + _ENABLED, enabled),
                known.percentage if percentage is None else _share(stem + _PERCENTAGE, percentage),
            )
        return cls(MappingProxyType(table))

    def is_on(self, flag: str, user: str) -> bool:
        """Whether the flag is on for this user."""
        known = self.table.get(flag.lower())
        return known is not None and known.enabled and is_on(flag.lower(), user, known.percentage)


def _switch(name: str, value: object) -> bool:
    text = str(value).strip().lower()
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise InvalidOption(f"{name} cannot be {value!r}.", hint="Say true or false.", option=name)


def _share(name: str, value: object) -> float:
    try:
        percentage = float(str(value).strip().removesuffix("%"))
    except ValueError:
        percentage = float("nan")
    if not 0 <= percentage <= 100:
        raise InvalidOption(f"{name} cannot be {value!r}.", hint="Give a number from 0 to 100.", option=name)
    return percentage
