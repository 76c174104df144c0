"""Questions to simulated vendors through their real SDKs: the answer, its price, one request each, exact errors."""

import asyncio
import io
import json
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest
from PIL import Image
from pydantic import BaseModel, Field

from bottega.domain.money import MicroUsd
from bottega.errors import (
    BottegaError,
    BudgetExceeded,
    ContentRefused,
    InvalidOption,
    Money,
    OutcomeUnknown,
    OutputError,
    ProviderError,
    ProviderUnavailable,
    ResourceError,
)
from bottega.llm import LanguageModels, PictureBytes
from bottega.llm.costs import most_it_may_cost
from bottega.llm.vendors import OutputMode
from bottega.models import Catalogue, load_catalogue, price_from_evidence
from bottega.settings import Settings
from bottega.simulator.serve import KEY, Simulator

CATALOGUE = load_catalogue()
MODELS = {
    "openai": "openai/gpt-6-luna",
    "gemini": "gemini/gemini-3.8-flash",
    "anthropic": "anthropic/claude-haiku-5-5",
    "compatible": "openai_compatible/qwen3-vl",
}
VENDORS = pytest.mark.parametrize("vendor", MODELS)
BILLED = pytest.mark.parametrize("vendor", ["openai", "gemini", "anthropic"])


class Fruit(BaseModel):
    """A fruit that was seen."""

    kind: Literal["apple", "pear"]
    ripeness: int = Field(ge=0, le=10)


GOOD = json.dumps({"kind": "pear", "ripeness": 7})


@pytest.fixture(scope="module")
def server() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def simulator(server: Simulator) -> Simulator:
    server.world.reset()
    return server


def settings_for(simulator: Simulator, **others: Any) -> Settings:
    given: dict[str, Any] = {
        "openai_api_key": KEY,
        "openai_base_url": simulator.base("openai"),
        "gemini_api_key": KEY,
        "gemini_base_url": simulator.base("gemini"),
        "anthropic_api_key": KEY,
        "anthropic_base_url": simulator.base("anthropic"),
        "openai_compatible_base_url": simulator.base("compatible"),
        "openai_compatible_api_key": KEY,
    }
    return Settings(_env_file=None, **(given | others))  # pyright: ignore[reportCallIssue]


@pytest.fixture
async def models(simulator: Simulator) -> AsyncIterator[LanguageModels]:
    models = LanguageModels(settings_for(simulator), CATALOGUE)
    yield models
    await models.aclose()


def picture(colour: str) -> PictureBytes:
    buffer = io.BytesIO()
    Image.new("RGB", (96, 64), colour).save(buffer, "PNG")
    return PictureBytes(buffer.getvalue(), "image/png")


async def ask(models: LanguageModels, model_id: str, **given: Any) -> Any:
    arguments: dict[str, Any] = {"timeout_s": 60.0} | given
    return await models.ask(model_id, "You know fruit.", ["Which fruit?"], Fruit, **arguments)


# --- what comes back -----------------------------------------------------------------------------------------


@VENDORS
async def test_an_answer_is_the_value_that_was_asked_for_and_costs_what_it_says(
    simulator: Simulator, models: LanguageModels, vendor: str
) -> None:
    simulator.world.queue_answer(vendor, text=GOOD)
    answer = await ask(models, MODELS[vendor])
    assert answer.value == Fruit(kind="pear", ripeness=7)
    assert len(simulator.world.log) == 1
    tokens = answer.metered.tokens
    assert tokens["text_in"] > 0
    assert tokens["text_out"] > 0
    kept = price_from_evidence(answer.evidence)
    if vendor == "compatible":
        assert (answer.cost, answer.estimated, kept) == (0, True, None)
    else:
        assert kept is not None
        price, metered = kept
        assert answer.cost == price.charge(metered) > 0
        assert not answer.estimated


