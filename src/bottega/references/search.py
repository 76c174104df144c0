"""Public pictures from the web, found through a search service by key: none by default, Brave or Tavily by setting.

Only addresses come back. A picture is fetched by `bottega.resilience.fetch` and by nothing else, when somebody
chooses it. A search sends its words to the service and is billed there, to the key of whoever runs this installation.
"""

import asyncio
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, Protocol, cast
from urllib.parse import unquote, urlsplit

from pydantic_core import from_json

from bottega.domain.base import Value
from bottega.errors import InputError, OutputError, ProviderError, ProviderUnavailable
from bottega.settings import Settings

if TYPE_CHECKING:
    import httpx

LICENCE_UNKNOWN: Final = "licence unknown: check before commercial use"
BRAVE: Final = "https://api.search.brave.com/res/v1"
TAVILY: Final = "https://api.tavily.com"
_TIMEOUT_S: Final = 8.0
_LARGEST_ANSWER: Final = 2**21
_LONGEST_QUERY: Final = 400
"""Brave's limit (its documentation of 2025), kept for both."""
_MOST_WORDS: Final = 50
_LONGEST_URL: Final = 2000
_LONGEST_TITLE: Final = 200
_MOST: Final = 50


class WebReference(Value):
    """A picture somewhere on the web. `source_url` is the page it stands on, as far as the service names one."""

    title: str
    source_url: str | None
    picture_url: str
    licence: str = LICENCE_UNKNOWN


class WebSearch(Protocol):
    """`search` returns at most `limit` pictures, the best first. It is sent once and never again.

    Raises InputError for a query without words, ProviderUnavailable when the service cannot be reached, is too slow
    or asks to wait (`details["retry_after"]`, seconds), ProviderError when it refuses, OutputError when its answer
    cannot be read.
    """

    name: str

    async def search(self, query: str, *, limit: int = 10) -> tuple[WebReference, ...]: ...


def web_search(settings: Settings) -> WebSearch | None:
    """The search service that the settings name; None when there is none or it has no usable key."""
    key = settings.web_search_api_key.strip()
    if settings.web_search_provider == "none" or not _can_be_sent(key):
        return None
    kind = BraveSearch if settings.web_search_provider == "brave" else TavilySearch
    return kind(key, settings.web_search_base_url)


def why_no_web_search(settings: Settings) -> tuple[str, str]:
    """Reason and hint for people when `web_search` gives None."""
    if settings.web_search_provider == "none":
        return (
            "no web search is set up here",
            "Set BOTTEGA_WEB_SEARCH_PROVIDER to brave or tavily and BOTTEGA_WEB_SEARCH_API_KEY to its key.",
        )
    return (
        f"the web search {settings.web_search_provider} has no usable key here",
        "Set BOTTEGA_WEB_SEARCH_API_KEY.",
    )


def _can_be_sent(key: str) -> bool:
    """Whether it can stand in an HTTP header."""
    return bool(key) and key.isascii() and key.isprintable()


class BraveSearch:
    """`GET {base}/images/search` (Brave Image Search API, documentation of 2025-06-27)."""

    name = "brave"

    def __init__(self, api_key: str, base_url: str = "") -> None:
        self._key = api_key
        self._base = (base_url or BRAVE).rstrip("/")

    async def search(self, query: str, *, limit: int = 10) -> tuple[WebReference, ...]:
        answer = await _ask(
            "GET",
            f"{self._base}/images/search",
            headers={"X-Subscription-Token": self._key},
            params={"q": _words(query), "count": _count(limit), "safesearch": "strict"},
        )
        found = (self._read(item) for item in _objects(answer.get("results"), "results"))
        return _distinct(found, limit)

    def _read(self, item: Mapping[str, Any]) -> WebReference | None:
        properties = item.get("properties")
        picture = cast("Mapping[str, Any]", properties).get("url") if isinstance(properties, dict) else None
        return _reference(item, title=item.get("title"), page=item.get("url"), picture=picture)


class TavilySearch:
    """`POST {base}/search` with `include_images` (Tavily API, documentation of 2025). It lists pictures apart from
    pages, so which page a picture stands on is not known."""

    name = "tavily"

    def __init__(self, api_key: str, base_url: str = "") -> None:
        self._key = api_key
        self._base = (base_url or TAVILY).rstrip("/")

    async def search(self, query: str, *, limit: int = 10) -> tuple[WebReference, ...]:
        answer = await _ask(
            "POST",
            f"{self._base}/search",
            headers={"Authorization": f"Bearer {self._key}"},
            json={
                "query": _words(query),
                "max_results": min(_count(limit), 20),
                "include_images": True,
                "include_image_descriptions": True,
            },
        )
        images = answer.get("images")
        if isinstance(images, list):  # without descriptions they come as bare addresses
            images = [
                {"url": item} if isinstance(item, str) else item for item in cast("list[object]", images)
            ]
        found = (self._read(item) for item in _objects(images, "images"))
        return _distinct(found, limit)

    def _read(self, item: Mapping[str, Any]) -> WebReference | None:
        return _reference(
            item, title=item.get("description"), page=item.get("source_url"), picture=item.get("url")
        )


