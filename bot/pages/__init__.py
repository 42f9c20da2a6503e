"""A link's title, authors, date and length from its page, without being led where we must not go.

Readers hand us addresses, and this process may see more of a network than they do. So every
connection, at every redirect, is judged by the address that its socket is about to connect to:
no spelling, no name and no second answer of DNS gets past.
"""

import asyncio
import logging
import socket
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email.utils import parsedate_to_datetime
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import aiohttp
from aiohttp.abc import AbstractResolver
from protego import Protego
from yarl import URL

from bot.core.curriculum.fields import PageFacts, kind_by_link
from bot.core.curriculum.links import canonical, home_of, host_of, is_web_link
from bot.core.link_checks import LinkAnswer
from bot.pages.claims import claims_of
from bot.pages.tags import text_of

log = logging.getLogger(__name__)

IPAddress = IPv4Address | IPv6Address

MOST_REDIRECTS = 5
LARGEST_BODY = 1_000_000
"""Bytes that are read, after decompression."""
LARGEST_ROBOTS, MOST_ROBOTS = 100_000, 16
"""Bytes of a site's rules for robots, and sites whose rules are kept: those asked just now."""
MOST_SECONDS = 10**8

HEADERS = {
    "User-Agent": "Nextread",
    "Accept": "text/html,application/xhtml+xml",
    "Accept-Encoding": "gzip",
    "Accept-Language": "en",
}

KNOWN_NAME = "arxiv.org"
"""Most reading lists lead there: where it isn't known, no name's absence is evidence."""

ARES_ENODATA, ARES_ENOTFOUND = 1, 4
"""What c-ares answers for a name without addresses, and for one that does not exist."""

# What the IANA special-purpose registries hold, written out: the ipaddress module's own answer
# changes with Python's patch versions, and lets multicast and 192.0.0.9 through.
_NOT_PUBLIC = tuple(
    ip_network(network)
    for network in (
        *("0.0.0.0/8", "10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15"),
        *("198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20"),
        "100.64.0.0/10",  # carriers' NAT; a metadata service of one cloud
        "168.63.129.16/32",  # Azure's host, public by number only
        "192.88.99.0/24",  # 6to4 relays
        "224.0.0.0/3",  # multicast, reserved, broadcast
        "2001::/23",  # Teredo, ORCHID
        "2002::/16",  # 6to4: carries any IPv4 address
    )
)
_GLOBAL_UNICAST = ip_network("2000::/3")
_NAT64 = ip_network("64:ff9b::/96")


def is_public(address: IPAddress, port: int) -> bool:
    """Tell whether anyone on the internet could connect there, to a web server's usual port."""
    if address in _NAT64:  # how a host without IPv4 reaches everyone: RFC 6052
        address = IPv4Address(int(address) & 0xFFFFFFFF)
    if isinstance(address, IPv6Address) and (address.scope_id or address not in _GLOBAL_UNICAST):
        return False
    return port in {80, 443} and not any(address in network for network in _NOT_PUBLIC)


class _RefusedError(Exception):
    """A page that is not what we read; its text says why, without the address."""


class _NoPageError(_RefusedError):
    """Its site says that there is no such page."""


TROUBLE = (_RefusedError, aiohttp.ClientError, OSError, ValueError, zlib.error)
"""What a page, its network or its compression may raise."""


