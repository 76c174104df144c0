"""The simulated language models, met by pydantic-ai, in each way in which it asks for structured output."""

from collections.abc import Iterator
from typing import Any

import anthropic
import openai
import pytest
from pydantic import BaseModel, Field
from pydantic_ai import Agent, BinaryContent, NativeOutput, PromptedOutput, ToolOutput
from pydantic_ai.models import Model
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
from pydantic_ai.providers.anthropic import AnthropicProvider
from pydantic_ai.providers.openai import OpenAIProvider
from vendor_clients import photo

from bottega.simulator.serve import KEY, Simulator

VENDORS = {"chat": "openai", "responses": "openai", "anthropic": "anthropic", "compatible": "compatible"}


class Judgement(BaseModel):
    score: float = Field(ge=0, le=1)
    reasons: list[str]
    better: bool | None


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator() as sim:
        yield sim


@pytest.fixture
def sim(running: Simulator) -> Simulator:
    running.world.reset()
    return running


def model_of(sim: Simulator, kind: str) -> Model:
    if kind == "anthropic":
        client = anthropic.AsyncAnthropic(base_url=sim.base("anthropic"), api_key=KEY, max_retries=0)
        return AnthropicModel("claude-haiku-5-5", provider=AnthropicProvider(anthropic_client=client))
    sdk = openai.AsyncOpenAI(base_url=sim.base(VENDORS[kind]), api_key=KEY, max_retries=0)
    provider = OpenAIProvider(openai_client=sdk)
    return (OpenAIResponsesModel if kind == "responses" else OpenAIChatModel)("gpt-6-luna", provider=provider)


@pytest.mark.parametrize("kind", VENDORS)
@pytest.mark.parametrize("wrapped", [ToolOutput, NativeOutput])
async def test_an_object_comes_back_whatever_the_way_of_asking(
    sim: Simulator, kind: str, wrapped: Any
) -> None:
    agent: Any = Agent(model_of(sim, kind), output_type=wrapped(Judgement))
    pictures = [BinaryContent(photo(colour=colour), media_type="image/png") for colour in ("red", "blue")]
    own = await agent.run(["Which is better?", *pictures])
    assert isinstance(own.output, Judgement)
    expected = {"score": 0.25, "reasons": ["grainy"], "better": True}
    sim.world.queue_answer(VENDORS[kind], json=expected)
    queued = await agent.run(["Which is better?", *pictures])
    assert queued.output.model_dump() == expected
    assert len(sim.world.calls(VENDORS[kind])) == 2
    assert all(len(seen.files) == 2 for seen in sim.world.log)
    assert queued.usage.input_tokens > 0


async def test_a_prompted_answer_is_taken_from_the_queue(sim: Simulator) -> None:
    agent: Any = Agent(model_of(sim, "anthropic"), output_type=PromptedOutput(Judgement))
    sim.world.queue_answer("anthropic", json={"score": 1, "reasons": [], "better": None})
    result = await agent.run("Is it good?")
    assert result.output == Judgement(score=1, reasons=[], better=None)
