"""The web search against a server with answers of the shapes that Brave and Tavily send, and with faults."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from search_server import KEY, SearchServer

from bottega.api import create_app
from bottega.app import Bottega
from bottega.errors import InputError, OutputError, ProviderError, ProviderUnavailable
from bottega.references import WebSearch, web_search, why_no_web_search
from bottega.references import search as search_module
from bottega.references.search import LICENCE_UNKNOWN
from bottega.settings import Settings


@pytest.fixture
async def server() -> AsyncIterator[SearchServer]:
    async with SearchServer() as server:
        yield server


def searching(server: SearchServer, provider: str, key: str = KEY) -> WebSearch:
    settings = Settings.model_validate(
        {"web_search_provider": provider, "web_search_api_key": key, "web_search_base_url": f"{server.url}/"}
    )
    found = web_search(settings)
    assert found is not None
    return found


@pytest.fixture(params=["brave", "tavily"])
def either(request: pytest.FixtureRequest, server: SearchServer) -> WebSearch:
    return searching(server, request.param)


# --- answers -------------------------------------------------------------------------------------------------


async def test_brave_gives_pictures_with_their_pages_and_licences(server: SearchServer) -> None:
    first, second = await searching(server, "brave").search("  gala \n outfit ")
    assert first.title == "A gala dress"
    assert first.source_url == "https://fashion.example/gala"
    assert first.picture_url == "https://fashion.example/gala.jpg"
    assert first.licence == LICENCE_UNKNOWN == "licence unknown: check before commercial use"
    assert (second.title, second.licence) == ("ball gown.png", "CC BY 4.0")
    assert server.asked[0].query == {"q": ["gala outfit"], "count": ["10"], "safesearch": ["strict"]}


async def test_tavily_gives_pictures_and_names_no_page(server: SearchServer) -> None:
    first, second = await searching(server, "tavily").search("gala outfit", limit=50)
    assert (first.title, first.source_url) == ("A woman in a red gala dress.", None)
    assert first.picture_url == "https://fashion.example/gala.jpg"
    assert (second.title, second.licence) == ("gown.png", LICENCE_UNKNOWN)


async def test_no_more_than_asked_for(either: WebSearch) -> None:
    assert len(await either.search("gala outfit", limit=1)) == 1


async def test_a_long_query_is_cut_to_what_the_services_take(either: WebSearch, server: SearchServer) -> None:
    await either.search("word " * 500)
    asked = server.asked[0]
    sent = asked.query["q"][0] if asked.method == "GET" else asked.body["query"]
    assert sent == "word " * 49 + "word"


async def test_nothing_is_asked_without_words(either: WebSearch, server: SearchServer) -> None:
    with pytest.raises(InputError):
        await either.search(" \n\0 ")
    assert server.asked == []


# --- faults --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("provider", ["brave", "tavily"])
async def test_a_wrong_key_is_said_to_be_wrong(server: SearchServer, provider: str) -> None:
    with pytest.raises(ProviderError, match="does not accept the key") as caught:
        await searching(server, provider, key="wrong").search("gala")
    assert "wrong" not in str(caught.value.as_dict())


async def test_a_busy_service_says_when_to_come_back(either: WebSearch, server: SearchServer) -> None:
    server.fault = (429, "Retry-After: 7\r\n", b"{}")
    with pytest.raises(ProviderUnavailable) as caught:
        await either.search("gala")
    assert caught.value.details["retry_after"] == 7
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [(500, ProviderUnavailable), (503, ProviderUnavailable), (422, ProviderError), (302, ProviderError)],
)
async def test_other_answers_are_errors(
    either: WebSearch, server: SearchServer, status: int, kind: type[Exception]
) -> None:
    server.fault = (status, "Location: http://127.0.0.1:1/\r\n", b"{}")
    with pytest.raises(kind):
        await either.search("gala")
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b"null", b'{"results": 5, "images": 5}', b"\xff", b"[" * 10_000]
)
async def test_an_answer_of_another_shape_is_no_answer(
    either: WebSearch, server: SearchServer, body: bytes
) -> None:
    server.fault = (200, "", body)
    with pytest.raises(OutputError):
        await either.search("gala")


async def test_an_answer_without_pictures_is_an_empty_list(either: WebSearch, server: SearchServer) -> None:
    server.fault = (200, "", b"{}")
    assert await either.search("gala") == ()


async def test_an_endless_answer_is_cut_off(either: WebSearch, server: SearchServer) -> None:
    server.fault = (200, "", b" " * (2**21 + 1))
    with pytest.raises(OutputError, match="more than"):
        await either.search("gala")


async def test_a_broken_connection_is_not_available(either: WebSearch, server: SearchServer) -> None:
    server.fault = "cut"
    with pytest.raises(ProviderUnavailable):
        await either.search("gala")


async def test_silence_ends(either: WebSearch, server: SearchServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_module, "_TIMEOUT_S", 0.2)
    server.fault = "silence"
    with pytest.raises(ProviderUnavailable):
        await either.search("gala")


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "ftp://x", "nonsense", "http://[broken"])
async def test_an_address_that_leads_nowhere(address: str) -> None:
    settings = Settings(web_search_provider="brave", web_search_api_key=KEY, web_search_base_url=address)
    search = web_search(settings)
    assert search is not None
    with pytest.raises(ProviderUnavailable):
        await search.search("gala")


# --- set up or not -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("provider", "key", "variable"),
    [
        ("none", "", "BOTTEGA_WEB_SEARCH_PROVIDER"),
        ("none", KEY, "BOTTEGA_WEB_SEARCH_PROVIDER"),
        ("brave", " ", "BOTTEGA_WEB_SEARCH_API_KEY"),
        ("tavily", "ключ", "BOTTEGA_WEB_SEARCH_API_KEY"),
    ],
)
def test_without_provider_or_key_there_is_no_search(provider: str, key: str, variable: str) -> None:
    settings = Settings.model_validate({"web_search_provider": provider, "web_search_api_key": key})
    assert web_search(settings) is None
    assert variable in why_no_web_search(settings)[1]


async def test_the_workshop_says_that_nothing_can_be_searched(tmp_path: Path) -> None:
    bottega = Bottega(Settings(home=tmp_path))
    try:
        with pytest.raises(InputError, match="no web search is set up"):
            await bottega.find_public_pictures("gala")
    finally:
        await bottega.close()


# --- in an answer --------------------------------------------------------------------------------------------


async def processed(server: SearchServer, home: Path) -> dict[str, Any]:
    settings = Settings(
        home=home, web_search_provider="brave", web_search_api_key=KEY, web_search_base_url=server.url
    )
    bottega = Bottega(settings)
    await bottega.start(run_jobs=False)
    try:
        transport = httpx.ASGITransport(create_app(bottega))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            body = {"prompt": "dress me like Rihanna at the Met Gala"}
            return (await client.post("/api/v1/enhanced/process", json=body)).json()
    finally:
        await bottega.close()


async def test_public_pictures_stand_among_the_references(server: SearchServer, tmp_path: Path) -> None:
    answer = await processed(server, tmp_path)
    assert [each["source"] for each in answer["references"]] == ["web", "web"]
    assert answer["references"][0]["picture_url"] == "https://fashion.example/gala.jpg"
    assert server.asked[0].query["q"] == [answer["metadata"]["web_search_query"]]
    assert "2 public pictures" in answer["metadata"]["notes"][-1]


async def test_a_failed_search_stops_nothing(server: SearchServer, tmp_path: Path) -> None:
    server.fault = (503, "", b"")
    answer = await processed(server, tmp_path)
    assert answer["workflow_type"] == "reference_styling"
    assert answer["references"] == []
    assert "failed" in answer["metadata"]["notes"][-1]