class Pages:
    """Reads pages for their facts. Opened by its first use, within a loop; close it at the end.

    ``is_allowed`` judges the address and port of each connection; ``resolver`` takes the place
    of the system's DNS, and stays its owner's to close.
    """

    def __init__(
        self,
        *,
        is_allowed: Callable[[IPAddress, int], bool] = is_public,
        resolver: AbstractResolver | None = None,
        timeout_seconds: float = 2.0,
    ) -> None:
        self._is_allowed = is_allowed
        self._resolver, self._names = resolver, resolver
        self._timeout_seconds = timeout_seconds
        self._session: aiohttp.ClientSession | None = None
        self._robots: dict[URL, Protego] = {}

    async def facts_of(self, url: str) -> PageFacts:
        """Return what the page says about itself; nothing, if it can't be had in time.

        Of a known paper its own page is asked first, whoever else shows it. What is no HTML page
        gives its kind alone. Never raises for a bad link or the network.
        """
        facts = PageFacts()
        try:
            async with asyncio.timeout(self._timeout_seconds):
                for place in _places_of(url):
                    facts = await self._asked(place)
                    if facts.title:
                        break
        except (TimeoutError, ValueError) as error:
            log.info("no facts from %s: %s", _loggable(url), type(error).__name__)
        return facts

    async def _asked(self, url: str) -> PageFacts:
        try:
            return await self._read(_checked(url))
        except TROUBLE as error:
            reason = str(error) if isinstance(error, _RefusedError) else type(error).__name__
            log.info("no facts from %s: %s", _loggable(url), reason)
            if isinstance(error, _NoPageError):
                return PageFacts(missing="page")
            return PageFacts(missing="site" if _is_no_name(error) else None)

    async def check(self, url: str) -> LinkAnswer:
        """Look whether a link leads somewhere. Never raises for a bad link or the network.

        What its site asks of robots is heeded. Only 404, 410, and a name that doesn't exist are
        evidence that it is gone.
        """
        try:
            place = _checked(url)
            answer = await self._looked_at(url, place)
            rules = self._robots.get(place.origin())
            pause = rules.crawl_delay(HEADERS["User-Agent"]) if rules else None
            return replace(answer, pause=pause or 0.0)
        except TROUBLE as error:
            is_gone = _is_no_name(error, for_certain=True) and await self._knows_names()
            return LinkAnswer("gone" if is_gone else "unknown")

    async def _knows_names(self) -> bool:
        """Tell whether the resolver knows a name that is there: some say of all that none is."""
        self._open()
        try:
            return bool(self._names and await self._names.resolve(KNOWN_NAME, 443))
        except OSError:
            return False

    async def _looked_at(self, url: str, place: URL) -> LinkAnswer:
        is_for_good, fragment = True, place.fragment
        for _ in range(MOST_REDIRECTS + 1):
            if not await self._lets_robots_in(place):
                return LinkAnswer("unknown")
            async with self._open().get(place, allow_redirects=False) as response:
                if response.status in {301, 302, 303, 307, 308}:
                    is_for_good = is_for_good and response.status in {301, 308}
                    location = response.headers.get("Location", "")
                    place = _checked(str(place.join(URL(location))))
                    continue
                if response.status in {404, 410}:
                    return LinkAnswer("gone")
                if response.status in {429, 503}:
                    return LinkAnswer("unknown", wait=_wait_asked(response))
                if response.status != 200:
                    return LinkAnswer("unknown")
                if not is_for_good or canonical(str(place)) == canonical(url):
                    return LinkAnswer("there")
                title = await self._title(response, place)
                moved_to = str(place if place.fragment else place.with_fragment(fragment or None))
                return LinkAnswer("there", moved_to=moved_to, title=title)
        return LinkAnswer("unknown")

    async def _title(self, response: aiohttp.ClientResponse, place: URL) -> str:
        """Return a page's title; "" if it can't be read."""
        try:
            body = await _body(response) or b""
            page = await asyncio.to_thread(text_of, body, response.charset, place.host or "")
            return (await asyncio.to_thread(claims_of, page, str(place))).title
        except TROUBLE:
            return ""

    async def _lets_robots_in(self, url: URL) -> bool:
        """Tell whether the site lets robots look at a page; one that doesn't say so does."""
        origin = url.origin()
        if origin not in self._robots:
            try:
                told = await self._robots_of(origin / "robots.txt")
            except TROUBLE as error:
                # RFC 9309, 2.3.1.4. Of a name that nobody has, the page itself tells.
                return _is_no_name(error)
            if told is None:
                return False
            rules = await asyncio.to_thread(Protego.parse, told)
            while len(self._robots) >= MOST_ROBOTS:
                self._robots.pop(next(iter(self._robots)))
            self._robots[origin] = rules
        return self._robots[origin].can_fetch(str(url), HEADERS["User-Agent"])

    async def _robots_of(self, place: URL) -> str | None:
        """Return a site's rules for robots; None: it can't tell them now."""
        for _ in range(MOST_REDIRECTS + 1):
            async with self._open().get(place, allow_redirects=False) as response:
                if response.status in {301, 302, 303, 307, 308}:
                    place = _checked(str(place.join(URL(response.headers.get("Location", "")))))
                    continue
                if response.status == 429 or response.status >= 500:
                    return None
                if response.status != 200 or response.content_type != "text/plain":
                    return ""
                told = await _unpacked(response, LARGEST_ROBOTS)
                return told.decode("utf-8-sig", "replace")
        return ""

    async def close(self) -> None:
        """Close the connections; the next use would open new ones."""
        if self._session is not None:
            await self._session.close()
            self._session = None
            if self._names is not None and self._names is not self._resolver:
                await self._names.close()

    async def _read(self, url: URL) -> PageFacts:
        for _ in range(MOST_REDIRECTS + 1):
            async with self._open().get(url, allow_redirects=False) as response:
                if response.status not in {301, 302, 303, 307, 308}:
                    body = await _body(response)
                    break
                url = _checked(str(url.join(URL(response.headers.get("Location", "")))))
        else:
            raise _RefusedError("too many redirects")
        if body is None:
            is_pdf = response.content_type == "application/pdf"
            return PageFacts(kind="paper" if is_pdf else kind_by_link(str(url)))
        # In a thread: a megabyte of tags takes some tenths of a second.
        page = await asyncio.to_thread(text_of, body, response.charset, url.host or "")
        return await asyncio.to_thread(claims_of, page, str(url))

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._names = self._resolver or aiohttp.DefaultResolver()
            connector = aiohttp.TCPConnector(
                resolver=self._names,
                use_dns_cache=False,
                force_close=True,
                limit=10,  # pages; a further one waits, within its own time
                socket_factory=self._socket,
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                headers=HEADERS,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
            )
        return self._session

    def _socket(self, where: aiohttp.AddrInfoType) -> socket.socket:
        """Make the socket for a connection, unless it would lead where we must not go."""
        family, type_, protocol, _, (host, port, *_) = where
        try:
            is_allowed = self._is_allowed(ip_address(host), int(port))
        except ValueError:  # 127.1, 2130706433: what the system would still read as an address
            is_allowed = False
        if not is_allowed:
            raise PermissionError("not a public web server")
        return socket.socket(family, type_, protocol)


