"""What a generateContent answer says: its pictures, why there are none, and what was used."""

import base64
import binascii
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

JSON = dict[str, Any]

REFUSALS = {
    "SAFETY": "the answer was held back as unsafe",
    "IMAGE_SAFETY": "the picture was held back as unsafe",
    "PROHIBITED_CONTENT": "the content is prohibited",
    "IMAGE_PROHIBITED_CONTENT": "the picture's content is prohibited",
    "RECITATION": "the answer was too close to something published",
    "IMAGE_RECITATION": "the picture was too close to something published",
    "BLOCKLIST": "the description has forbidden words",
    "SPII": "the answer held sensitive personal data",
    "NO_IMAGE": "the model made no picture of this",
    "IMAGE_OTHER": "the model made no picture of this, and says no reason",
    "OTHER": "the model held its answer back, and says no reason",
    "LANGUAGE": "the model does not speak this language",
}
"""Finish reasons (and reasons for which a prompt is blocked) of answers that trying again would not change."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """A picture of the answer: its bytes, or the address of a file where it is kept for a while."""

    content: bytes = b""
    uri: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """`finish` is the first candidate's finish reason, `blocked` why the prompt was not answered at all; `tokens` are
    counts by kind as `Metered` has them, empty where the answer says nothing of them. `readable` is false for
    a body that is no answer."""

    pictures: tuple[Delivered, ...] = ()
    text: str = ""
    finish: str = ""
    message: str = ""
    blocked: str = ""
    tokens: dict[str, int] = field(default_factory=dict[str, int])
    usage: JSON = field(default_factory=dict[str, Any])
    model_version: str = ""
    response_id: str = ""
    readable: bool = True

    @property
    def refusal(self) -> str | None:
        """Why the content was refused, in words; None when it was not."""
        reason = self.blocked or self.finish
        if self.pictures:
            return None
        if reason in REFUSALS:
            return f"{REFUSALS[reason]} ({reason})"
        return f"the prompt was blocked ({reason})" if self.blocked else None


def read_answer(body: str) -> Answer:
    """Never raises: what is not there, or is not what it should be, is left out. Pictures of the model's thinking
    are drafts and are left out as well."""
    try:
        answer = _object(json.loads(body))
    except (ValueError, RecursionError):
        answer = {}
    candidates = _objects(answer.get("candidates"))
    feedback = _object(answer.get("promptFeedback"))
    first = candidates[0] if candidates else {}
    parts = [
        part
        for candidate in candidates
        for part in _objects(_object(candidate.get("content")).get("parts"))
        if not part.get("thought")
    ]
    pictures = tuple(_pictures(parts))
    usage = _object(answer.get("usageMetadata"))
    return Answer(
        pictures=pictures,
        text="".join(_text(part.get("text")) for part in parts).strip(),
        finish=_text(first.get("finishReason")),
        message=_text(first.get("finishMessage")),
        blocked=_text(feedback.get("blockReason")),
        tokens=read_tokens(usage, has_picture=bool(pictures)),
        usage=usage,
        model_version=_text(answer.get("modelVersion")),
        response_id=_text(answer.get("responseId")),
        readable=bool(candidates or feedback or usage),
    )


def read_tokens(usage: JSON, *, has_picture: bool) -> dict[str, int]:
    """Counts by kind, disjoint, as `Metered.tokens` wants them.

    The details by modality of an answer with a picture name the picture only while the count beside them holds the
    words too: what the details do not account for is text. Without any details the tokens of an answer with a picture
    are the picture's, which is the dearer reading. Thinking is billed as output text.
    """
    asked = _by_modality(usage, "promptTokenCount", "promptTokensDetails", rest="text")
    cached = _by_modality(usage, "cachedContentTokenCount", "cacheTokensDetails", rest="text")
    detailed = bool(_objects(usage.get("candidatesTokensDetails")))
    rest = "text" if detailed or not has_picture else "image"
    made = _by_modality(usage, "candidatesTokenCount", "candidatesTokensDetails", rest=rest)
    counts = {
        "text_in": max(0, asked["text"] - cached["text"]) + _count(usage.get("toolUsePromptTokenCount")),
        "image_in": max(0, asked["image"] - cached["image"]),
        "cached_text_in": cached["text"],
        "cached_image_in": cached["image"],
        "text_out": made["text"] + _count(usage.get("thoughtsTokenCount")),
        "image_out": made["image"],
    }
    return {kind: count for kind, count in counts.items() if count}


def _by_modality(usage: JSON, total: str, details: str, *, rest: str) -> dict[str, int]:
    counts = {"text": 0, "image": 0}
    for detail in _objects(usage.get(details)):
        kind = "image" if detail.get("modality") == "IMAGE" else "text"
        counts[kind] += _count(detail.get("tokenCount"))
    counts[rest] += max(0, _count(usage.get(total)) - sum(counts.values()))
    return counts


def _pictures(parts: list[JSON]) -> Iterator[Delivered]:
    for part in parts:
        inline, file = _object(part.get("inlineData")), _object(part.get("fileData"))
        if _text(inline.get("mimeType")).startswith("image/"):
            yield Delivered(content=_decoded(_text(inline.get("data"))))
        elif uri := _text(file.get("fileUri")):
            yield Delivered(uri=uri)


def _decoded(data: str) -> bytes:
    """Empty where the base64 is damaged: no picture either way."""
    try:
        return base64.b64decode(data.translate({45: "+", 95: "/"}), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _object(value: object) -> JSON:
    return cast("JSON", value) if isinstance(value, dict) else {}


def _objects(value: object) -> list[JSON]:
    return [_object(item) for item in cast("list[object]", value)] if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