@VENDORS
async def test_words_and_pictures_arrive_whole_and_in_their_order(
    simulator: Simulator, models: LanguageModels, vendor: str
) -> None:
    red, blue = picture("red"), picture("blue")
    simulator.world.queue_answer(vendor, text=GOOD)
    await models.ask(MODELS[vendor], "System words.", ["first", red, "second", blue], Fruit, timeout_s=60.0)
    (seen,) = simulator.world.log
    assert [(file.width, file.height, file.size) for file in seen.files] == [
        (96, 64, len(red.data)),
        (96, 64, len(blue.data)),
    ]
    assert seen.files[0].sha256 != seen.files[1].sha256
    sent = json.dumps(seen.fields)
    assert "System words." in sent
    assert sent.index("first") < sent.index("second")


@pytest.mark.parametrize("mode", ["native", "tool", "prompted"])
async def test_a_compatible_server_is_asked_in_the_way_that_it_understands(
    simulator: Simulator, mode: OutputMode
) -> None:
    models = LanguageModels(settings_for(simulator), CATALOGUE, compatible_mode=mode)
    simulator.world.queue_answer("compatible", text=f"```json\n{GOOD}\n```" if mode == "prompted" else GOOD)
    assert (await ask(models, MODELS["compatible"])).value.kind == "pear"
    (seen,) = simulator.world.log
    assert ("tools" in seen.fields) == (mode == "tool")
    assert (seen.fields.get("response_format", {}).get("type") == "json_schema") == (mode == "native")
    assert "max_tokens" in seen.fields
    await models.aclose()


async def test_a_model_without_a_price_here_is_charged_by_the_public_table_and_said_to_be_estimated(
    simulator: Simulator,
) -> None:
    name = "gpt-6-luna"
    bare = Catalogue([model for model in CATALOGUE if model.id != f"openai/{name}"])
    models = LanguageModels(settings_for(simulator), bare)
    simulator.world.queue_answer("openai", text=GOOD)
    answer = await ask(models, f"openai/{name}")
    assert answer.estimated
    assert answer.evidence["price_source"] == "genai-prices"
    assert answer.cost == CATALOGUE[f"openai/{name}"].price.charge(answer.metered)  # pyright: ignore[reportOptionalMemberAccess]
    await models.aclose()


async def test_a_model_whose_price_nobody_knows_is_not_asked(
    simulator: Simulator, models: LanguageModels
) -> None:
    with pytest.raises(InvalidOption, match="costs"):
        await ask(models, "openai/no-such-model-anywhere")
    assert not simulator.world.log


# --- one request, and the right error ------------------------------------------------------------------------

REFUSALS: list[tuple[str, type[BottegaError]]] = [
    ("rate_limit", ProviderUnavailable),
    ("overloaded", ProviderUnavailable),
    ("quota", ProviderError),
    ("auth", ProviderError),
    ("bad_request", ProviderError),
    ("server_error", ProviderError),
]


@VENDORS
@pytest.mark.parametrize(("kind", "error"), REFUSALS)
async def test_a_refused_call_is_one_request_and_costs_nothing(
    simulator: Simulator, models: LanguageModels, vendor: str, kind: str, error: type[BottegaError]
) -> None:
    simulator.world.faults.add(kind, vendor, times=None)
    with pytest.raises(error) as raised:
        await ask(models, MODELS[vendor])
    assert type(raised.value) is error
    assert raised.value.money is Money.NOTHING_SPENT
    assert len(simulator.world.log) == 1
    assert not simulator.world.log[0].accepted


@BILLED
async def test_the_wait_that_a_vendor_asks_for_is_handed_on(
    simulator: Simulator, models: LanguageModels, vendor: str
) -> None:
    simulator.world.faults.add("rate_limit", vendor, seconds=7)
    with pytest.raises(ProviderUnavailable) as raised:
        await ask(models, MODELS[vendor])
    assert raised.value.details["retry_after"] == pytest.approx(7, abs=0.5)


LOST = ["hang", "hang_after_accept", "reset_after_accept", "truncated", "garbage", "slow_drip", "bad_gateway"]


@VENDORS
@pytest.mark.parametrize("kind", LOST)
async def test_a_call_whose_answer_is_lost_is_one_request_and_unknown(
    simulator: Simulator, models: LanguageModels, vendor: str, kind: str
) -> None:
    simulator.world.faults.add(kind, vendor, times=None)
    with pytest.raises(OutcomeUnknown) as raised:
        await ask(models, MODELS[vendor], timeout_s=1.0)
    assert raised.value.money is Money.UNKNOWN
    assert len(simulator.world.log) == 1


