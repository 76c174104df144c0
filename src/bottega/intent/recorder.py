"""Classifies through a cache and keeps count: how many answers, how many from the cache, how fast, how many failed.

The counts are of this process alone. What a sentence means is left to the classifiers.
"""

import math
import threading
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from typing import Any, Final, Protocol

import structlog
from pydantic import Field, ValidationError

from bottega.domain.base import Value
from bottega.domain.intent import Intent, IntentContext
from bottega.domain.money import MicroUsd
from bottega.errors import InputError, InvalidOption, ResourceError
from bottega.intent import Classifier, RuleClassifier, default_classifier
from bottega.intent.embedded import EmbeddedClassifier, is_shipped
from bottega.intent.llm_classifier import Cascade
from bottega.intent.normalise import clean
from bottega.llm import Spending

CACHED_MOST: Final = 1024
LATENCIES_KEPT: Final = 2048
log = structlog.get_logger(__name__)


class Kept(Protocol):
    """Where readings that were paid for are kept for other processes, by owner."""

    async def get(self, key: str, *, owner: str = "") -> Any: ...

    async def put(self, key: str, value: Any, *, owner: str = "") -> None: ...


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

    `classifications` are answers. `fallbacks` among them came from another classifier than the first because that
    one could not be used. `refused` were the caller's to mend (an empty sentence); `errors` were faults here. `cost`
    of language models in micro-dollars.
    """

    since: float
    classifications: int = 0
    cache_hits: int = 0
    fallbacks: int = 0
    refused: int = 0
    errors: int = 0
    cost: MicroUsd = 0
    cache_hit_rate: float = 0.0
    fallback_rate: float = 0.0
    error_rate: float = 0.0
    latency_ms: Latencies = Latencies()
    by_workflow: dict[str, int] = Field(default_factory=dict[str, int])
    by_classifier: dict[str, int] = Field(default_factory=dict[str, int])


class IntentRecorder:
    """`default` gives the classifier that answers where none is named and no language model is set up; `cascade` is
    the one that asks a language model first. Readings are remembered for `seconds` (0: not at all) in this process,
    those of a language model also in `kept`: an embedded reading costs less than looking it up elsewhere.
    """

    def __init__(
        self,
        default: Callable[[], Classifier] = default_classifier,
        *,
        cascade: Cascade | None = None,
        kept: Kept | None = None,
        seconds: float = 3600.0,
    ) -> None:
        self._default = default
        self._cascade = cascade
        self._kept = kept
        self._seconds = seconds
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
            self._cache: OrderedDict[tuple[str, ...], tuple[float, Intent]] = OrderedDict()

    @property
    def asks_language_model(self) -> bool:
        return self._cascade is not None

    async def classify(
        self,
        prompt: str,
        context: IntentContext,
        classifier: str | None = None,
        *,
        owner: str = "",
        spend: Spending | None = None,
    ) -> Intent:
        """What the sentence wants, by the first classifier that can be used, or the one named.

        The intent says in `classifier` which one it was. A language model is paid for through `spend`. Raises
        InputError for an empty or too long sentence, InvalidOption for a classifier that is not here.
        """
        started = time.perf_counter()
        try:
            intent = await self._answer(prompt, context, classifier, owner, spend)
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
            cost=counts["cost"],
            cache_hit_rate=_share(counts["cache_hits"], answered),
            fallback_rate=_share(counts["fallbacks"], answered),
            error_rate=_share(failed, answered + failed),
            latency_ms=_latencies(taken),
            by_workflow=workflows,
            by_classifier=classifiers,
        )

    async def _answer(
        self, prompt: str, context: IntentContext, name: str | None, owner: str, spend: Spending | None
    ) -> Intent:
        if self._cascade is not None and name in (None, Cascade.name):
            return await self._by_language_model(self._cascade, prompt, context, owner, spend)
        classifier = self._default() if name is None else self._find(name)
        # All classifiers read the cleaned sentence, so two that are cleaned to the same get the same answer.
        key = (classifier.name, clean(prompt), context.model_dump_json())
        if (known := self._known(key)) is not None:
            return known
        try:
            intent = classifier.classify(prompt, context)
        except ResourceError as error:
            if name is not None:
                raise
            log.warning("intent.fallback", classifier=classifier.name, error=error.message)
            self._count("fallbacks")
            return self._named["rules"].classify(prompt, context)
        self._keep(key, intent)
        return intent

    async def _by_language_model(
        self, cascade: Cascade, prompt: str, context: IntentContext, owner: str, spend: Spending | None
    ) -> Intent:
        key = (cascade.name, owner, clean(prompt), context.model_dump_json())
        if (known := self._known(key) or await self._look_up(key, owner)) is not None:
            return known
        told = await cascade.classify(prompt, context, spend=spend)
        self._count("cost", told.cost)
        if told.fell_back:  # the next one asked may find the first classifier well again
            self._count("fallbacks")
            return told.intent
        self._keep(key, told.intent)
        if self._kept is not None and told.intent.classifier == cascade.name:
            await self._kept.put("\n".join(key), told.intent.model_dump(mode="json"), owner=owner)
        return told.intent

    async def _look_up(self, key: tuple[str, ...], owner: str) -> Intent | None:
        found = await self._kept.get("\n".join(key), owner=owner) if self._kept is not None else None
        if found is None:
            return None
        try:
            intent = Intent.model_validate(found)
        except ValidationError:  # kept by another version
            return None
        self._count("cache_hits")
        self._keep(key, intent)
        return intent

    def _known(self, key: tuple[str, ...]) -> Intent | None:
        with self._lock:
            until, intent = self._cache.get(key, (0.0, None))
            if intent is None or until < time.monotonic():
                return None
            self._cache.move_to_end(key)
            self._counts["cache_hits"] += 1
            return intent

    def _keep(self, key: tuple[str, ...], intent: Intent) -> None:
        if intent.flagged or not self._seconds:  # content made for an interpreter is not kept
            return
        with self._lock:
            self._cache[key] = time.monotonic() + self._seconds, intent
            if len(self._cache) > CACHED_MOST:
                self._cache.popitem(last=False)

    def _find(self, name: str) -> Classifier:
        if name not in self._named:
            raise InvalidOption(
                f"There is no classifier {name[:80]!r} here.", hint=f"There are: {', '.join(self._named)}."
            )
        return self._named[name]

    def _count(self, what: str, by: int = 1) -> None:
        with self._lock:
            self._counts[what] += by


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def _latencies(taken: list[float]) -> Latencies:
    """From milliseconds in ascending order."""
    if not taken:
        return Latencies()

    def at(share: float) -> float:
        return round(taken[math.ceil(share * len(taken)) - 1], 3)

    return Latencies(samples=len(taken), p50=at(0.5), p95=at(0.95), p99=at(0.99), maximum=at(1.0))
