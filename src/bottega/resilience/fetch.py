"""Fetches a URL that somebody else chose, without letting it reach into the operator's network.

What the bytes are is left to the caller, who decodes them as foreign.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bottega.errors import InputError, NotFound, ProviderUnavailable, TooLarge

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    import httpx

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

MAX_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CONNECT_TIMEOUT_S = 5.0
"""For one address, so that an unreachable IPv6 address leaves time for the IPv4 one."""

_PRIVATE = tuple(
    ipaddress.ip_network(text)
    for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
)
"""What `allow_private` permits beside loopback (RFC 1918, RFC 6598, RFC 4193)."""
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
"""The only IPv6 space that IANA has given out for the public internet (RFC 4291, section 2.4)."""
_TUNNELS = (ipaddress.ip_network("2002::/16"), ipaddress.ip_network("2001::/32"))
"""6to4 (RFC 3056) and Teredo (RFC 4380) carry an IPv4 address of the sender's choice."""
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
"""RFC 6052: the last 32 bits are the IPv4 address that is really reached."""
_METADATA = frozenset(
    ipaddress.ip_address(text) for text in ("169.254.169.254", "100.100.100.200", "fd00:ec2::254")
)
"""Where clouds hand out a machine's credentials (AWS, Azure and Google; Alibaba; AWS over IPv6)."""


async def fetch(
    url: str,
    *,
    max_bytes: int,
    timeout_s: float,
    allow_private: bool = False,
    allowed_hosts: frozenset[str] | None = None,
) -> bytes:
    """The body of an http or https URL.

    Each hop, the first and at most three redirects, is checked in the same way: scheme, no user name or
    password, host among `allowed_hosts` (names without port; None allows any), and every address that the
    name resolves to is public. The connection goes to an address that was checked, so a name that resolves
    differently a moment later gains nothing; the `Host` header, SNI and certificate check keep the name.
    `allow_private` permits loopback and private addresses too; link-local and cloud metadata addresses are
    refused always. Proxy settings of the environment are not used: a proxy would resolve the name itself.
    Nothing is tried twice.

    `timeout_s` limits the whole fetch, name resolution and redirects included. `max_bytes` is enforced while
    reading.

    Raises InputError for a URL that is refused (`details["reason"]` is `url`, `credentials`, `host`,
    `address`, `redirects` or `status`), TooLarge, NotFound for a name or page that does not exist, and
    ProviderUnavailable when the server cannot be reached, is too slow, breaks off or answers with an error.
    """
    host = "The server"
    try:
        async with asyncio.timeout(timeout_s):
            target = _parse(url)
            for _ in range(1 + MAX_REDIRECTS):
                host = _host(target)
                answer = await _hop(target, max_bytes, allow_private, allowed_hosts)
                if isinstance(answer, bytes):
                    return answer
                target = answer
    except TimeoutError:
        raise ProviderUnavailable(
            f"{host} did not deliver the file within {timeout_s:g} s.", hint="Try again later."
        ) from None
    raise _refused(f"{host} redirected more than {MAX_REDIRECTS} times.", "redirects")


async def _hop(
    url: httpx.URL, max_bytes: int, allow_private: bool, allowed_hosts: frozenset[str] | None
) -> bytes | httpx.URL:
    """The body, or where the server redirects to."""
    _check_url(url, allowed_hosts)
    addresses = await _resolve(url)
    for address in addresses:
        if reason := why_refused(address, allow_private):
            raise _refused(f"{_host(url)} leads to {reason}: nothing is fetched from there.", "address")
    async with _connected(url, addresses) as response:
        if response.status_code in _REDIRECTS and "location" in response.headers:
            return _parse(response.headers["location"], base=url)
        _check_status(response, _host(url))
        return await _read(response, max_bytes, _host(url))


def _parse(text: str, base: httpx.URL | None = None) -> httpx.URL:
    import httpx

    try:
        return base.join(text) if base is not None else httpx.URL(text)
    except (httpx.InvalidURL, ValueError):
        raise _refused("The address is not a valid URL.", "url") from None


def _host(url: httpx.URL) -> str:
    return url.raw_host.decode("ascii").lower().rstrip(".")


def _check_url(url: httpx.URL, allowed_hosts: frozenset[str] | None) -> None:
    if url.scheme not in ("http", "https") or not _host(url):
        raise _refused("Only http and https addresses are fetched.", "url")
    if url.port is not None and not 0 < url.port < 65536:
        raise _refused(f"{url.port} is not a port.", "url")
    if url.userinfo:
        raise _refused("An address with a user name or password in it is not fetched.", "credentials")
    if allowed_hosts is not None and _host(url) not in {name.lower().rstrip(".") for name in allowed_hosts}:
        raise _refused(f"{_host(url)} is not among the hosts that files are fetched from here.", "host")