@VENDORS
async def test_an_answer_without_end_is_ended(
    simulator: Simulator, models: LanguageModels, vendor: str
) -> None:
    simulator.world.faults.add("never_ending", vendor)
    with pytest.raises(OutcomeUnknown):
        await ask(models, MODELS[vendor], timeout_s=1.0)


@BILLED
async def test_refused_content_is_said_to_be_refused(
    simulator: Simulator, models: LanguageModels, vendor: str
) -> None:
    simulator.world.faults.add("refusal", vendor)
    with pytest.raises(ContentRefused):
        await ask(models, MODELS[vendor])
    assert len(simulator.world.log) == 1


@VENDORS
@pytest.mark.parametrize(
    "text", ['{"kind": "plum", "ripeness": 3}', "It is a pear.", '{"kind": "pear"', "[]"]
)
async def test_an_answer_of_another_form_is_charged(
    simulator: Simulator, models: LanguageModels, vendor: str, text: str
) -> None:
    simulator.world.queue_answer(vendor, text=text)
    with pytest.raises(OutputError) as raised:
        await ask(models, MODELS[vendor])
    assert len(simulator.world.log) == 1
    charged = raised.value.money is Money.CHARGED and raised.value.details["cost"] > 0
    assert charged == (vendor != "compatible")


async def test_a_server_that_is_not_there_has_accepted_nothing() -> None:
    settings = Settings(_env_file=None, openai_api_key="k", openai_base_url="http://127.0.0.1:9/v1")  # pyright: ignore[reportCallIssue]
    models = LanguageModels(settings, CATALOGUE)
    with pytest.raises(ProviderUnavailable, match="reached"):
        await ask(models, MODELS["openai"])
    await models.aclose()


# --- what can be asked ---------------------------------------------------------------------------------------


async def test_a_vendor_without_a_key_is_said_to_be_missing_one() -> None:
    models = LanguageModels(
        Settings(_env_file=None, openai_api_key="", gemini_api_key="", anthropic_api_key=""),  # pyright: ignore[reportCallIssue]
        CATALOGUE,
    )
    for vendor, variable in (("openai", "OPENAI_API_KEY"), ("anthropic", "ANTHROPIC_API_KEY")):
        assert variable in models.availability(MODELS[vendor])
        with pytest.raises(ResourceError):
            await ask(models, MODELS[vendor])
    assert "BASE_URL" in models.availability(MODELS["compatible"])
    with pytest.raises(InvalidOption):
        models.availability("nobody/nothing")


async def test_what_can_be_asked_is_available_and_what_has_ended_is_not(models: LanguageModels) -> None:
    assert [models.availability(model_id) for model_id in MODELS.values()] == [""] * 4
    ended = next(model for model in CATALOGUE if model.status == "retired" and model.engine == "openai")
    assert "ended" in models.availability(ended.id)


