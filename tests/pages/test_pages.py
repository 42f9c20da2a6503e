"""Pages served on 127.0.0.1 are allowed here by their port; the same port on 127.0.0.2 is not."""

import asyncio
import gzip
import logging
import socket
import tracemalloc
from ipaddress import ip_address

import aiodns
import brotli
import pytest
from aiohttp import ThreadedResolver, web

from bot.core.curriculum.fields import PageFacts
from bot.pages import LARGEST_BODY, MOST_REDIRECTS, Pages, is_public
from tests.pages.conftest import PAGE, Names

NOTHING = PageFacts()
FOUND = PageFacts(title="Found", kind="article")


async def test_a_page_tells_its_facts(pages, site):
    url = site.serve(body='<title>Found</title><meta name="author" content="Ann">')

    assert await pages.facts_of(url) == PageFacts("Found", "Ann", kind="article")


async def test_a_page_is_found_by_name(pages, site):
    site.serve()

    assert await pages.facts_of(site.url(host="site.test")) == FOUND


async def test_closed_pages_open_again(pages, site):
    url = site.serve()
    await pages.facts_of(url)
    await pages.close()
    await pages.close()

    assert await pages.facts_of(url) == FOUND


async def test_many_pages_are_read_at_once(pages, site):
    url = site.serve()

    assert await asyncio.gather(*(pages.facts_of(url) for _ in range(30))) == [FOUND] * 30


async def test_a_site_learns_the_projects_name_and_nothing_else(pages, site):
    await pages.facts_of(site.serve())

    assert dict(site.requests[0].headers) == {
        "Host": f"127.0.0.1:{site.port}",
        "User-Agent": "Nextread",
        "Accept": "text/html,application/xhtml+xml",
        "Accept-Encoding": "gzip",
        "Accept-Language": "en",
        "Connection": "close",
    }


# Where we may go


PUBLIC = "8.8.8.8 1.1.1.1 100.63.255.255 172.32.0.1 223.255.255.255"
PUBLIC_6 = "2606:4700::1111 2001:4860:4860::8888 2a00:1450::1 64:ff9b::808:808"
THIS_HOST = "0.0.0.0 0.1.2.3 127.0.0.1 127.255.255.254 :: ::1 ::ffff:127.0.0.1 ::127.0.0.1"
PRIVATE = "10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 100.64.0.1 100.100.100.200 fd00::1"
LINK_LOCAL = "169.254.169.254 169.254.0.1 fe80::1 fe80::1%1 2606:4700::1111%1 fec0::1 fd00:ec2::254"
SPECIAL = "192.0.0.1 192.0.0.9 192.0.2.1 192.88.99.1 198.18.0.1 198.19.255.255 198.51.100.1"
RESERVED = "203.0.113.1 224.0.0.1 233.252.0.1 239.1.1.1 240.0.0.1 255.255.255.255 168.63.129.16"
SPECIAL_6 = "ff02::1 ff0e::1 100::1 2001:db8::1 3fff::1 5f00::1 1000::1 2001:20::1"
TUNNELS = "::ffff:8.8.8.8 2002:7f00:1:: 2002:808:808:: 2001::1 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe"
LOCAL_NAT64 = "64:ff9b:1::808:808 64:ff9b::a00:1 ::ffff:0:127.0.0.1"
NOT_PUBLIC = [THIS_HOST, PRIVATE, LINK_LOCAL, SPECIAL, RESERVED, SPECIAL_6, TUNNELS, LOCAL_NAT64]


@pytest.mark.parametrize("address", f"{PUBLIC} {PUBLIC_6}".split())
def test_the_internet_is_public(address):
    assert is_public(ip_address(address), 443)
    assert is_public(ip_address(address), 80)


@pytest.mark.parametrize("address", " ".join(NOT_PUBLIC).split())
def test_what_is_not_the_internet_is_not_public(address):
    assert not is_public(ip_address(address), 443)


@pytest.mark.parametrize("port", [0, 22, 25, 8080, 6379, 65535])
def test_other_ports_are_not_public(port):
    assert not is_public(ip_address("8.8.8.8"), port)


async def test_only_public_addresses_are_asked_unless_told_otherwise(site):
    pages = Pages(resolver=Names(site_test="127.0.0.1"))

    found = [await pages.facts_of(site.serve()), await pages.facts_of(site.url(host="site.test"))]
    await pages.close()

    assert (found, site.paths) == ([NOTHING, NOTHING], [])


