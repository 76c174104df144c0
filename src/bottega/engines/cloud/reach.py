"""Whether a vendor can be reached with the key that is set: one call that costs nothing."""

from dataclasses import dataclass

from bottega.models.addresses import HOME
from bottega.settings import Settings

TIMEOUT_S = 8.0

VENDOR_TITLES = {
    "openai": "OpenAI",
    "gemini": "Gemini",
    "anthropic": "Anthropic",
    "replicate": "Replicate",
    "stability": "Stability",
    "openai_compatible": "OpenAI-compatible server",
}
"""Engines that are somebody else's, as people call them."""
VENDORS = tuple(VENDOR_TITLES)
_FREE_CALLS = {
    "openai": "/models",
    "gemini": "/v1beta/models?pageSize=1",
    "anthropic": "/v1/models?limit=1",
    "replicate": "/account",
    "stability": "/v1/user/balance",
    "openai_compatible": "/models",
}


@dataclass(frozen=True, slots=True)
class Reached:
    """`ok`: the vendor answered and takes the key; otherwise `words` say what happened."""

    ok: bool
    words: str


def key_of(settings: Settings, vendor: str) -> str:
    return str(getattr(settings, f"{vendor}_api_key")).strip()


def base_of(settings: Settings, vendor: str) -> str:
    """The base URL that is set, else the vendor's own; empty for a server of the user's that is not set."""
    return str(getattr(settings, f"{vendor}_base_url")).strip().rstrip("/") or HOME.get(vendor, "")


def is_configured(settings: Settings, vendor: str) -> bool:
    """A server of one's own needs no key."""
    return (
        bool(base_of(settings, vendor)) if vendor == "openai_compatible" else bool(key_of(settings, vendor))
    )


async def reach(settings: Settings, vendor: str) -> Reached:
    """Ask the vendor for something that is free. Raises nothing of its own."""
    import httpx

    url = base_of(settings, vendor) + _FREE_CALLS[vendor]
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT_S, trust_env=False) as client:
            response = await client.get(url, headers=_headers(vendor, key_of(settings, vendor)))
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        return Reached(False, f"cannot be reached: {str(error) or type(error).__name__}")
    if response.is_success:
        return Reached(True, "answers and takes the key")
    # Gemini says 400 to a key that it does not know.
    if response.status_code in (401, 403) or (vendor == "gemini" and response.status_code == 400):
        return Reached(False, f"does not take the key (HTTP {response.status_code})")
    return Reached(False, f"answers with HTTP {response.status_code}")


def _headers(vendor: str, key: str) -> dict[str, str]:
    match vendor:
        case "gemini":
            return {"x-goog-api-key": key}
        case "anthropic":
            return {"x-api-key": key, "anthropic-version": "2023-06-01"}
        case _:
            return {"Authorization": f"Bearer {key}"} if key else {}
