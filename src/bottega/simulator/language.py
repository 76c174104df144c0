"""What a simulated language model says, before a vendor's file puts it into that vendor's form."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from bottega.simulator.answers import CHARACTERS_PER_TOKEN, conforming, picture_tokens, spoken, text_tokens
from bottega.simulator.world import World

REFUSAL = "I'm sorry, but I can't help with that."


@dataclass(frozen=True)
class Question:
    """What was asked of a model. `words`: every text of it, in order; `pictures`: their sizes in pixels; `schema`: of
    the answer that is wanted, or None; `tools`: name and schema of the arguments; `forced`: a tool must be called;
    `named`: which; `called`: tools that were called before; `longest`: tokens of the answer at most."""

    words: tuple[str, ...]
    pictures: tuple[tuple[int, int], ...] = ()
    schema: Mapping[str, Any] | None = None
    any_json: bool = False
    tools: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    forced: bool = False
    named: str = ""
    called: frozenset[str] = frozenset()
    longest: int | None = None

    @property
    def topic(self) -> str:
        return "\n".join(self.words)

    @property
    def offers_tools(self) -> bool:
        return bool(self.tools) and self.schema is None and not self.any_json

    @property
    def text_tokens(self) -> int:
        schemas = [json.dumps(one) for one in (self.schema, *self.tools.values()) if one]
        return text_tokens(self.topic + "".join(schemas) + "".join(self.tools))

    @property
    def picture_tokens(self) -> int:
        return sum(picture_tokens(width, height) for width, height in self.pictures)


@dataclass(frozen=True)
class Saying:
    """`call`: a tool's name and arguments, instead of a text; `end`: why it ended."""

    text: str = ""
    call: tuple[str, dict[str, Any]] | None = None
    end: Literal["stop", "length", "refusal"] = "stop"

    @property
    def tokens(self) -> int:
        return text_tokens(self.call[0] + json.dumps(self.call[1]) if self.call else self.text)


def say(world: World, vendor: str, operation: str, question: Question) -> Saying:
    """The next queued answer, or one that fits what was asked for and follows from the words alone.

    Queued answers are one of `{"text": str}`, `{"json": value}`, `{"tool": name, "arguments": {...}}` and
    `{"refusal": str}`. Where tools are offered and no form of the answer is, a `json` object becomes the arguments of
    a call (and a `text` that is one, where a call is forced), so that a test need not know in which way a client asks
    for structured output. An answer of its own calls each tool that is offered once before it speaks.
    """
    queued = world.next_answer(vendor, operation)
    saying = _queued(queued, question) if queued else _own(world, question)
    if question.longest is not None and saying.tokens > question.longest:
        text = saying.text[: question.longest * CHARACTERS_PER_TOKEN]
        return Saying(text, end="length")
    return saying


def _queued(answer: Mapping[str, Any], question: Question) -> Saying:
    if "refusal" in answer:
        return Saying(str(answer["refusal"]) or REFUSAL, end="refusal")
    if "tool" in answer:
        return Saying(call=(str(answer["tool"]), dict(answer.get("arguments", {}))))
    text = json.dumps(answer["json"]) if "json" in answer else str(answer.get("text", ""))
    if question.forced or (question.offers_tools and "json" in answer):
        try:
            arguments: Any = json.loads(text)
        except ValueError:
            return Saying(text)
        if isinstance(arguments, dict):
            return Saying(call=(_tool(question), cast("dict[str, Any]", arguments)))
    return Saying(text)


def _own(world: World, question: Question) -> Saying:
    topic = question.topic
    if question.forced or (question.offers_tools and not question.called.issuperset(question.tools)):
        name = _tool(question)
        return Saying(call=(name, conforming(question.tools[name], topic, world.seed)))
    if question.schema is not None:
        return Saying(json.dumps(conforming(question.schema, topic, world.seed)))
    if question.any_json:
        return Saying(json.dumps({"simulated": True, "answer": spoken(topic, world.seed)}))
    return Saying(spoken(topic, world.seed))


def _tool(question: Question) -> str:
    """The tool that was named; else the first that was not called yet, so that no conversation turns in circles."""
    if question.named:
        return question.named
    return next((name for name in question.tools if name not in question.called), next(iter(question.tools)))


def strict_miss(schema: Any, at: tuple[str, ...] = ()) -> str:
    """Why a schema cannot be used for strict structured output, or "": every object has to require all of its
    properties and forbid others."""
    if isinstance(schema, list):
        return next(filter(None, (strict_miss(one, at) for one in cast("list[Any]", schema))), "")
    if not isinstance(schema, dict):
        return ""
    node = cast("dict[str, Any]", schema)
    members: Any = node.get("properties")
    if node.get("type") == "object" or isinstance(members, dict):
        if node.get("additionalProperties") is not False:
            return f"In context={at}, 'additionalProperties' is required to be supplied and to be false."
        names = list(cast("dict[str, Any]", members or {}))
        if missing := [name for name in names if name not in node.get("required", [])]:
            return (
                f"In context={(*at, 'properties')}, 'required' is required to be supplied and to be an array including "
                f"every key in properties. Missing '{missing[0]}'."
            )
    inner: list[tuple[str, Any]] = []
    for group in ("properties", "$defs"):
        inner += cast("dict[str, Any]", node.get(group) or {}).items()
    inner += [(key, node[key]) for key in ("items", "anyOf", "oneOf", "allOf") if key in node]
    return next(filter(None, (strict_miss(one, (*at, name)) for name, one in inner)), "")