SPELLINGS = (
    "127.0.0.2 127.2 2130706434 0x7f000002 0x7f.0.0.2 0177.0.0.2 017700000002 "
    "[::ffff:127.0.0.2] [::ffff:7f00:2] [::127.0.0.2] [64:ff9b::7f00:2] 127.0.0.2. "
    "\uff11\uff12\uff17.0.0.2 127\u30020\u30020\u30022 [fe80::1%25lo] 127.0.0.%32"
)


@pytest.mark.parametrize("host", SPELLINGS.split())
async def test_no_spelling_of_an_address_leads_inside(pages_with, inside, host):
    pages = pages_with(resolver=ThreadedResolver())

    assert await pages.facts_of(inside.url(host=host)) == NOTHING
    assert inside.paths == []


async def test_no_redirect_leads_inside(pages, site, inside):
    url = site.redirect("/", inside.url(host="127.0.0.2"))

    assert await pages.facts_of(url) == NOTHING
    assert (site.paths, inside.paths) == (["/"], [])


async def test_no_later_redirect_leads_inside(pages, site, inside):
    site.redirect("/2", inside.url(host="inside.test"))

    assert await pages.facts_of(site.redirect("/1", "/2")) == NOTHING
    assert (site.paths, inside.paths) == (["/1", "/2"], [])


async def test_no_name_leads_inside(pages, inside):
    assert await pages.facts_of(inside.url(host="inside.test")) == NOTHING
    assert inside.paths == []


@pytest.mark.parametrize("address", ["127.2", "2130706434", "localhost", ""])
async def test_a_name_whose_address_is_none_does_not_lead_inside(pages_with, inside, address):
    names = Names()
    names.answers = {"inside.test": [address]}

    assert await pages_with(resolver=names).facts_of(inside.url(host="inside.test")) == NOTHING
    assert inside.paths == []


async def test_a_name_that_changes_its_answer_does_not_lead_inside(pages_with, site, inside):
    names = Names(site_test="127.0.0.1 127.0.0.2")
    pages = pages_with(resolver=names)
    site.redirect("/", "/again")
    inside.serve("/again")

    assert await pages.facts_of(site.url(host="site.test")) == NOTHING
    assert (site.paths, inside.paths) == (["/"], [])


async def test_a_name_is_asked_once_for_a_connection(pages_with, site, inside):
    names = Names(site_test="127.0.0.1 127.0.0.2")
    site.serve()

    assert await pages_with(resolver=names).facts_of(site.url(host="site.test")) == FOUND
    assert (names.asked, inside.paths) == (["site.test"], [])


async def test_of_a_names_addresses_only_allowed_ones_are_asked(pages_with, site, inside):
    pages = pages_with(resolver=Names(site_test="127.0.0.2+::1+127.0.0.1"))
    site.serve()

    assert await pages.facts_of(site.url(host="site.test")) == FOUND
    assert inside.paths == []


async def test_no_proxy_of_the_environment_is_used(pages, site, inside, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", inside.url(host="127.0.0.2"))
    monkeypatch.setenv("http_proxy", inside.url(host="127.0.0.2"))
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)

    assert await pages.facts_of(site.serve()) == FOUND
    assert inside.paths == []


NO_LINKS = (
    "x http:// https:// ftp://site.test/ file:///etc/passwd data:text/html,x http://[/ "
    "unix:///run/docker.sock http+unix://%2Frun%2Fdocker.sock/x gopher://site.test/ "
    "ws://site.test/ //site.test/ javascript:alert(1) http://localhost/ http://a..b/ "
    "http://site.test:99999/ http://site.test:x/ \ud800 http://\ud800.test/"
)


@pytest.mark.parametrize(
    "link",
    [
        *NO_LINKS.split(),
        "",
        "http://site.test/\n",
        "http://x\0.test/",
        "http://site.test/" + "x" * 3000,
    ],
    ids=ascii,  # a lone surrogate can't be printed
)
async def test_what_is_no_web_link_gives_nothing(pages, link):
    assert await pages.facts_of(link) == NOTHING


@pytest.mark.parametrize("start", ["user:pass@", "user@", ":@", "127.0.0.1@"])
async def test_links_with_credentials_are_not_asked(pages, site, start):
    site.serve()

    assert await pages.facts_of(site.url(host=f"{start}127.0.0.1")) == NOTHING
    assert site.paths == []