# --- asking --------------------------------------------------------------------------------------------------


async def _ask(method: str, url: str, **arguments: Any) -> Mapping[str, Any]:
    """The JSON object that the service answers with."""
    import httpx

    host = "The search service"
    try:
        host = httpx.URL(url).host or host
        # Reading the certificate store takes tens of milliseconds: not on the event loop.
        verify = await asyncio.to_thread(httpx.create_ssl_context) if url.startswith("https:") else False
        async with (
            asyncio.timeout(_TIMEOUT_S),
            httpx.AsyncClient(verify=verify, trust_env=False, timeout=_TIMEOUT_S) as client,
            client.stream(method, url, **arguments) as response,
        ):
            _check_status(response, host)
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > _LARGEST_ANSWER:
                    raise OutputError(f"{host} answered with more than {_LARGEST_ANSWER} bytes.")
    except TimeoutError:
        raise ProviderUnavailable(f"{host} did not answer within {_TIMEOUT_S:g} s.") from None
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        raise ProviderUnavailable(
            f"{host} could not be asked: {str(error) or type(error).__name__}.",
            hint="Check the network and BOTTEGA_WEB_SEARCH_BASE_URL.",
        ) from error
    try:
        answer = from_json(bytes(body))
    except ValueError:
        raise OutputError(f"{host} answered with something that is not JSON.") from None
    if not isinstance(answer, dict):
        raise OutputError(f"{host} answered with JSON of another shape.")
    return cast("Mapping[str, Any]", answer)


def _check_status(response: "httpx.Response", host: str) -> None:
    status = response.status_code
    if status == 200:
        return
    if status == 429 or status >= 500:
        error = ProviderUnavailable(f"{host} answered with HTTP {status}.", hint="Try again later.")
        wait = response.headers.get("retry-after", "")
        if wait.isascii() and wait.isdigit() and len(wait) < 6:
            error.details["retry_after"] = int(wait)
        raise error
    if status in (401, 403):
        raise ProviderError(f"{host} does not accept the key.", hint="Check BOTTEGA_WEB_SEARCH_API_KEY.")
    raise ProviderError(f"{host} refused the search (HTTP {status}).", hint="Search for other words.")


def _words(query: str) -> str:
    words = "".join(ch if ch.isprintable() else " " for ch in query).split()[:_MOST_WORDS]
    if not words:
        raise InputError("There is nothing to search for.", hint="Give a few words.")
    return " ".join(words)[:_LONGEST_QUERY].rstrip()


def _count(limit: int) -> int:
    return max(1, min(limit, _MOST))


# --- reading -------------------------------------------------------------------------------------------------


def _objects(value: object, name: str) -> list[Mapping[str, Any]]:
    """The objects of a list in the answer; a missing list is an empty one."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise OutputError(f"The search service answered with {name} of another shape.")
    return [cast("Mapping[str, Any]", item) for item in cast("list[object]", value) if isinstance(item, dict)]


def _reference(
    item: Mapping[str, Any], *, title: object, page: object, picture: object
) -> WebReference | None:
    """None without a picture that could be fetched."""
    picture_url = _url(picture)
    if picture_url is None:
        return None
    told = item.get("license") or item.get("licence")
    return WebReference(
        title=_text(title) or _file_name(picture_url),
        source_url=_url(page),
        picture_url=picture_url,
        licence=_text(told) or LICENCE_UNKNOWN,
    )


def _distinct(found: Iterable[WebReference | None], limit: int) -> tuple[WebReference, ...]:
    by_url: dict[str, WebReference] = {}
    for reference in found:
        if reference is not None:
            by_url.setdefault(reference.picture_url, reference)
    return tuple(by_url.values())[: _count(limit)]


def _url(value: object) -> str | None:
    """An http or https address as it is; None for everything else (`javascript:` and its like among it)."""
    if not isinstance(value, str) or len(value) > _LONGEST_URL or not re.fullmatch(r"https?://[!-~]+", value):
        return None
    try:
        return value if urlsplit(value).hostname else None
    except ValueError:
        return None


def _text(value: object) -> str:
    """One line of printable text without tags; empty for what is no text."""
    if not isinstance(value, str):
        return ""
    plain = re.sub(r"<[^<>]*>", "", value[: 4 * _LONGEST_TITLE])
    return " ".join("".join(ch if ch.isprintable() else " " for ch in plain).split())[:_LONGEST_TITLE]


def _file_name(url: str) -> str:
    parts = urlsplit(url)
    return _text(unquote(parts.path.rpartition("/")[2])) or parts.hostname or url
