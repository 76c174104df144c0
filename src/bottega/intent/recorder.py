"""Classifies through a cache and keeps count: how many answers, how many from the cache, how fast, how many failed.

Everything is in memory and of this process alone. What a sentence means is left to the classifiers.
"""

import math
import threading
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from typing import Final

import structlog
from pydantic import Field

from bottega.domain.base import Value
from bottega.domain.intent import Intent, IntentContext
from bottega.errors import InputError, InvalidOption, ResourceError
from bottega.intent import Classifier, RuleClassifier, default_classifier
from bottega.intent.embedded import EmbeddedClassifier, is_shipped
from bottega.intent.normalise import clean

CACHED_MOST: Final = 1024
LATENCIES_KEPT: Final = 2048
log = structlog.get_logger(__name__)


class Latencies(Value):
    """Milliseconds from the question to the answer, cached answers included; percentiles by nearest rank over the
    last `samples` answers, all 0 while there are none."""

    samples: int = 0
    p50: float = 0.0
    p95: float = 0.0
    p99: float = 0.0
    maximum: float = 0.0


class IntentMetrics(Value):
    """Counts since `since` (seconds since the Unix epoch, UTC). Rates are shares of 1, and 0 while there is nothing.

    `classifications` are answers. `fallbacks` among them came from the rules because the default classifier could
    not be used. `refused` were the caller's to mend (an empty sentence); `errors` were faults here.
    """

    since: float
    classifications: int = 0
    cache_hits: int = 0
    fallbacks: int = 0
    refused: int = 0
    errors: int = 0
    cache_hit_rate: float = 0.0
    fallback_rate: float = 0.0
    error_rate: float = 0.0
    latency_ms: Latencies = Latencies()
    by_workflow: dict[str, int] = Field(default_factory=dict[str, int])
    by_classifier: dict[str, int] = Field(default_factory=dict[str, int])


class IntentRecorder:
    """May be used from any thread. `default` gives the classifier that answers where none is named."""

    def __init__(self, default: Callable[[], Classifier] = default_classifier) -> None:
        self._default = default
        self._lock = threading.Lock()
        self._named: dict[str, Classifier] = {"rules": RuleClassifier()}
        if is_shipped():
            self._named["embedded"] = EmbeddedClassifier()
        self.reset()

    def reset(self) -> None:
        """Count from nothing again, with an empty cache."""
        with self._lock:
            self._since = time.time()
            self._counts: Counter[str] = Counter()
            self._workflows: Counter[str] = Counter()
            self._classifiers: Counter[str] = Counter()
            self._latencies: deque[float] = deque(maxlen=LATENCIES_KEPT)
            self._cache: OrderedDict[tuple[str, str, IntentContext], Intent] = OrderedDict()

    def classify(self, prompt: str, context: IntentContext, classifier: str | None = None) -> Intent:
        """What the sentence wants, by the default classifier or the one named.

        When the default one cannot be used, the rules answer, and the intent says so in `classifier`. Raises
        InputError for an empty or too long sentence, InvalidOption for a classifier that is not here.
        """
        started = time.perf_counter()
        try:
            intent = self._answer(prompt, context, classifier)
        except InputError:
            self._count("refused")
            raise
        except Exception:
            self._count("errors")
            raise
        with self._lock:
            self._counts["classifications"] += 1
            self._workflows[intent.workflow.value] += 1
            self._classifiers[intent.classifier] += 1
            self._latencies.append((time.perf_counter() - started) * 1000)
        return intent

    def metrics(self) -> IntentMetrics:
        with self._lock:
            counts, taken = Counter(self._counts), sorted(self._latencies)
            workflows, classifiers = dict(self._workflows), dict(self._classifiers)
            since = self._since
        answered, failed = counts["classifications"], counts["errors"]
        return IntentMetrics(
            since=since,
            classifications=answered,
            cache_hits=counts["cache_hits"],
            fallbacks=counts["fallbacks"],
            refused=counts["refused"],
            errors=failed,
            cache_hit_rate=_share(counts["cache_hits"], answered),
            fallback_rate=_share(counts["fallbacks"], answered),
            error_rate=_share(failed, answered + failed),
            latency_ms=_latencies(taken),
            by_workflow=workflows,
            by_classifier=classifiers,
        )

    def _answer(self, prompt: str, context: IntentContext, name: str | None) -> Intent:
        classifier = self._default() if name is None else self._find(name)
        # All classifiers read the cleaned sentence, so two that are cleaned to the same get the same answer.
        key = (classifier.name, clean(prompt), context)
        with self._lock:
            known = self._cache.get(key)
            if known is not None:
                self._cache.move_to_end(key)
                self._counts["cache_hits"] += 1
                return known
        try:
            intent = classifier.classify(prompt, context)
        except ResourceError as error:
            if name is not None:
                raise
            log.warning("intent.fallback", classifier=classifier.name, error=error.message)
            self._count("fallbacks")
            return self._named["rules"].classify(prompt, context)
        if not intent.flagged:  # content made for an interpreter is not kept
            with self._lock:
                self._cache[key] = intent
                if len(self._cache) > CACHED_MOST:
                    self._cache.popitem(last=False)
        return intent

    def _find(self, name: str) -> Classifier:
        if name not in self._named:
            raise InvalidOption(
                f"There is no classifier {name[:80]!r} here.", hint=f"There are: {', '.join(self._named)}."
            )
        return self._named[name]

    def _count(self, what: str) -> None:
        with self._lock:
            self._counts[what] += 1


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def _latencies(taken: list[float]) -> Latencies:
    """From milliseconds in ascending order."""
    if not taken:
        return Latencies()

    def at(share: float) -> float:
        return round(taken[math.ceil(share * len(taken)) - 1], 3)

    return Latencies(samples=len(taken), p50=at(0.5), p95=at(0.95), p99=at(0.99), maximum=at(1.0))