BAD_PLACES = (
    "file:///etc/passwd ftp://127.0.0.1/ data:text/html,x unix:///run/docker.sock //[ "
    "ws://127.0.0.1:{port}/found http://user:pass@127.0.0.1:{port}/found"
)


@pytest.mark.parametrize("to", [*BAD_PLACES.split(), "http://consent.test:{port}/found"])
async def test_redirects_are_held_to_the_same_rules(pages_with, site, to):
    pages = pages_with(resolver=Names(consent_test="127.0.0.1"))
    site.serve("/found")

    assert await pages.facts_of(site.redirect("/", to.format(port=site.port))) == NOTHING
    assert site.paths == ["/"]


async def test_a_redirect_without_a_place_ends(pages, site):
    url = site.serve(status=302)

    assert await pages.facts_of(url) == NOTHING


@pytest.mark.parametrize(("redirects", "facts"), [(MOST_REDIRECTS, FOUND), (6, NOTHING)])
async def test_five_redirects_are_followed_and_no_more(pages, site, redirects, facts):
    for number in range(redirects):
        site.redirect(f"/{number}", f"{number + 1}")
    site.serve(f"/{redirects}")

    assert await pages.facts_of(site.url("/0")) == facts


async def test_a_redirect_loop_ends(pages, site):
    assert await pages.facts_of(site.redirect("/", "/")) == NOTHING
    assert len(site.paths) == MOST_REDIRECTS + 1


async def test_cookies_are_not_kept(pages, site):
    site.serve("/found")

    await pages.facts_of(site.redirect("/", "/found", **{"Set-Cookie": "who=reader"}))

    assert [dict(request.cookies) for request in site.requests] == [{}, {}]


# How much, and how long


async def test_a_body_that_never_ends_is_cut(pages, site):
    async def write(response):
        await response.write(PAGE.encode())
        while True:
            await response.write(b" " * 65536)

    assert await pages.facts_of(site.stream("/", write)) == FOUND


async def test_only_the_first_megabyte_counts(pages, site):
    url = site.serve(body=(PAGE + "<!--").ljust(LARGEST_BODY - 3) + "--><p>" + "word " * 999)

    assert await pages.facts_of(url) == FOUND


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "GZIP"])
async def test_a_compressed_page_is_read(pages, site, encoding):
    headers = {"Content-Encoding": encoding, "Content-Type": "text/html"}
    url = site.serve(body=gzip.compress(PAGE.encode()), headers=headers)

    assert await pages.facts_of(url) == FOUND


async def test_a_compression_bomb_is_not_unpacked(pages, site):
    bomb = gzip.compress(PAGE.encode().ljust(100_000_000))
    headers = {"Content-Encoding": "gzip", "Content-Type": "text/html"}
    url = site.serve(body=bomb, headers=headers)
    tracemalloc.start()

    facts = await pages.facts_of(url)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert facts == FOUND
    assert most < 20_000_000


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("br", brotli.compress(PAGE.encode())),
        ("gzip, gzip", gzip.compress(gzip.compress(PAGE.encode()))),
        ("gzip", b"not gzip"),
        ("gzip", b"\x1f\x8b\x08\x00 broken"),
        ("made-up", PAGE.encode()),
    ],
    ids=["brotli", "twice", "no gzip", "broken gzip", "unknown"],
)
async def test_other_and_broken_compression_gives_nothing(pages, site, encoding, body):
    headers = {"Content-Encoding": encoding, "Content-Type": "text/html"}

    assert await pages.facts_of(site.serve(body=body, headers=headers)) == NOTHING


async def test_what_follows_a_compressed_page_is_not_read(pages, site):
    async def write(response):
        await response.write(gzip.compress(PAGE.encode()))
        while True:
            await response.write(b"rubbish" * 9999)

    url = site.stream("/", write, **{"Content-Encoding": "gzip"})

    assert await pages.facts_of(url) == FOUND


async def test_a_page_that_keeps_us_waiting_gives_nothing(pages_with, site):
    hanging = asyncio.Event()

    async def write(response):
        await response.write(PAGE.encode())
        await hanging.wait()

    url = site.stream("/", write)

    assert await pages_with(timeout_seconds=0.2).facts_of(url) == NOTHING


