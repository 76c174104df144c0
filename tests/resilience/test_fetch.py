"""The guarded fetcher against servers on loopback, and against addresses that it must not touch."""

import asyncio
import ipaddress
import socket
import ssl
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bottega.errors import InputError, NotFound, ProviderUnavailable, TooLarge
from bottega.resilience import fetch
from bottega.resilience.fetch import why_refused

Reply = Callable[[asyncio.StreamReader, asyncio.StreamWriter, list[str]], Awaitable[None]]


class LoopbackServer:
    """Answers each connection with `reply(reader, writer, request lines)` and remembers the requests."""

    def __init__(self, reply: Reply, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> None:
        self._reply, self._host, self._tls = reply, host, tls
        self.requests: list[list[str]] = []

    async def __aenter__(self) -> "LoopbackServer":
        self._server = await asyncio.start_server(self._serve, self._host, 0, ssl=self._tls)
        self.port: int = self._server.sockets[0].getsockname()[1]
        self.url = f"{'https' if self._tls else 'http'}://{self._host}:{self.port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            self.requests.append(lines)
            await self._reply(reader, writer, lines)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client left early, which some of these tests are about
        finally:
            writer.close()


def answering(body: bytes, status: str = "200 OK", headers: str = "", length: int | None = None) -> Reply:
    async def reply(_: asyncio.StreamReader, writer: asyncio.StreamWriter, __: list[str]) -> None:
        size = len(body) if length is None else length
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {size}\r\n{headers}\r\n".encode() + body)
        await writer.drain()

    return reply


def redirecting(location: str) -> Reply:
    return answering(b"", "302 Found", f"Location: {location}\r\n")


async def chunks_for_ever(_: asyncio.StreamReader, writer: asyncio.StreamWriter, __: list[str]) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while not writer.is_closing():
        writer.write(b"400\r\n" + b"x" * 1024 + b"\r\n")
        await writer.drain()


async def silence(reader: asyncio.StreamReader, _: asyncio.StreamWriter, __: list[str]) -> None:
    await reader.read()  # until the client gives up


async def get(
    url: str, max_bytes: int = 1000, timeout_s: float = 5.0, allowed_hosts: frozenset[str] | None = None
) -> bytes:
    """`fetch`, with loopback allowed."""
    return await fetch(
        url, max_bytes=max_bytes, timeout_s=timeout_s, allow_private=True, allowed_hosts=allowed_hosts
    )


async def test_returns_the_body_untouched():
    body = bytes(range(256))
    async with LoopbackServer(answering(body)) as server:
        assert await get(server.url + "/a.png?x=1") == body
    assert server.requests[0][0] == "GET /a.png?x=1 HTTP/1.1"
    assert f"Host: 127.0.0.1:{server.port}" in server.requests[0]


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.8.8.8",
        "localhost",
        "LOCALHOST.",
        "10.1.2.3",
        "172.31.255.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "100.100.100.200",
        "0.0.0.0",
        "255.255.255.255",
        "224.0.0.1",
        "192.0.2.1",
        "2130706433",  # 127.0.0.1 as one number
        "0x7f.1",
        "017700000001",
        "127。0。0。1",  # ideographic full stops, which IDNA turns into dots
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:a9fe:a9fe]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",  # NAT64 of 127.0.0.1
        "[2002:7f00:1::]",  # 6to4 of 127.0.0.1
        "[fc00::1]",
        "[fd00:ec2::254]",
        "[fec0::1]",
        "[ff02::1]",
    ],
)
async def test_an_address_that_is_not_public_is_refused(host: str):
    with pytest.raises(InputError) as caught:
        await fetch(f"http://{host}/", max_bytes=10, timeout_s=5)
    assert caught.value.details["reason"] == "address"


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"],  # the last: NAT64 of 8.8.8.8
)
def test_public_addresses_are_not_refused(address: str):
    assert why_refused(ipaddress.ip_address(address), allow_private=False) is None


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "10.0.0.1", "192.168.0.1", "100.64.0.1", "fd12::1"])
def test_private_addresses_are_not_refused_where_they_are_allowed(address: str):
    assert why_refused(ipaddress.ip_address(address), allow_private=True) is None


async def test_no_connection_is_made_to_a_refused_address():
    async with LoopbackServer(answering(b"secret")) as server:
        with pytest.raises(InputError):
            await fetch(server.url, max_bytes=100, timeout_s=5)
    assert server.requests == []


