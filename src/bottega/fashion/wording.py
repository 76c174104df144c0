"""Words that may not occur in what is said to a person about their body; for our own texts and for those of models."""

import re

UNFIT: tuple[str, ...] = (
    "fat", "fatter", "fatty", "skinny", "chubby", "obese", "obesity", "overweight", "underweight", "plump", "flabby", "bulky",
    "slim", "slimmer", "slimming", "slender", "thin", "thinner", "chunky", "stocky", "curvy", "heavyset", "weight", "bmi", "kg",
    "ugly", "unattractive", "attractive", "beautiful", "flaw", "flaws", "flawed", "imperfection", "imperfections", "problem area",
    "problem areas", "problem zone", "hide your", "conceal", "camouflage", "unflattering", "flattering", "flatter", "flatters",
    "too big for you", "too small for you", "your body is", "bad body", "good body", "perfect body", "ideal body", "normal body",
    "pear-shaped", "apple-shaped", "pear shape", "apple shape", "diet", "belly", "muffin top", "love handles", "old-looking",
)  # fmt: skip
"""Judgements of bodies, weight and beauty, and fruit names of shapes. Whole words, any case."""
_PATTERN = re.compile(
    r"(?<![\w-])(?:"
    + "|".join(re.escape(word) for word in sorted(UNFIT, key=len, reverse=True))
    + r")(?![\w-])",
    re.IGNORECASE,
)


def unfit_words(text: str) -> tuple[str, ...]:
    """The words of `UNFIT` that occur in `text`."""
    return tuple(found.lower() for found in _PATTERN.findall(text))
