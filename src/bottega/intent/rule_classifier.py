"""The keyword rules as a classifier: no model, no download, below a millisecond for an ordinary sentence."""

from typing import Final

from bottega.domain.intent import Intent, IntentContext, WorkClass
from bottega.intent.context import ContextRule, apply_context
from bottega.intent.details import is_out_of_scope, web_search_query
from bottega.intent.lexicon import Lexicon
from bottega.intent.rules import Evidence, softmax, weigh
from bottega.intent.sentence import intent_of, ranked, read_sentence

# Found on the development sentences of tests/intent: confidence and share of right answers agree best there.
TEMPERATURE: Final = 1.0
_WORDS_SHOWN: Final = 3
_RULES_SHOWN: Final = 2


class RuleClassifier:
    """Scores the classes by a lexicon and a table of rules. Deterministic and without state."""

    name = "rules"

    def __init__(self, lexicon: Lexicon | None = None) -> None:
        self._lexicon = lexicon

    def classify(self, prompt: str, context: IntentContext) -> Intent:
        """What the sentence wants. `confidence` is a probability: below 0.5 when the sentence is vague.

        Raises InputError for an empty sentence and for one above `normalise.MAX_CHARACTERS`.
        """
        sentence = read_sentence(prompt, context, self._lexicon)
        reading, cues, names = sentence.reading, sentence.cues, sentence.names
        scores, evidence = weigh(reading, context, cues, names)
        probabilities, fired = apply_context(softmax(scores, TEMPERATURE), cues, context)
        first = ranked(probabilities)[0]
        outside = is_out_of_scope(reading)
        return intent_of(
            sentence,
            probabilities,
            classifier=self.name,
            reasoning=_reasoning(first, evidence, fired, outside),
            outside=outside,
            query=web_search_query(first, names, reading),
        )


def _reasoning(
    winner: WorkClass, evidence: tuple[Evidence, ...], fired: tuple[ContextRule, ...], outside: bool
) -> str:
    """One sentence: which words decided, and which rule about the pictures at hand."""
    if outside:
        return "This does not ask for pictures or clips."
    decisive = {winner} | {source for rule in fired for source, goal in rule.moves.items() if goal is winner}
    weighed = sorted(
        ((max(e.rule.adds.get(c, 0.0) for c in decisive) * e.strength, e) for e in evidence if e.rule.says),
        key=lambda pair: -pair[0],
    )
    parts: list[str] = []
    for points, item in weighed:
        if points <= 0 or len(parts) == _RULES_SHOWN:
            break
        quoted = _listed([f"“{word}”" for word in item.words[:_WORDS_SHOWN]])
        says = _plural(item.rule.says) if len(item.words[:_WORDS_SHOWN]) > 1 else item.rule.says
        part = f"{quoted or 'the sentence'} {says}"
        if part not in parts:
            parts.append(part)
    if not parts:
        parts = ["no word says clearly what is wanted"]
    context = [rule.sentence for rule in fired if winner in rule.moves.values()]
    sentence = ", ".join(parts) + ("; " + ", ".join(dict.fromkeys(context)) if context else "")
    return sentence[0].upper() + sentence[1:] + "."


def _listed(items: list[str]) -> str:
    return " and ".join(part for part in (", ".join(items[:-1]), *items[-1:]) if part)


def _plural(says: str) -> str:
    verb, _, rest = says.partition(" ")
    return f"{'are' if verb == 'is' else verb.removesuffix('s')} {rest}"
