"""The built studio as it is served, what its policy keeps out, and a job's page without scripts."""

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from api_server import assert_problem, client_of, opened

from bottega.app import Bottega, make_request
from bottega.domain.principal import Principal
from bottega.settings import Settings

SCRIPT = "console.log('bottega');\n" * 100
ALICE = Principal(owner="alice")


@pytest.fixture
def built(tmp_path: Path) -> Path:
    folder = tmp_path / "built"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>Studio</title><div id=root></div>")
    (folder / "theme.js").write_text("1")
    (folder / "assets" / "index-Liu2x-sF.js").write_text(SCRIPT)
    (folder / ".secret").write_text("no")
    (tmp_path / "outside.txt").write_text("no")
    (folder / "link.txt").symlink_to(tmp_path / "outside.txt")
    return folder


@pytest.fixture
async def studio_shop(tmp_path: Path, built: Path) -> AsyncIterator[Bottega]:
    async with opened(Settings(home=tmp_path / "home", web_dir=built, compute_workers=1)) as bottega:
        yield bottega


@pytest.fixture
async def studio(studio_shop: Bottega) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(studio_shop) as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/jobs/job_1", "/gallery", "/settings/keys"])
async def test_pages_of_the_studio_are_its_index(studio: httpx.AsyncClient, path: str) -> None:
    page = await studio.get(path)
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["cache-control"] == "no-cache"
    assert "id=root" in page.text


async def test_the_policy_lets_nothing_in_from_elsewhere(studio: httpx.AsyncClient) -> None:
    page = await studio.get("/")
    parts = (part.split() for part in page.headers["content-security-policy"].split(";"))
    policy = {name: sources for name, *sources in parts}
    assert policy["default-src"] == policy["script-src"] == policy["style-src"] == ["'self'"]
    assert policy["connect-src"] == ["'self'"]
    assert policy["img-src"] == ["'self'", "blob:", "data:"]
    assert policy["media-src"] == ["'self'", "blob:"]
    assert policy["object-src"] == policy["frame-ancestors"] == policy["base-uri"] == ["'none'"]
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "no-referrer"


async def test_hashed_files_are_kept_for_good_and_others_asked_for(studio: httpx.AsyncClient) -> None:
    hashed = await studio.get("/assets/index-Liu2x-sF.js")
    assert hashed.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert hashed.headers["content-type"].startswith("text/javascript")
    assert hashed.text == SCRIPT
    plain = await studio.get("/theme.js")
    assert plain.headers["cache-control"] == "no-cache"
    again = await studio.get("/theme.js", headers={"If-None-Match": plain.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_text_is_sent_compressed_to_who_takes_it(studio: httpx.AsyncClient) -> None:
    async with studio.stream("GET", "/assets/index-Liu2x-sF.js") as response:
        raw = b"".join([chunk async for chunk in response.aiter_raw()])
        assert response.headers["content-encoding"] == "gzip"
        assert "Accept-Encoding" in response.headers["vary"]
    assert gzip.decompress(raw).decode() == SCRIPT
    assert len(raw) < len(SCRIPT) / 10
    plain = await studio.get("/assets/index-Liu2x-sF.js", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers


@pytest.mark.parametrize(
    "path",
    [
        "/assets/gone-12345678.js",
        "/missing.txt",
        "/.secret",
        "/link.txt",
        "/%2e%2e/outside.txt",
        "/assets/..%2f..%2foutside.txt",
        "/..%5coutside.txt",
        "/api/v1/nothing",
        "/v1/nothing",
        "/api",
    ],
)
async def test_what_is_not_there_is_not_a_page(studio: httpx.AsyncClient, path: str) -> None:
    assert_problem(await studio.get(path), 404)


async def test_a_wrong_method_is_still_said(studio: httpx.AsyncClient) -> None:
    assert_problem(await studio.get("/api/v1/jobs/x/cancel"), 405)
    assert_problem(await studio.post("/gallery"), 404)


async def test_a_new_build_is_served_without_a_restart(studio: httpx.AsyncClient, built: Path) -> None:
    assert "Studio" in (await studio.get("/")).text
    (built / "index.html").write_text("<title>Newer</title>")
    assert "Newer" in (await studio.get("/")).text


async def test_without_a_build_that_is_said_and_the_rest_works(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", web_dir=tmp_path / "none", compute_workers=1)
    async with opened(settings) as shop, client_of(shop) as client:
        page = await client.get("/")
        assert "has not been built" in page.text
        assert_problem(await client.get("/gallery"), 404)
        assert (await client.get("/api/v1/gallery")).status_code == 200


# --- foreign files in our origin -----------------------------------------------------------------------------


async def test_a_picture_that_is_a_page_is_refused_at_the_door(studio: httpx.AsyncClient) -> None:
    for body in (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", b"<html><script>1"):
        files = {"file": ("x.png", body, "image/png")}
        assert_problem(await studio.post("/api/v1/assets", files=files), None)


# --- /j/<id> -------------------------------------------------------------------------------------------------


async def add_job(shop: Bottega, photograph: Path, who: Principal, prompt: str) -> str:
    request = make_request(
        prompt=prompt, inputs=await shop.add_inputs([photograph], who), workflow="image_enhancement"
    )
    return (await shop.submit(request, who)).id


async def test_a_jobs_page_runs_no_script_and_escapes_its_words(
    studio: httpx.AsyncClient, studio_shop: Bottega, photograph: Path
) -> None:
    from bottega.domain.principal import LOCAL

    job_id = await add_job(studio_shop, photograph, LOCAL, "Sharpen <script>alert(1)</script> & more")
    page = await studio.get(f"/j/{job_id}")
    assert page.status_code == 200
    assert "<script" not in page.text
    assert "Sharpen &lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in page.text
    assert "It waits for its turn." in page.text
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe-inline" not in policy
    assert "script-src" not in policy
    assert page.headers["cache-control"] == "no-store"


async def test_a_jobs_page_is_its_owners(
    public: httpx.AsyncClient, open_shop: Bottega, photograph: Path
) -> None:
    job_id = await add_job(open_shop, photograph, ALICE, "Sharpen the cup")
    nobody = await public.get(f"/j/{job_id}")
    assert nobody.status_code == 401
    assert (
        f'href="/j/{job_id}"' in nobody.text
    )  # from a mail the cookie does not come along; from here it does
    for owner, status in (("bob", 404), ("alice", 200)):
        key = await open_shop.keys.create(owner, "browser")
        await public.post("/api/v1/session", json={"key": key.secret})
        page = await public.get(f"/j/{job_id}")
        assert page.status_code == status
        assert ("Sharpen the cup" in page.text) == (status == 200)
        public.cookies.clear()


async def test_an_address_that_is_no_job_is_escaped_too(studio: httpx.AsyncClient) -> None:
    page = await studio.get("/j/%3Cscript%3E")
    assert page.status_code == 404
    assert "<script" not in page.text
