"""Static word-piece vectors: the meaning of words that no training sentence had.

The table was made once from all-MiniLM-L6-v2 (sentence-transformers, Apache-2.0) by `training/intent/make_vectors.py`.
Its vocabulary is English; words of other languages fall into pieces that say little.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bottega.errors import ResourceError
from bottega.intent.normalise import fold

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TABLE_FILE: Final = Path(__file__).with_name("token_vectors.npz")
_TOKEN = re.compile(r"\w+|[^\w\s]")
_LONGEST_WORD: Final = 40
_MOST_TOKENS: Final = 300


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """`table`: pieces x dimensions, int8 times `scale`; `places`: piece -> row, as WordPiece writes them."""

    table: "NDArray[np.int8]"
    scale: "NDArray[np.float32]"
    places: dict[str, int]

    def mean(self, text: str) -> "NDArray[np.float32]":
        """The average vector of a sentence's pieces, scaled to length one; zeros when it has none."""
        import numpy as np

        found = [place for token in _tokens(text) for place in self._pieces(token)]
        if not found:
            return np.zeros(len(self.scale), np.float32)
        mean = self.table[found].astype(np.float32).mean(axis=0) * self.scale
        return mean / max(float(np.linalg.norm(mean)), 1e-9)

    def of_words(self, words: Sequence[str]) -> "NDArray[np.float32]":
        """The vector of each folded word, the average of its pieces (words x dimensions); zeros for one that cannot be
        put together."""
        import numpy as np

        pieces = [self._pieces(word[:_LONGEST_WORD]) for word in words]
        found = np.zeros((len(words), len(self.scale)), np.float32)
        for row, places in enumerate(pieces):
            if places:
                found[row] = self.table[places].astype(np.float32).mean(axis=0)
        return found * self.scale

    def _pieces(self, word: str) -> list[int]:
        """The longest known beginning, then the longest known continuation, and so on (WordPiece); nothing for a
        word that cannot be put together."""
        pieces: list[int] = []
        start = 0
        while start < len(word):
            end = len(word)
            while end > start:
                piece = word[start:end] if start == 0 else f"##{word[start:end]}"
                if piece in self.places:
                    break
                end -= 1
            else:
                return []
            pieces.append(self.places[piece])
            start = end
        return pieces


def _tokens(text: str) -> list[str]:
    tokens = [token for token in _TOKEN.findall(fold(text)) if len(token) <= _LONGEST_WORD]
    half = _MOST_TOKENS // 2
    return tokens if len(tokens) <= _MOST_TOKENS else [*tokens[:half], *tokens[-half:]]


@cache
def token_vectors() -> TokenVectors:
    """The table that ships with the package. Raises ResourceError when the file is not the one that was made."""
    import numpy as np

    expected = TABLE_FILE.with_suffix(".sha256").read_text(encoding="ascii").strip()
    if hashlib.sha256(TABLE_FILE.read_bytes()).hexdigest() != expected:
        raise ResourceError("The file of token vectors is damaged.", hint="Install Bottega again.")
    with np.load(TABLE_FILE, allow_pickle=False) as file:
        vocabulary = file["vocabulary"].tobytes().decode().split("\n")
        return TokenVectors(
            file["table"], file["scale"], {piece: place for place, piece in enumerate(vocabulary)}
        )
