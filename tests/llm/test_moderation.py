"""Moderation by a simulated vendor and by a simulated vision model, and what the content policy makes of it."""

import io
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from PIL import Image

from bottega.errors import BottegaError, OutputError, ProviderError, ProviderUnavailable
from bottega.intent.moderation import findings_of
from bottega.intent.policy import PolicyCategory, parse_policy, refusal
from bottega.llm import LanguageModels, PictureBytes
from bottega.llm.moderation import POLICY_OF, Flag, Moderation, Sights, picture_check
from bottega.models import load_catalogue
from bottega.settings import Settings
from bottega.simulator.serve import KEY, Simulator

STRICT = parse_policy("")
VISION = "openai/gpt-6-luna"


@pytest.fixture(scope="module")
def server() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def simulator(server: Simulator) -> Simulator:
    server.world.reset()
    return server


def settings_for(simulator: Simulator, **others: Any) -> Settings:
    given = {"openai_api_key": KEY, "openai_base_url": simulator.base("openai"), "moderation": "openai"}
    return Settings(_env_file=None, **(given | others))  # pyright: ignore[reportCallIssue]


@pytest.fixture
async def models(simulator: Simulator) -> AsyncIterator[LanguageModels]:
    models = LanguageModels(settings_for(simulator), load_catalogue())
    yield models
    await models.aclose()


def picture() -> PictureBytes:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(buffer, "PNG")
    return PictureBytes(buffer.getvalue(), "image/png")


async def test_flagged_words_become_findings_of_the_policy(simulator: Simulator) -> None:
    told = await Moderation(settings_for(simulator)).check("a poster with hate speech and gore")
    assert told.checked
    assert {(flag.category, flag.where) for flag in told.flags} == {("hate", "text"), ("gore", "text")}
    findings = findings_of(told.flags, STRICT)
    assert [finding.category for finding in findings] == [PolicyCategory.HATE, PolicyCategory.GORE]
    assert "policy" in refusal(findings).message
    assert findings_of(told.flags, parse_policy("gore=allow,hate=allow")) == ()


async def test_an_ordinary_sentence_and_picture_pass(simulator: Simulator) -> None:
    told = await Moderation(settings_for(simulator)).check("a cat on a sofa", [picture()])
    assert told.checked
    assert told.flags == ()
    assert len(simulator.world.log) == 2
    assert [file.width for seen in simulator.world.log for file in seen.files] == [40]


async def test_a_flagged_picture_is_named(simulator: Simulator) -> None:
    simulator.world.queue_answer("openai", categories=["sexual/minors"])
    told = await Moderation(settings_for(simulator)).check(pictures=[picture()])
    assert [(flag.category, flag.where) for flag in told.flags] == [("sexual_minors", "picture 1")]
    assert findings_of(told.flags, parse_policy("sexual=allow"))[0].concerns_minor


async def test_nobody_is_asked_unless_the_settings_say_so(simulator: Simulator) -> None:
    moderation = Moderation(settings_for(simulator, moderation="none"))
    assert not (await moderation.check("hate speech", [picture()])).checked
    assert not simulator.world.log
    assert moderation.unavailable_because() == ""
    assert "OPENAI_API_KEY" in Moderation(settings_for(simulator, openai_api_key="")).unavailable_because()


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("rate_limit", ProviderUnavailable),
        ("server_error", ProviderUnavailable),
        ("overloaded", ProviderUnavailable),
        ("auth", ProviderError),
        ("hang", ProviderUnavailable),
        ("reset", ProviderUnavailable),
        ("slow_drip", ProviderUnavailable),
        ("garbage", OutputError),
        ("never_ending", OutputError),
    ],
)
async def test_no_answer_is_an_error_and_never_an_all_clear(
    simulator: Simulator, kind: str, error: type[BottegaError]
) -> None:
    simulator.world.faults.add(kind, "openai", times=None)
    with pytest.raises(error):
        await Moderation(settings_for(simulator)).check(
            "a cat", timeout_s=1.0 if error is ProviderUnavailable else 60.0
        )
    assert len(simulator.world.log) == 1


def test_every_category_that_others_can_name_is_one_of_the_policy() -> None:
    assert {PolicyCategory(name) for name in POLICY_OF.values()} <= set(PolicyCategory)
    everything = findings_of(
        (Flag(category=c.value, found_as="x", where="text") for c in PolicyCategory), STRICT
    )
    assert [finding.category for finding in everything] == list(PolicyCategory)


NOTHING_SEEN = dict.fromkeys(Sights.model_fields, False)


@pytest.mark.parametrize(
    ("seen", "categories"),
    [
        ({}, set[str]()),
        ({"real_person": True, "minor": True}, set[str]()),
        ({"sexual": True}, {"sexual"}),
        ({"sexual": True, "minor": True}, {"sexual", "sexual_minors"}),
        ({"sexual": True, "public_figure": True}, {"sexual", "real_person_sexual_or_demeaning"}),
        ({"weapon_instructions": True, "gore": True}, {"weapons", "gore"}),
    ],
)
async def test_what_a_vision_model_sees_is_named_by_the_policy(
    simulator: Simulator, models: LanguageModels, seen: dict[str, bool], categories: set[str]
) -> None:
    simulator.world.queue_answer("openai", text=json.dumps(NOTHING_SEEN | seen))
    told = await picture_check(models, VISION, picture(), number=2, timeout_s=60.0)
    assert {flag.category for flag in told.flags} == categories
    assert {PolicyCategory(flag.category) for flag in told.flags} <= set(PolicyCategory)
    assert all(flag.where == "picture 2" for flag in told.flags)
    assert told.shows_minor == seen.get("minor", False)
    assert told.cost > 0


def test_a_minor_in_a_picture_makes_whatever_is_sexual_unforgivable() -> None:
    flags = [Flag(category="sexual", found_as="sexual", where="text")]
    lax = parse_policy("sexual=allow")
    assert findings_of(flags, lax) == ()
    assert findings_of(flags, lax, shows_minor=True)[0].concerns_minor