def _places_of(link: str) -> list[str]:
    """Return where a link's facts may be, the likeliest first: a known paper's own page."""
    home = home_of(canonical(link) or "")
    if home is None or not is_web_link(link):
        return [link]
    own, given = URL(home), URL(link)
    place = given.with_host(own.host or "").with_path(own.path).with_query(own.query)
    return [str(place)] if given.host == own.host else [str(place), link]


def _is_no_name(error: BaseException | None, *, for_certain: bool = False) -> bool:
    """Tell whether a connection failed as its host's name does not exist.

    A resolver that can't be reached, or is itself in trouble, says nothing about the name.
    ``for_certain``: nor does one without an address that we could use: it may have others.
    """
    names = {socket.EAI_NONAME} if for_certain else {socket.EAI_NONAME, socket.EAI_NODATA}
    codes = {ARES_ENOTFOUND} if for_certain else {ARES_ENODATA, ARES_ENOTFOUND}
    while error is not None:
        if isinstance(error, socket.gaierror):
            return error.errno in names
        if type(error).__name__ == "DNSError":  # aiodns, which discord.py's speed brings
            return error.args[0] in codes
        error = error.__cause__
    return False


def _loggable(url: str) -> str:
    # What is typed may hold half a character, which no log can be written with.
    return host_of(url).encode("ascii", "backslashreplace").decode() or "a link"


def _checked(link: str) -> URL:
    """Return the address, if it is http(s), has a dotted host and no credentials.

    From https to http it may go: a plain link is read too, and the reader opens the first one.
    """
    url = URL(link)
    if not is_web_link(str(url)):
        raise _RefusedError("not a web link")
    if (url.host or "").startswith("consent."):
        raise _RefusedError("asks for consent")  # YouTube in Europe, titled "Before you continue"
    return url


async def _body(response: aiohttp.ClientResponse) -> bytes | None:
    """Return the beginning of an HTML page, or None if it is something else.

    Decompressed here: older versions of aiohttp unpack all that arrived before we could stop.
    """
    if response.status in {404, 410}:
        raise _NoPageError(f"status {response.status}")
    if response.status != 200:
        raise _RefusedError(f"status {response.status}")
    if response.content_type not in {"text/html", "application/xhtml+xml"}:
        return None
    return await _unpacked(response, LARGEST_BODY)


def _wait_asked(response: aiohttp.ClientResponse) -> timedelta | None:
    """Return how long a site asks us to wait: seconds, or until a date of its own clock.

    RFC 9110, 10.2.3. An hour where there were too many questions, and it doesn't say.
    """
    asked = response.headers.get("Retry-After", "").strip()
    unsaid = timedelta(hours=1) if response.status == 429 else None
    if asked.isdecimal():
        return timedelta(seconds=min(int(asked), MOST_SECONDS))
    try:
        told_at = parsedate_to_datetime(response.headers.get("Date", ""))
        return max(parsedate_to_datetime(asked) - told_at, timedelta(0))
    except (ValueError, TypeError):
        return unsaid


async def _unpacked(response: aiohttp.ClientResponse, most: int) -> bytes:
    """Return the beginning of what is sent, unpacked."""
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in {"", "identity", "gzip", "x-gzip"}:
        raise _RefusedError("unknown compression")
    unpack = zlib.decompressobj(wbits=31) if encoding.endswith("gzip") else None
    body = bytearray()
    async for chunk in response.content.iter_any():
        room = most - len(body)
        body += unpack.decompress(chunk, room) if unpack else chunk[:room]
        if len(body) >= most or (unpack and unpack.eof):
            break
    return bytes(body)
