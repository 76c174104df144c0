"""Who reads a sentence: the switch, its rollout, the language model with its price and its cache, and privacy."""

import json
from typing import Any

from bottega.app import make_request
from bottega.domain.intent import IntentContext, WorkClass
from bottega.domain.principal import Principal
from bottega.simulator.serve import Simulator

VAGUE = "could you do something nice with it"
NONE, ONE = IntentContext(), IntentContext(working_images=1)
READER = {"classifier_model": "openai/gpt-6-luna", "classifier_ask_below": 1.0}


def said(workflow: str) -> str:
    reading = {
        "workflow": workflow,
        "runner_up": "image_editing",
        "confidence": 0.9,
        "subkind": "",
        "web_search_query": "",
        "reasoning": "It reads so.",
    }
    return json.dumps(reading)


def who(owner: str) -> Principal:
    return Principal(owner=owner)


async def test_the_embedded_classifier_reads_by_default(open_desk: Any, simulator: Simulator) -> None:
    bottega = await open_desk()
    assert (await bottega.classify("sharpen this", ONE)).classifier == "embedded"
    assert not simulator.world.log


async def test_switched_off_the_rules_read(open_desk: Any) -> None:
    bottega = await open_desk(ai_classification_enabled=False)
    assert (await bottega.classify("sharpen this", ONE)).classifier == "rules"
    assert (await bottega.classify("sharpen this", ONE, classifier="embedded")).classifier == "embedded"


async def test_a_rollout_reaches_the_same_share_of_users_every_time(open_desk: Any) -> None:
    first = await open_desk(ai_classification_rollout_percentage=30)
    second = await open_desk(ai_classification_rollout_percentage=30)
    owners = [f"user-{n}" for n in range(300)]
    read = [(await first.classify("sharpen this", ONE, who(owner))).classifier for owner in owners]
    again = [(await second.classify("sharpen this", ONE, who(owner))).classifier for owner in owners]
    assert read == again
    assert 60 <= read.count("embedded") <= 120


async def test_a_language_model_reads_first_and_is_paid_for_once(
    open_desk: Any, simulator: Simulator
) -> None:
    simulator.world.queue_answer("openai", text=said("style_transfer"))
    bottega = await open_desk(**READER)
    intent = await bottega.classify(VAGUE, ONE, who("ann"))
    assert (intent.workflow, intent.classifier) == (WorkClass.STYLE_TRANSFER, "llm")
    assert await bottega.classify(VAGUE, ONE, who("ann")) == intent
    other = await open_desk(**READER)  # another process of the same installation
    assert await other.classify(VAGUE, ONE, who("ann")) == intent
    assert len(simulator.world.log) == 1
    amounts = {entry.kind.value: entry.amount for entry in await bottega.ledger.entries("ann")}
    assert sorted(amounts) == ["charge", "hold", "release"]
    assert 0 < amounts["charge"] < amounts["hold"]
    assert await bottega.ledger.audit() == ()
    metrics = bottega.intents.metrics()
    assert (metrics.cost, metrics.cache_hits) == (amounts["charge"], 1)


async def test_what_one_user_paid_for_is_not_another_users(open_desk: Any, simulator: Simulator) -> None:
    bottega = await open_desk(**READER)
    for owner in ("ann", "bob"):
        simulator.world.queue_answer("openai", text=said("style_transfer"))
        await bottega.classify(VAGUE, ONE, who(owner))
    assert len(simulator.world.log) == 2


async def test_when_it_cannot_be_asked_the_embedded_one_answers_and_nothing_is_charged(
    open_desk: Any, simulator: Simulator
) -> None:
    simulator.world.faults.add("overloaded", "openai", "chat.completions", times=9)
    bottega = await open_desk(**READER)
    intent = await bottega.classify(VAGUE, ONE, who("ann"))
    assert intent.classifier == "embedded"
    assert bottega.intents.metrics().fallbacks == 1
    assert [entry.kind for entry in await bottega.ledger.entries("ann")] == ["release", "hold"]


async def test_without_money_the_embedded_one_answers(open_desk: Any, simulator: Simulator) -> None:
    bottega = await open_desk(**READER, budget_user_hour="0.000001")
    assert (await bottega.classify(VAGUE, ONE)).classifier == "embedded"
    assert not simulator.world.log


async def test_no_word_of_work_that_stays_here_is_sent(open_desk: Any, simulator: Simulator) -> None:
    bottega = await open_desk(**READER)
    request = make_request(prompt="a red bicycle in front of a bakery", stay_local=True)
    intent = await bottega.reader.read(request.prompt, NONE, owner="local", stay_local=True)
    assert intent.classifier == "embedded"
    assert not simulator.world.log