async def _resolve(url: httpx.URL) -> list[IPAddress]:
    """Every address of the host, in the system's order of preference. Also turns the old spellings of IPv4
    (`2130706433`, `0x7f.1`) into what they mean, so that they are judged by it."""
    host = _host(url)
    port = url.port or (443 if url.scheme == "https" else 80)
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        if error.errno == socket.EAI_AGAIN:
            raise ProviderUnavailable(
                f"The name {host} cannot be resolved at the moment.", hint="Check the network connection."
            ) from None
        raise NotFound(
            f"There is no host named {host}.", hint="Check the address for typing errors."
        ) from None
    except UnicodeError:
        raise _refused(f"{host} is not a valid host name.", "url") from None
    # A scope (`fe80::1%eth0`) is of no use here: link-local addresses are refused.
    texts = dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found)
    return [ipaddress.ip_address(text) for text in texts]


def why_refused(address: IPAddress, allow_private: bool) -> str | None:
    """What is wrong with connecting to the address, or None when nothing is."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return why_refused(address.ipv4_mapped, allow_private)
        if address in _NAT64:
            return why_refused(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF), allow_private)
    if address in _METADATA:
        return "a cloud metadata address"
    if address.is_link_local:
        return "a link-local address"
    if address.is_multicast or address.is_unspecified:
        return "an address of no single host"
    if address.is_loopback:
        return None if allow_private else "this machine itself"
    if any(address in network for network in _PRIVATE):
        return None if allow_private else "a private address"
    if isinstance(address, ipaddress.IPv6Address):
        public = address in _GLOBAL_UNICAST and not any(address in network for network in _TUNNELS)
    else:
        public = not address.is_reserved
    return None if public and address.is_global else "an address that is not public"


@asynccontextmanager
async def _connected(url: httpx.URL, addresses: list[IPAddress]) -> AsyncGenerator[httpx.Response]:
    """The answer's head, from the first address that takes the connection."""
    import httpx

    # Reading the certificate store takes tens of milliseconds: not on the event loop.
    verify = await asyncio.to_thread(httpx.create_ssl_context) if url.scheme == "https" else False
    async with httpx.AsyncClient(
        verify=verify,
        trust_env=False,
        follow_redirects=False,
        timeout=httpx.Timeout(None, connect=_CONNECT_TIMEOUT_S),
    ) as client:
        try:
            response = await _first_answer(client, url, addresses)
            try:
                yield response
            finally:
                await response.aclose()
        except httpx.HTTPError as error:
            raise ProviderUnavailable(
                f"The file at {_host(url)} could not be fetched: {str(error) or type(error).__name__}.",
                hint="Try again later.",
            ) from error


async def _first_answer(
    client: httpx.AsyncClient, url: httpx.URL, addresses: list[IPAddress]
) -> httpx.Response:
    import httpx

    for address in addresses[:-1]:
        try:
            return await client.send(_request(client, url, address), stream=True)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            continue
    return await client.send(_request(client, url, addresses[-1]), stream=True)


def _request(client: httpx.AsyncClient, url: httpx.URL, address: IPAddress) -> httpx.Request:
    return client.build_request(
        "GET",
        url.copy_with(host=str(address)),
        # A compressed answer is not asked for: the byte limit is one on what comes out of it.
        headers={"Host": url.netloc.decode("ascii"), "Accept": "*/*", "Accept-Encoding": "identity"},
        extensions={"sni_hostname": _host(url)},
    )


def _check_status(response: httpx.Response, host: str) -> None:
    status = response.status_code
    if status in (404, 410):
        raise NotFound(f"{host} has no file at this address (HTTP {status}).")
    if status == 429 or status >= 500:
        raise ProviderUnavailable(f"{host} answered with HTTP {status}.", hint="Try again later.")
    if status != 200:
        raise _refused(f"{host} did not hand out the file (HTTP {status}).", "status")


async def _read(response: httpx.Response, max_bytes: int, host: str) -> bytes:
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise ProviderUnavailable(f"{host} sent a compressed answer, which was not asked for.")
    too_large = TooLarge(
        f"The file at {host} is larger than {max_bytes} bytes.",
        hint="Use a smaller file.",
        max_bytes=max_bytes,
    )
    declared = response.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > max_bytes:
        raise too_large
    body = bytearray()
    async for chunk in response.aiter_raw():
        if len(body) + len(chunk) > max_bytes:
            raise too_large
        body += chunk
    return bytes(body)


def _refused(message: str, reason: str) -> InputError:
    return InputError(message, hint="Upload the file itself instead.", reason=reason)