@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254",
        "169.254.1.1",
        "100.100.100.200",
        "[fd00:ec2::254]",
        "[::ffff:169.254.169.254]",
        "0.0.0.0",
    ],
)
async def test_metadata_and_link_local_addresses_are_refused_even_where_private_ones_are_allowed(host: str):
    with pytest.raises(InputError) as caught:
        await get(f"http://{host}/latest/meta-data/")
    assert caught.value.details["reason"] == "address"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://127.0.0.1/a.png", "url"),
        ("file:///etc/passwd", "url"),
        ("data:image/png;base64,AAAA", "url"),
        ("http:///a.png", "url"),
        ("a.png", "url"),
        ("http://127.0.0.1:99999/", "url"),
        ("http://a..b/", "url"),
        ("http://user:secret@127.0.0.1/", "credentials"),
        ("http://user@127.0.0.1/", "credentials"),
    ],
)
async def test_a_url_of_the_wrong_form_is_refused(url: str, reason: str):
    with pytest.raises(InputError) as caught:
        await get(url)
    assert caught.value.details["reason"] == reason
    assert "secret" not in str(caught.value.as_dict())


async def test_only_allowed_hosts_are_fetched_from():
    async with LoopbackServer(answering(b"picture")) as server:
        assert await get(server.url, allowed_hosts=frozenset({"127.0.0.1"})) == b"picture"
        with pytest.raises(InputError) as caught:
            await get(server.url, allowed_hosts=frozenset({"pictures.example"}))
    assert caught.value.details["reason"] == "host"
    assert len(server.requests) == 1


async def test_follows_a_relative_redirect():
    async def reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, lines: list[str]) -> None:
        first = lines[0].startswith("GET /old/a ")
        await (redirecting("../new/b") if first else answering(b"moved"))(reader, writer, lines)

    async with LoopbackServer(reply) as server:
        assert await get(server.url + "/old/a") == b"moved"
    assert [lines[0] for lines in server.requests] == ["GET /old/a HTTP/1.1", "GET /new/b HTTP/1.1"]


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("http://169.254.169.254/latest/meta-data/", "address"),
        ("http://[::ffff:169.254.169.254]/", "address"),
        ("//0.0.0.0/", "address"),
        ("file:///etc/passwd", "url"),
        ("http://user:password@127.0.0.1/", "credentials"),
    ],
)
async def test_a_redirect_to_a_refused_url_is_refused(location: str, reason: str):
    async with LoopbackServer(redirecting(location)) as server:
        with pytest.raises(InputError) as caught:
            await get(server.url)
    assert caught.value.details["reason"] == reason


async def test_a_redirect_to_a_host_that_is_not_allowed_is_refused():
    async with (
        LoopbackServer(answering(b"secret"), host="127.0.0.2") as other,
        LoopbackServer(redirecting(other.url)) as server,
    ):
        assert await get(server.url) == b"secret"
        with pytest.raises(InputError) as caught:
            await get(server.url, allowed_hosts=frozenset({"127.0.0.1"}))
    assert caught.value.details["reason"] == "host"
    assert len(other.requests) == 1


@pytest.mark.parametrize(("redirects", "fetched"), [(3, True), (4, False)])
async def test_three_redirects_are_followed_and_a_fourth_is_not(redirects: int, fetched: bool):
    async def reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, lines: list[str]) -> None:
        hop = int(lines[0].split()[1].strip("/"))
        step = redirecting(f"/{hop + 1}") if hop < redirects else answering(b"end")
        await step(reader, writer, lines)

    async with LoopbackServer(reply) as server:
        if fetched:
            assert await get(server.url + "/0") == b"end"
        else:
            with pytest.raises(InputError) as caught:
                await get(server.url + "/0")
            assert caught.value.details["reason"] == "redirects"
    assert len(server.requests) == 4


async def test_the_byte_limit_is_exact():
    async with LoopbackServer(answering(b"x" * 100)) as server:
        assert len(await get(server.url, max_bytes=100)) == 100
        with pytest.raises(TooLarge):
            await get(server.url, max_bytes=99)


async def test_an_endless_body_is_cut_off_at_the_byte_limit():
    async with LoopbackServer(chunks_for_ever) as server:
        with pytest.raises(TooLarge):
            await get(server.url, max_bytes=100_000)


async def test_a_compressed_answer_is_refused_because_it_would_evade_the_byte_limit():
    async with LoopbackServer(answering(b"\x1f\x8b", headers="Content-Encoding: gzip\r\n")) as server:
        with pytest.raises(ProviderUnavailable, match="compressed"):
            await get(server.url)