async def test_the_environment_of_the_process_changes_nothing(
    simulator: Simulator, models: LanguageModels, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "OPENAI_BASE_URL"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-somebody-else")
    monkeypatch.setenv("GOOGLE_GENAI_USE_VERTEXAI", "true")
    for vendor, model_id in MODELS.items():
        simulator.world.queue_answer(vendor, text=GOOD)
        assert (await ask(models, model_id)).value.kind == "pear"
    assert all("openai-organization" not in seen.headers for seen in simulator.world.log)


def test_clients_outlive_an_event_loop(simulator: Simulator) -> None:
    models = LanguageModels(settings_for(simulator), CATALOGUE)

    async def once() -> None:
        simulator.world.queue_answer("openai", text=GOOD)
        assert (await ask(models, MODELS["openai"])).value.kind == "pear"
        await models.aclose()

    asyncio.run(once())
    asyncio.run(once())


def test_the_room_loads_no_sdk_until_somebody_is_asked(tmp_path: Path) -> None:
    import subprocess
    import sys

    program = (
        "import sys, bottega.llm, bottega.llm.moderation, bottega.intent.llm_classifier, bottega.quality.vision;"
        "print([m for m in ('openai','anthropic','google.genai','pydantic_ai','httpx2') if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


# --- another model -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["rate_limit", "overloaded", "quota", "auth"])
async def test_another_model_is_asked_when_nothing_was_accepted(
    simulator: Simulator, models: LanguageModels, kind: str
) -> None:
    simulator.world.faults.add(kind, "openai")
    simulator.world.queue_answer("gemini", text=GOOD)
    answer = await ask(models, MODELS["openai"], fallbacks=[MODELS["gemini"]])
    assert answer.model_id == MODELS["gemini"]
    assert [item.model_id for item in answer.passed_over] == [MODELS["openai"]]
    assert [seen.vendor for seen in simulator.world.log] == ["openai", "gemini"]


@pytest.mark.parametrize("kind", ["hang", "reset_after_accept", "bad_request", "server_error", "refusal"])
async def test_no_other_model_is_asked_when_something_may_have_been_accepted_or_the_question_is_wrong(
    simulator: Simulator, models: LanguageModels, kind: str
) -> None:
    simulator.world.faults.add(kind, "openai")
    with pytest.raises(ProviderError):
        await ask(models, MODELS["openai"], fallbacks=[MODELS["gemini"]], timeout_s=1.0)
    assert [seen.vendor for seen in simulator.world.log] == ["openai"]


# --- money ---------------------------------------------------------------------------------------------------


@dataclass
class Purse:
    """Keeps account as `Spending` describes it."""

    left: MicroUsd
    story: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])

    @asynccontextmanager
    async def hold(self, model_id: str, amount: MicroUsd) -> AsyncGenerator["Purse"]:
        if amount > self.left:
            raise BudgetExceeded("Nothing left.")
        self.story.append(("held", amount))
        try:
            yield self
        except (OutcomeUnknown, asyncio.CancelledError):
            self.story.append(("unknown", amount))
            raise
        finally:
            if len(self.story) == 1:
                self.story.append(("released", amount))

    async def settle(self, cost: MicroUsd, evidence: dict[str, Any]) -> None:
        assert evidence["metered"]["tokens"]
        self.story.append(("charged", cost))


def kinds(story: Sequence[tuple[str, int]]) -> list[str]:
    return [kind for kind, _ in story]


@BILLED
async def test_money_is_held_before_a_call_and_settled_after_it(
    simulator: Simulator, models: LanguageModels, vendor: str
) -> None:
    purse = Purse(10**6)
    simulator.world.queue_answer(vendor, text=GOOD)
    answer = await models.ask(
        MODELS[vendor],
        "System.",
        ["What?", picture("red")],
        Fruit,
        timeout_s=60.0,
        max_tokens=50,
        spend=purse,
    )
    assert kinds(purse.story) == ["held", "charged"]
    assert purse.story[1][1] == answer.cost <= purse.story[0][1]


async def test_a_refused_call_gives_the_money_back_a_bad_answer_is_paid_and_a_lost_one_stays_held(
    simulator: Simulator, models: LanguageModels
) -> None:
    for prepare, ending in (
        (lambda: simulator.world.faults.add("rate_limit", "openai"), "released"),
        (lambda: simulator.world.queue_answer("openai", text="no fruit"), "charged"),
        (lambda: simulator.world.faults.add("reset_after_accept", "openai"), "unknown"),
    ):
        prepare()
        purse = Purse(10**6)
        with pytest.raises(BottegaError):
            await ask(models, MODELS["openai"], spend=purse)
        assert kinds(purse.story) == ["held", ending]


async def test_nothing_is_sent_that_the_budget_does_not_cover(
    simulator: Simulator, models: LanguageModels
) -> None:
    with pytest.raises(BudgetExceeded):
        await ask(models, MODELS["openai"], spend=Purse(1))
    assert not simulator.world.log


def test_a_hold_grows_with_words_pictures_and_the_length_of_the_answer() -> None:

    def held(parts: list[Any], max_tokens: int = 100) -> int:
        return most_it_may_cost(CATALOGUE, MODELS["openai"], "", parts, max_tokens)

    plain = held(["x" * 100])
    assert held(["x" * 40_000]) > plain
    assert held(["x" * 100], 10_000) > plain
    assert held(["x" * 100, picture("red"), picture("blue")]) > held(["x" * 100, picture("red")]) > plain
