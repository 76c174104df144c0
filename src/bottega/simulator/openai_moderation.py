"""OpenAI's /moderations, by a short list of words: enough to see both outcomes, no judgement of anything."""

import re
from collections.abc import Mapping
from typing import Any, cast

from starlette.responses import JSONResponse, Response

from bottega.simulator.openai_dialect import ApiError, checked, data_url
from bottega.simulator.world import Entry

MODEL = "omni-moderation-latest"
MODELS = (MODEL, "omni-moderation-2024-09-26")

WORDS: Mapping[str, tuple[str, ...]] = {
    "harassment": ("harassment",),
    "harassment/threatening": ("i will hurt you",),
    "hate": ("hate speech",),
    "hate/threatening": ("exterminate them",),
    "illicit": ("counterfeit money", "cook meth"),
    "illicit/violent": ("build a bomb",),
    "self-harm": ("self-harm",),
    "self-harm/instructions": ("how to kill myself",),
    "self-harm/intent": ("want to kill myself",),
    "sexual": ("pornographic", "explicit sex"),
    "sexual/minors": ("naked child",),
    "violence": ("kill them", "murder"),
    "violence/graphic": ("gore", "dismembered"),
}
"""What flags a text, in lower case, by category. Every category of the API is here."""

SEES_PICTURES = frozenset(
    {
        "self-harm",
        "self-harm/intent",
        "self-harm/instructions",
        "sexual",
        "violence",
        "violence/graphic",
    }
)
"""Categories that pictures are looked at for; here no picture is ever flagged, unless an answer was queued."""

FLAGGED_SCORE, CLEAN_SCORE = 0.98, 0.0001


def flagged(text: str) -> list[str]:
    """The categories whose words the text has, whole words only."""
    lower = text.lower()
    return [
        name
        for name, words in WORDS.items()
        if any(re.search(rf"\b{re.escape(word)}\b", lower) for word in words)
    ]


async def moderations(entry: Entry) -> Response:
    """A queued answer `{"categories": ["violence", ...]}` flags those, whatever the input says."""
    fields = checked("moderations", entry.fields)
    model = str(fields.get("model", MODEL))
    if model not in MODELS:
        raise ApiError(404, f"The model '{model}' does not exist.", param="model", code="model_not_found")
    given: Any = fields["input"]
    parts = cast("list[Any]", given if isinstance(given, list) else [given])
    if not parts:
        raise ApiError(400, "Invalid 'input': empty array.", param="input", code="empty_array")
    if isinstance(parts[0], str):
        asked = [([str(text)], False) for text in parts]
    else:
        texts = [str(part["text"]) for part in parts if part["type"] == "text"]
        for at, part in enumerate(parts):
            if part["type"] == "image_url":
                data_url(entry, str(part["image_url"]["url"]), f"input[{at}].image_url.url")
        asked = [(texts, len(texts) < len(parts))]
    entry.accept()
    await entry.world.work(0.3)
    await entry.act("after")
    queued = entry.world.next_answer("openai", entry.seen.operation) or {}
    results = [
        _result(queued.get("categories") or flagged("\n".join(texts)), texts=bool(texts), pictures=pictures)
        for texts, pictures in asked
    ]
    return JSONResponse({"id": f"modr-{entry.world.new_id()}", "model": MODELS[-1], "results": results})


def _result(hit: list[str], *, texts: bool, pictures: bool) -> dict[str, Any]:
    return {
        "flagged": bool(hit),
        "categories": {name: name in hit for name in WORDS},
        "category_scores": {name: FLAGGED_SCORE if name in hit else CLEAN_SCORE for name in WORDS},
        "category_applied_input_types": {
            name: [
                *(["text"] if texts else []),
                *(["image"] if pictures and name in SEES_PICTURES else []),
            ]
            for name in WORDS
        },
    }