async def test_a_site_that_never_answers_gives_nothing(pages_with, site):
    async def answer(_):
        await asyncio.Event().wait()

    site.answers["/"] = answer

    assert await pages_with(timeout_seconds=0.2).facts_of(site.url()) == NOTHING


async def test_a_name_that_never_resolves_gives_nothing(pages_with, site):
    class Silent(Names):
        async def resolve(self, *_, **__):
            await asyncio.Event().wait()

    pages = pages_with(resolver=Silent(), timeout_seconds=0.2)

    assert await pages.facts_of(site.url(host="site.test")) == NOTHING


async def test_being_cancelled_is_not_swallowed(pages, site):
    asked = asyncio.Event()

    async def answer(_):
        asked.set()
        await asyncio.Event().wait()

    site.answers["/"] = answer
    reading = asyncio.create_task(pages.facts_of(site.url()))
    await asked.wait()

    reading.cancel()

    with pytest.raises(asyncio.CancelledError):
        await reading


# What comes back


@pytest.mark.parametrize(
    "status", [201, 204, 206, 300, 304, 400, 401, 403, 404, 410, 429, 500, 503]
)
async def test_only_200_is_a_page(pages, site, status):
    missing = "page" if status in {404, 410} else None

    assert await pages.facts_of(site.serve(status=status)) == PageFacts(missing=missing)


def dns_error(code):
    error = OSError(None, "DNS lookup failed")
    error.__cause__ = aiodns.error.DNSError(code, "as c-ares says it")
    return error


@pytest.mark.parametrize(
    ("error", "missing"),
    [
        (socket.gaierror(socket.EAI_NONAME, "not known"), "site"),
        (socket.gaierror(socket.EAI_AGAIN, "try again"), None),
        (dns_error(aiodns.error.ARES_ENOTFOUND), "site"),
        (dns_error(aiodns.error.ARES_ENODATA), "site"),
        (dns_error(aiodns.error.ARES_ETIMEOUT), None),
        (dns_error(aiodns.error.ARES_ECONNREFUSED), None),
        (OSError("no network"), None),
    ],
)
async def test_a_name_that_does_not_exist_is_told_apart_from_trouble_with_names(
    pages_with, error, missing
):
    class Failing(Names):
        async def resolve(self, *_, **__):
            raise error

    facts = await pages_with(resolver=Failing()).facts_of("https://exmaple.test/")

    assert facts == PageFacts(missing=missing)


@pytest.mark.parametrize(
    ("path", "content_type", "kind"),
    [
        ("/a.pdf", "application/pdf", "paper"),
        ("/download", "application/pdf", "paper"),
        ("/a.pdf", "application/octet-stream", "paper"),
        ("/docs/a.txt", "text/plain", "docs"),
        ("/a.png", "image/png", None),
        ("/a", "application/json", None),
    ],
)
async def test_what_is_no_page_has_a_kind_at_most(pages, site, path, content_type, kind):
    url = site.serve(path, headers={"Content-Type": content_type})

    assert await pages.facts_of(url) == PageFacts(kind=kind)


async def test_a_body_without_a_type_is_no_page(pages, site):
    async def answer(_):
        response = web.Response(body=PAGE.encode())
        del response.headers["Content-Type"]
        return response

    site.answers["/"] = answer

    assert await pages.facts_of(site.url()) == NOTHING


@pytest.mark.parametrize("path", ["/pdf/1706.03762", "/pdf/1706.03762v7.pdf", "/html/1706.03762v7"])
async def test_an_arxiv_papers_facts_are_on_its_abstracts_page(pages_with, site, path):
    pages = pages_with(resolver=Names(arxiv_org="127.0.0.1"))
    site.serve("/abs/1706.03762", '<meta name="citation_title" content="Attention">')

    facts = await pages.facts_of(site.url(f"{path}?download=1", host="arxiv.org"))

    assert facts == PageFacts("Attention", kind="paper")


