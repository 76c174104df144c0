"""The embedded classifier, in numpy alone: a linear model over n-grams, concepts and the pictures at hand, and a
sequence model that sees order and scope. Their logarithms of probabilities are added, each with its share.

The reasons it gives are the features that spoke most for the answer in the linear model. Both are trained by
`training/intent/train.py`; the model files are checked by their hashes when they are loaded.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bottega.domain.intent import Intent, IntentContext, WorkClass
from bottega.errors import ResourceError
from bottega.intent.context import CONTEXT_RULES, ContextRule, Cues, apply_context
from bottega.intent.details import web_search_query
from bottega.intent.features import Features, features_of, place_of
from bottega.intent.lexicon import Lexicon, Reading
from bottega.intent.sentence import Sentence, intent_of, ranked, read_sentence
from bottega.intent.sequence import SEQUENCE_FILE, SequenceModel, shipped_sequence_model
from bottega.intent.tokens import tokens_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MODEL_FILE: Final = Path(__file__).with_name("embedded.npz")
OUT_OF_SCOPE: Final = "out_of_scope"
_REASONS: Final = 3
_SHORTEST_WORD: Final = 4
# Concepts of the lexicon that hold a sentence together and name nothing.
_GRAMMAR: Final = frozenset(
    {"article", "preposition", "deixis", "self", "question", "asking", "contrast", "negation", "sequence"}
    | {"negation_behind", "preserve", "nothing"}
)
# The models see the pictures at hand themselves. Of the context rules only those are kept that cost nothing in
# cross-validation; the others took away more right answers than wrong ones ("leave my photo, a clip of a comet").
_KEPT_RULES: Final = frozenset(
    {"laser ordered", "cut out of a picture", "clip at hand", "nothing to restyle", "nothing to edit"}
)
_RULES: Final = tuple(rule for rule in CONTEXT_RULES if rule.name in _KEPT_RULES)


@dataclass(frozen=True, slots=True)
class LinearModel:
    """`places`: the used feature places, sorted; `table`: places x labels, int8 times `scale` (per label)."""

    places: "NDArray[np.int32]"
    table: "NDArray[np.int8]"
    scale: "NDArray[np.float32]"
    bias: "NDArray[np.float32]"
    labels: tuple[str, ...]
    temperature: float

    @classmethod
    def from_floats(
        cls,
        places: "NDArray[Any]",
        table: "NDArray[np.float32]",
        bias: "NDArray[np.float32]",
        labels: "list[str]",
        temperature: float,
    ) -> "LinearModel":
        """Quantise: 127 steps each way per label; places whose weights all vanish are dropped."""
        import numpy as np

        scale = np.maximum(np.abs(table).max(axis=0), 1e-9).astype(np.float32) / 127
        small = np.clip(np.rint(table / scale), -127, 127).astype(np.int8)
        kept = np.any(small, axis=1)
        return cls(places[kept].astype(np.int32), small[kept], scale, bias, tuple(labels), temperature)

    def with_temperature(self, temperature: float) -> "LinearModel":
        return replace(self, temperature=temperature)

    def rows_at(self, places: "NDArray[Any]") -> "tuple[NDArray[np.intp], NDArray[np.float32]]":
        """Which of the hashed features the model knows (their indices in `places`), and the weights of those,
        features x labels."""
        import numpy as np

        found = np.searchsorted(self.places, places)
        found[found == len(self.places)] = 0
        known = np.flatnonzero(self.places[found] == places)
        return known, self.table[found[known]].astype(np.float32) * self.scale

    def logits_at(self, places: "NDArray[Any]", values: "NDArray[Any]") -> "NDArray[np.float32]":
        """Scores of the labels for hashed features, before the temperature."""
        known, rows = self.rows_at(places)
        return values[known].astype("float32") @ rows + self.bias

    def save(self, path: Path) -> None:
        import numpy as np

        np.savez_compressed(
            path,
            places=self.places,
            table=self.table,
            scale=self.scale,
            bias=self.bias,
            labels=np.array(self.labels),
            temperature=np.float64(self.temperature),
        )
        path.with_suffix(".sha256").write_text(_digest(path) + "\n", encoding="ascii")


def load_model(path: Path = MODEL_FILE) -> LinearModel:
    """The model that ships with the package. Raises ResourceError when the file is not the one that was made."""
    import numpy as np

    expected = path.with_suffix(".sha256").read_text(encoding="ascii").strip()
    if _digest(path) != expected:
        raise ResourceError("The intent model file is damaged.", hint="Install Bottega again.")
    with np.load(path, allow_pickle=False) as file:
        return LinearModel(
            file["places"],
            file["table"],
            file["scale"],
            file["bias"],
            tuple(str(label) for label in file["labels"]),
            float(file["temperature"]),
        )


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@cache
def shipped_model() -> LinearModel:
    return load_model()


def is_shipped() -> bool:
    folder = resources.files("bottega.intent")
    return all(folder.joinpath(file.name).is_file() for file in (MODEL_FILE, SEQUENCE_FILE))


def log_softmax(scores: "NDArray[Any]") -> "NDArray[Any]":
    """Logarithms of the probabilities of scores (... x labels)."""
    import numpy as np

    scores = scores - scores.max(axis=-1, keepdims=True)
    return scores - np.log(np.exp(scores).sum(axis=-1, keepdims=True))


class EmbeddedClassifier:
    """The default classifier. Deterministic; the first call loads the models (some hundred milliseconds).

    `model` and `sequence` are those of the package unless given.
    """

    name = "embedded"

    def __init__(
        self,
        model: LinearModel | None = None,
        lexicon: Lexicon | None = None,
        sequence: SequenceModel | None = None,
    ) -> None:
        self._model = model
        self._lexicon = lexicon
        self._sequence = sequence

    def classify(self, prompt: str, context: IntentContext) -> Intent:
        """What the sentence wants. `confidence` is calibrated: of the answers given at 0.9, nine in ten are right.

        Raises InputError for an empty sentence and for one above `normalise.MAX_CHARACTERS`.
        """
        sentence = read_sentence(prompt, context, self._lexicon)
        reading, cues, names = sentence.reading, sentence.cues, sentence.names
        reckoning = self._reckon(sentence)
        label, _, moved, fired = _settle(reckoning.chances, cues, context)
        outside = label == OUT_OF_SCOPE
        return intent_of(
            sentence,
            moved,
            classifier=self.name,
            reasoning=_reasoning(label, reckoning, reading, fired),
            outside=outside,
            query=None if outside else web_search_query(ranked(moved)[0], names, reading),
        )

    def decide(self, prompt: str, context: IntentContext, chances: dict[str, float]) -> tuple[str, float]:
        """The label (a work class or `out_of_scope`) and its probability, from given probabilities and the
        context rules: for measuring the model as it is used."""
        sentence = read_sentence(prompt, context, self._lexicon)
        label, probability, _, _ = _settle(chances, sentence.cues, context)
        return label, probability

    def _reckon(self, sentence: Sentence) -> "_Reckoning":
        import numpy as np

        model = self._model or shipped_model()
        sequence = self._sequence or shipped_sequence_model()
        parts = (sentence.text, sentence.reading, sentence.cues, sentence.names, sentence.context)
        features: Features = features_of(*parts)
        names = list(features)
        places = np.fromiter((place_of(name) for name in names), np.int64, len(names))
        values = np.fromiter(features.values(), np.float32, len(names))
        known, rows = model.rows_at(places)
        spoken = values[known, None] * rows
        linear = log_softmax(spoken.sum(axis=0) + model.bias)
        logits = (1 - sequence.share) * linear + sequence.share * sequence.logits(tokens_of(*parts))
        powers = np.exp(log_softmax(logits / model.temperature))
        chances = dict(zip(model.labels, (float(power) for power in powers), strict=True))
        return _Reckoning(chances, [names[place] for place in known], spoken, model.labels)


def _settle(
    chances: Mapping[str, float], cues: Cues, context: IntentContext
) -> tuple[str, float, dict[WorkClass, float], tuple[ContextRule, ...]]:
    """The label (a work class or `out_of_scope`) and its probability, after the context rules; the classes'
    probabilities, and the rules that decided."""
    classes = {WorkClass(name): chance for name, chance in chances.items() if name != OUT_OF_SCOPE}
    moved, fired = apply_context(classes, cues, context, _RULES)
    first = ranked(moved)[0]
    if chances[OUT_OF_SCOPE] > moved[first]:
        return OUT_OF_SCOPE, chances[OUT_OF_SCOPE], moved, fired
    return first.value, moved[first], moved, fired


@dataclass(frozen=True, slots=True)
class _Reckoning:
    """How an answer came about: what each known feature (`names`) said for each label."""

    chances: dict[str, float]
    names: list[str]
    spoken: "NDArray[np.float32]"
    labels: tuple[str, ...]


def _reasoning(label: str, reckoning: _Reckoning, reading: Reading, fired: tuple[ContextRule, ...]) -> str:
    """One sentence: the words and facts that spoke most for the answer, and the context rules that decided."""
    if label == OUT_OF_SCOPE:
        return "This does not ask for pictures or clips."
    decisive = {label} | {
        source.value for rule in fired for source, goal in rule.moves.items() if goal.value == label
    }
    columns = [reckoning.labels.index(name) for name in decisive]
    gains = reckoning.spoken[:, columns].max(axis=1) - reckoning.spoken.mean(axis=1)
    told: list[str] = []
    order: list[int] = gains.argsort()[::-1].tolist()
    for place in order:
        if gains[place] <= 0 or len(told) == _REASONS:
            break
        said = _in_words(reckoning.names[place], reading)
        if said is not None and said.casefold() not in {other.casefold() for other in told}:
            told.append(said)
    sentence = f"What decided: {', '.join(told)}." if told else "No single word decided."
    rules = list(dict.fromkeys(rule.sentence for rule in fired))
    return sentence + (f" And {' and '.join(rules)}." if rules else "")


def _in_words(feature: str, reading: Reading) -> str | None:
    """A feature in the sentence's own words, in quotes; None for those that say nothing to a person."""
    kind, _, name = feature.partition(":")
    if kind in ("c", "c1", "n", "n1"):
        refused = kind.startswith("n")
        for hit in reading.hits:
            if hit.concept == name and hit.negated == refused and name not in _GRAMMAR:
                return f"not “{hit.words}”" if refused else f"“{hit.words}”"
        return None
    grammar = {hit.words.casefold() for hit in reading.hits if hit.concept in _GRAMMAR}
    if kind == "w" and " " not in name and len(name) >= _SHORTEST_WORD and name not in grammar:
        return f"“{name}”"
    return None
