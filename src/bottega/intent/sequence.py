"""The sequence model: small recurrent networks that read a sentence word by word, in numpy alone.

They see what the linear model cannot, order and scope ("not a video, just ..."). `training/intent/train.py`
trains them with torch and writes the file; the parity of the two is checked there. The file is checked by its hash
when it is loaded.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bottega.errors import ResourceError
from bottega.intent.tokens import Tokens

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SEQUENCE_FILE: Final = Path(__file__).with_name("sequence.npz")
TABLES: Final = ("word", "gram", "concept", "fact")
"""The lookup tables: kept as int8 with one scale for each column, and read row by row."""

_SMALL: Final = 1e-5
_BLOCK: Final = 1 << 18
"""OpenBLAS starts threads above so many multiplications (65536 times GEMM_MULTITHREAD_THRESHOLD, 4 by default), and
for a vector times a matrix much earlier. At these sizes threads cost more than they bring, on a busy machine ten
times more."""


@dataclass(frozen=True, slots=True)
class SequenceModel:
    """Networks of one shape, trained from different random beginnings, stacked along the first axis of every array.

    `tables`: lookup tables (int8, networks x places x width) and their scales; `weights`: float32; `labels` in the
    order of the scores; `share`: the weight of these scores beside the linear model's, 0 to 1."""

    tables: "Mapping[str, tuple[NDArray[np.int8], NDArray[np.float32]]]"
    weights: "Mapping[str, NDArray[np.float32]]"
    labels: tuple[str, ...]
    share: float

    def logits(self, tokens: Tokens) -> "NDArray[np.float32]":
        """Scores of the labels for a sentence: the mean of the networks' logarithms of probabilities."""
        import numpy as np

        weights = self.weights
        rows = len(tokens.words)
        facts = self._rows("fact", tokens.facts).sum(axis=1)
        read = self._rows("word", tokens.words) + _product(tokens.meaning[None], weights["meaning"])
        read += _summed(self._rows("gram", tokens.grams), tokens.gram_rows, rows, mean=True)
        read += _summed(self._rows("concept", tokens.concepts), tokens.concept_rows, rows, mean=False)
        read = _normalised(read + facts[:, None]) * weights["norm.scale"] + weights["norm.shift"]
        states = self._recur(read)
        heads = _product(states, weights["heads.weight"]) + weights["heads.bias"]
        heads = np.exp(heads - heads.max(axis=1, keepdims=True))
        pooled = (heads / heads.sum(axis=1, keepdims=True)).swapaxes(1, 2) @ states
        together = np.concatenate([pooled.reshape(len(states), -1), states.max(axis=1), facts], axis=1)
        scores = _product(_gelu(self._inner(together))[:, None], weights["outer.weight"])[:, 0]
        scores = scores + weights["outer.bias"][:, 0]
        scores = scores - scores.max(axis=1, keepdims=True)
        return (scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))).mean(axis=0)

    def _rows(self, name: str, places: list[int]) -> "NDArray[np.float32]":
        table, scale = self.tables[name]
        return table[:, places].astype("float32") * scale

    def _inner(self, together: "NDArray[np.float32]") -> "NDArray[np.float32]":
        """The layer above the pooled states, networks x units, in slices as wide as a state."""
        weight = self.weights["inner.weight"]
        count, units = len(together), weight.shape[2]
        slices = together.shape[1] // self.weights["norm.scale"].shape[-1]
        given = together.reshape(count, slices, 1, -1)
        found = _product(given, weight.reshape(count, slices, -1, units))
        return found.sum(axis=1)[:, 0] + self.weights["inner.bias"][:, 0]

    def _recur(self, read: "NDArray[np.float32]") -> "NDArray[np.float32]":
        """Gated recurrent units forward and backward (Cho et al. 2014), networks x rows x twice the width. All
        networks and both directions are walked together."""
        import numpy as np

        weights = self.weights
        given = _product(np.stack([read, read[:, ::-1]], axis=1), weights["input.weight"])
        given += weights["input.bias"]
        turn, shift = weights["state.weight"], weights["state.bias"]
        count, width = len(read), read.shape[2]
        state = np.zeros((count, 2, 1, width), np.float32)
        states = np.empty((count, 2, read.shape[1], width), np.float32)
        for row in range(read.shape[1]):
            now = given[:, :, row : row + 1]
            own = _product(state, turn) + shift
            gates = 1 / (1 + np.exp(-(now[..., : 2 * width] + own[..., : 2 * width])))
            fresh = np.tanh(now[..., 2 * width :] + gates[..., :width] * own[..., 2 * width :])
            state = fresh + gates[..., width:] * (state - fresh)
            states[:, :, row] = state[:, :, 0]
        return np.concatenate([states[:, 0], states[:, 1, ::-1]], axis=2)