async def test_the_deadline_covers_a_server_that_says_nothing():
    async with LoopbackServer(silence) as server:
        with pytest.raises(ProviderUnavailable, match=r"within 0\.2 s"):
            await get(server.url, timeout_s=0.2)


async def test_the_deadline_covers_a_body_that_never_ends():
    async with LoopbackServer(chunks_for_ever) as server:
        with pytest.raises(ProviderUnavailable, match=r"within 0\.2 s"):
            await get(server.url, max_bytes=2**40, timeout_s=0.2)


async def test_a_body_that_breaks_off_is_not_handed_out():
    async with LoopbackServer(answering(b"half", length=8)) as server:
        with pytest.raises(ProviderUnavailable):
            await get(server.url)


async def test_a_refused_connection_is_named():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # bound but not listening: nobody else can take the port meanwhile
        with pytest.raises(ProviderUnavailable):
            await get(f"http://127.0.0.1:{unused.getsockname()[1]}/")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        ("404 Not Found", NotFound),
        ("403 Forbidden", InputError),
        ("429 Too Many Requests", ProviderUnavailable),
        ("500 Internal Server Error", ProviderUnavailable),
    ],
)
async def test_an_error_status_is_an_error(status: str, error: type[Exception]):
    async with LoopbackServer(answering(b"oops", status)) as server:
        with pytest.raises(error):
            await get(server.url)


# --- Name resolution: the system's resolver is replaced, as an attacker's name server would --------------------


def resolve_as(monkeypatch: pytest.MonkeyPatch, name: str, *answers: list[str]) -> list[str]:
    """Lets `name` resolve to each of `answers` in turn; returns the list of the look-ups made."""
    real, lookups = socket.getaddrinfo, list[str]()

    def getaddrinfo(host: str, port: int, *args: int, **kwargs: int) -> list[object]:
        if host != name:
            return list(real(host, port, *args, **kwargs))
        lookups.append(host)
        addresses = answers[min(len(lookups), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return lookups


async def test_connects_to_the_address_that_was_checked_whatever_the_name_resolves_to_next(
    monkeypatch: pytest.MonkeyPatch,
):
    lookups = resolve_as(monkeypatch, "pictures.test", ["127.0.0.1"], ["127.0.0.2"])
    async with LoopbackServer(answering(b"checked")) as server:
        assert await get(f"http://pictures.test:{server.port}/") == b"checked"
    assert lookups == ["pictures.test"]
    assert f"Host: pictures.test:{server.port}" in server.requests[0]


async def test_a_name_with_one_private_address_among_public_ones_is_refused(monkeypatch: pytest.MonkeyPatch):
    resolve_as(monkeypatch, "pictures.test", ["93.184.215.14", "10.0.0.1"])
    with pytest.raises(InputError) as caught:
        await fetch("http://pictures.test/", max_bytes=10, timeout_s=5)
    assert caught.value.details["reason"] == "address"


async def test_the_next_address_is_tried_when_one_refuses_the_connection(monkeypatch: pytest.MonkeyPatch):
    resolve_as(monkeypatch, "pictures.test", ["127.0.0.2", "127.0.0.1", "127.0.0.3"])
    async with LoopbackServer(answering(b"second")) as server:
        assert await get(f"http://pictures.test:{server.port}/") == b"second"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A self-signed certificate for `pictures.test`, with its key in the same file."""
    path = tmp_path / "pictures.pem"
    key = tmp_path / "key.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-nodes",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
    ]
    command += ["-subj", "/CN=pictures.test", "-addext", "subjectAltName=DNS:pictures.test", "-days", "2"]
    subprocess.run([*command, "-keyout", str(key), "-out", str(path)], check=True, capture_output=True)
    path.write_text(path.read_text() + key.read_text())
    return path


async def test_tls_is_verified_against_the_name_although_the_connection_goes_to_the_address(
    monkeypatch: pytest.MonkeyPatch, certificate: Path
):
    names: list[str | None] = []
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    tls.sni_callback = lambda _socket, name, _context: names.append(name)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    resolve_as(monkeypatch, "pictures.test", ["127.0.0.1"])
    async with LoopbackServer(answering(b"safe"), tls=tls) as server:
        assert await get(f"https://pictures.test:{server.port}/") == b"safe"
        with pytest.raises(ProviderUnavailable, match="certificate"):
            await get(f"https://127.0.0.1:{server.port}/")
    assert names[0] == "pictures.test"
