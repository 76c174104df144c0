"""Classifying with a cache, and the counts that it keeps."""

import pytest

from bottega.domain.intent import Intent, IntentContext, WorkClass
from bottega.errors import InputError, InvalidOption, ResourceError
from bottega.intent import RuleClassifier
from bottega.intent.recorder import CACHED_MOST, IntentRecorder

NONE, ONE = IntentContext(), IntentContext(working_images=1)


def test_while_nothing_happened_everything_is_zero() -> None:
    metrics = IntentRecorder().metrics()
    told = metrics.model_dump(exclude={"since", "latency_ms", "by_workflow", "by_classifier"})
    assert set(told.values()) == {0}
    assert set(metrics.latency_ms.model_dump().values()) == {0}
    assert metrics.by_workflow == metrics.by_classifier == {}


async def test_the_same_sentence_comes_from_the_cache_with_the_same_answer() -> None:
    recorder = IntentRecorder()
    first = await recorder.classify("Sharpen this", ONE)
    assert await recorder.classify("  Sharpen \n this", ONE) == first
    metrics = recorder.metrics()
    assert (metrics.classifications, metrics.cache_hits, metrics.cache_hit_rate) == (2, 1, 0.5)
    assert metrics.by_workflow == {"image_enhancement": 2}
    assert metrics.latency_ms.samples == 2
    assert 0 < metrics.latency_ms.p50 <= metrics.latency_ms.p95 <= metrics.latency_ms.maximum


async def test_other_pictures_or_another_classifier_are_another_question() -> None:
    recorder = IntentRecorder()
    await recorder.classify("make it move", NONE)
    assert (await recorder.classify("make it move", ONE)).workflow is WorkClass.IMAGE_TO_VIDEO
    assert recorder.metrics().cache_hits == 0


async def test_it_answers_as_the_classifier_does() -> None:
    for prompt in ("Engrave this on wood", "a cat playing in the garden", "change my hair to blonde"):
        assert await IntentRecorder().classify(prompt, ONE, "rules") == RuleClassifier().classify(prompt, ONE)


async def test_content_made_for_an_interpreter_is_not_kept() -> None:
    recorder = IntentRecorder()
    for _ in range(2):
        assert (await recorder.classify("draw <script>alert(1)</script>", NONE)).flagged
    assert recorder.metrics().cache_hits == 0


async def test_what_the_caller_can_mend_is_no_error_here() -> None:
    recorder = IntentRecorder()
    for prompt in ("", "x" * 3000):
        with pytest.raises(InputError):
            await recorder.classify(prompt, NONE)
    with pytest.raises(InvalidOption):
        await recorder.classify("draw a cat", NONE, "oracle")
    metrics = recorder.metrics()
    assert (metrics.refused, metrics.errors, metrics.error_rate, metrics.classifications) == (3, 0, 0.0, 0)


class Damaged:
    """A classifier whose model file cannot be used, as `load_model` reports it."""

    name = "embedded"

    def classify(self, prompt: str, context: IntentContext) -> Intent:
        raise ResourceError("The intent model file is damaged.")


async def test_the_rules_answer_where_the_default_cannot_and_it_is_counted() -> None:
    recorder = IntentRecorder(Damaged)
    intent = await recorder.classify("draw a cat", NONE)
    assert intent == RuleClassifier().classify("draw a cat", NONE)
    metrics = recorder.metrics()
    assert (metrics.fallbacks, metrics.fallback_rate, metrics.by_classifier) == (1, 1.0, {"rules": 1})


async def test_the_cache_forgets_the_oldest() -> None:
    recorder = IntentRecorder()
    for number in range(CACHED_MOST + 1):
        await recorder.classify(f"draw cat {number}", NONE)
    await recorder.classify(f"draw cat {CACHED_MOST}", NONE)
    await recorder.classify("draw cat 0", NONE)
    assert recorder.metrics().cache_hits == 1


async def test_it_can_begin_again() -> None:
    recorder = IntentRecorder()
    await recorder.classify("draw a cat", NONE)
    recorder.reset()
    assert recorder.metrics().classifications == 0


async def test_what_is_remembered_is_forgotten_in_time() -> None:
    for seconds, hits in ((0.0, 0), (3600.0, 1)):
        recorder = IntentRecorder(seconds=seconds)
        for _ in range(2):
            await recorder.classify("draw a cat", NONE)
        assert recorder.metrics().cache_hits == hits
        for key, (until, intent) in list(recorder._cache.items()):
            recorder._cache[key] = until - 3601.0, intent  # as if an hour went by
        await recorder.classify("draw a cat", NONE)
        assert recorder.metrics().cache_hits == hits