@pytest.mark.parametrize(
    ("host", "path", "home", "own"),
    [
        ("huggingface.co", "/papers/1706.03762", "arxiv.org", "/abs/1706.03762"),
        ("www.semanticscholar.org", "/arxiv/1706.03762", "arxiv.org", "/abs/1706.03762"),
        ("aclanthology.org", "/N19-1423.pdf", "aclanthology.org", "/N19-1423"),
        ("openreview.net", "/pdf?id=nZeVK", "openreview.net", "/forum"),
        ("dl.acm.org", "/doi/pdf/10.1145/3292500.3330701", "doi.org", "/10.1145/3292500.3330701"),
    ],
)
async def test_a_known_papers_own_page_is_asked_first(pages_with, site, host, path, home, own):
    names = {name.replace(".", "_"): "127.0.0.1" for name in (host, home)}
    pages = pages_with(resolver=Names(**names))
    site.serve(own, '<meta name="citation_title" content="The paper">')

    facts = await pages.facts_of(site.url(path, host=host))

    assert facts == PageFacts("The paper", kind="paper")
    assert site.paths == [own]


async def test_who_shows_a_paper_is_asked_if_its_own_page_says_nothing(pages_with, site):
    pages = pages_with(resolver=Names(huggingface_co="127.0.0.1", arxiv_org="127.0.0.1"))
    site.serve("/papers/1706.03762", "<title>Paper page - Attention</title>")

    facts = await pages.facts_of(site.url("/papers/1706.03762", host="huggingface.co"))

    assert facts.title == "Attention"
    assert site.paths == ["/abs/1706.03762", "/papers/1706.03762"]


async def test_a_page_without_a_charset_is_read_by_its_hosts_top_level(pages_with, site):
    pages = pages_with(resolver=Names(example_co_kr="127.0.0.1", example_org="127.0.0.1"))
    site.serve(body="<title>주의</title>".encode("cp949"))

    found = [await pages.facts_of(site.url(host=f"example.{end}")) for end in ("co.kr", "org")]

    assert [facts.title for facts in found] == ["주의", ""]


async def test_the_kind_is_that_of_where_the_link_leads(pages_with, site):
    pages = pages_with(resolver=Names(vimeo_com="127.0.0.1"))
    site.serve("/1")

    facts = await pages.facts_of(site.redirect("/", site.url("/1", host="vimeo.com")))

    assert facts == PageFacts("Found", kind="video")


@pytest.mark.parametrize("charset", ["iso-8859-1", "latin1", "made-up", "punycode", "zlib"])
async def test_a_page_in_the_wrong_charset_is_read_all_the_same(pages, site, charset):
    headers = {"Content-Type": f"text/html; charset={charset}"}
    url = site.serve(body=b"<title>Found \xff\xc3</title>", headers=headers)

    facts = await pages.facts_of(url)

    decoded = "Found \xff\xc3" if charset in {"iso-8859-1", "latin1"} else ""
    assert facts.title == decoded


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\nContent-Type: text/html\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/html\r\n\r\nzz\r\n",
        b"HTTP/1.1 999999 \r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 99_999 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: \xff\xfe;;;=\r\n\r\n" + PAGE.encode(),
        b"HTTP/1.1 302 Found\r\nLocation: \xff\xfe://\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://[::1\r\n\r\n",
        b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
        bytes(range(256)) * 9,
    ],
)
async def test_a_server_that_talks_rubbish_gives_nothing(answer):
    async def talk(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    pages = Pages(is_allowed=lambda _, asked: asked == port, timeout_seconds=30)

    facts = await pages.facts_of(f"http://127.0.0.1:{port}/")
    await pages.close()
    server.close()
    await server.wait_closed()

    assert facts == NOTHING


async def test_nobody_there_gives_nothing():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        gone = Pages(is_allowed=lambda *_: True)

        facts = await gone.facts_of(f"http://127.0.0.1:{free.getsockname()[1]}/")
        await gone.close()

    assert facts == NOTHING


async def test_https_is_not_spoken_to_a_plain_server(pages, site):
    assert await pages.facts_of(site.url().replace("http:", "https:")) == NOTHING


async def test_the_log_can_be_written_whatever_is_typed(pages, caplog):
    caplog.set_level(logging.DEBUG, "bot.pages")

    await pages.facts_of("http://\ud800.test/")

    assert all(record.getMessage().isascii() for record in caplog.records)
    assert caplog.records


async def test_the_log_names_the_host_and_not_the_page(pages, site, caplog):
    caplog.set_level(logging.DEBUG, "bot.pages")

    await pages.facts_of(site.url("/secret?token=1", host="site.test"))

    ours = [record for record in caplog.records if record.name == "bot.pages"]
    assert [record.getMessage() for record in ours] == ["no facts from site.test: status 404"]
    assert ours[0].levelno == logging.INFO