def _product(rows: "NDArray[Any]", matrix: "NDArray[np.float32]") -> "NDArray[np.float32]":
    """`rows @ matrix` (... x rows x inner, ... x inner x columns) in blocks of at least two rows."""
    import numpy as np

    count, inner = rows.shape[-2:]
    size = max(2, min(count, _BLOCK // (inner * matrix.shape[-1])))
    blocks = -(-count // size)
    padded = np.zeros((*rows.shape[:-2], blocks * size, inner), np.float32)
    padded[..., :count, :] = rows
    found = padded.reshape(*rows.shape[:-2], blocks, size, inner) @ matrix[..., None, :, :]
    return found.reshape(*found.shape[:-3], blocks * size, -1)[..., :count, :]


def _summed(
    values: "NDArray[np.float32]", places: list[int], rows: int, *, mean: bool
) -> "NDArray[np.float32]":
    """The values of each row added up or averaged (networks x rows x width); `places` rise."""
    import numpy as np

    found = np.zeros((len(values), rows, values.shape[2]), np.float32)
    if places:
        own, starts, counts = np.unique(np.array(places), return_index=True, return_counts=True)
        sums = np.add.reduceat(values, starts, axis=1)
        found[:, own] = sums / counts[:, None] if mean else sums
    return found


def _normalised(values: "NDArray[np.float32]") -> "NDArray[np.float32]":
    import numpy as np

    centred = values - values.mean(axis=-1, keepdims=True)
    return centred / np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + _SMALL)


def _gelu(values: "NDArray[np.float32]") -> "NDArray[np.float32]":
    """The tanh form of Hendrycks and Gimpel 2016."""
    import numpy as np

    return 0.5 * values * (1 + np.tanh(0.7978845608 * (values + 0.044715 * values**3)))


def save(path: Path, arrays: "Mapping[str, NDArray[Any]]") -> None:
    """Write the arrays and the hash beside them. Tables have the names of `TABLES` and `<name>.scale`."""
    import numpy as np

    np.savez_compressed(path, **dict(arrays))  # pyright: ignore[reportArgumentType]
    path.with_suffix(".sha256").write_text(_digest(path) + "\n", encoding="ascii")


def load_sequence_model(path: Path = SEQUENCE_FILE) -> SequenceModel:
    """The model that ships with the package. Raises ResourceError when the file is not the one that was made."""
    import numpy as np

    if _digest(path) != path.with_suffix(".sha256").read_text(encoding="ascii").strip():
        raise ResourceError("The intent model file is damaged.", hint="Install Bottega again.")
    with np.load(path, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    tables = {name: (arrays.pop(name), arrays.pop(f"{name}.scale")) for name in TABLES}
    labels = tuple(str(label) for label in arrays.pop("labels"))
    share = float(arrays.pop("share"))
    weights = {name: values.astype(np.float32) for name, values in arrays.items()}
    return SequenceModel(tables, weights, labels, share)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@cache
def shipped_sequence_model() -> SequenceModel:
    return load_sequence_model()
