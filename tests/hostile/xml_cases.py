"""Feeds that are none, that are wrong, and that are made to hurt whoever reads them."""

from __future__ import annotations

from tests.hostile.case import Case, Fails, Reads, feed

XML = b'<?xml version="1.0" encoding="utf-8"?>'
SLOW = "the answer took longer than"
NOTHING = Fails("unreadable", "the feed is cut off or broken")
NAMELESS = Fails("unreadable", "they have no title or no identity")
TOO_LONG = Fails("unreadable", SLOW)


def rss(*items: bytes, before: bytes = XML, head: bytes = b"<title>Jobs</title>") -> bytes:
    return before + b'<rss version="2.0"><channel>' + head + b"".join(items) + b"</channel></rss>"


def item(inner: bytes = b"", number: int = 1, title: bytes = b"Python Engineer") -> bytes:
    return b"<item><guid>%d</guid><title>%b</title>%b</item>" % (number, title, inner)


def text(inner: bytes) -> bytes:
    return item(b"<description>" + inner + b"</description>")


def _laughs() -> bytes:
    entities = b"".join(b'<!ENTITY e%d "%s">' % (n + 1, b"&e%d;" % n * 10) for n in range(9))
    return rss(text(b"&e9;"), before=XML + b'<!DOCTYPE r [<!ENTITY e0 "ha">' + entities + b"]>")


def _quadratic() -> bytes:
    doctype = b'<!DOCTYPE r [<!ENTITY a "' + b"a" * 50_000 + b'">]>'
    return rss(text(b"&a;" * 5_000), before=XML + doctype)


def _entity(target: bytes) -> bytes:
    return rss(text(b"&x;"), before=XML + b'<!DOCTYPE r [<!ENTITY x SYSTEM "' + target + b'">]>')


GOOD = rss(text(b"Django in Leeds"))
POUND = "<title>Engineer, £60k – “now”</title>"

NO_FEED = (
    feed(
        "a web page instead of a feed",
        Fails("unreadable", "a web page (HTML)"),
        b"<!doctype html><html><h1>Soon</h1></html>",
        "text/html",
    ),
    feed("a web page of 4 MB", Fails("unreadable", "a web page (HTML)"), lambda: b"<html>" + b"<p>x</p>" * 500_000),
    feed(
        "a log-in page that calls itself a feed",
        Fails("unreadable", "a web page (HTML)"),
        b"<html><form action=/login>" + b"<input>" * 99,
    ),
    feed("a picture", Fails("unreadable", "not a feed"), b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20),
    feed("a program", Fails("unreadable", "not a feed"), b"\x7fELF" + bytes(range(256)) * 200),
    feed(
        "a sitemap",
        Fails("unreadable", "not a feed"),
        XML + b"<urlset><url><loc>https://x.example/</loc></url></urlset>",
    ),
    feed("JSON that is no feed", Fails("unreadable", "JSON"), b'{"jobs": []}'),
    feed("words", Fails("unreadable", "not a feed"), b"Too many requests. Please slow down."),
)

CUT = (
    feed("cut in the first item", NAMELESS, GOOD[:110]),
    feed("cut in the second item", Reads(2), rss(text(b"x"), item(b"<description>y", 2))[:-30]),
    feed("cut in a tag", Reads(1), GOOD[:-25]),
    feed(
        "tags closed crosswise",
        Reads(1),
        GOOD.replace(b"</title></channel>", b"</channel></title>").replace(b"</item>", b"</channel>"),
    ),
    feed("prefixes that nobody declared", Reads(1), rss(item(b"<job:company>Larkspur</job:company>"))),
    feed("a CDATA that never ends", Reads(1), rss(item(b"<description><![CDATA[Django in Leeds"))),
    feed("an instruction that never ends", Fails("unreadable", "not a feed"), b"<?xml " * 10_000),
    feed("two feeds, one behind the other", Reads(2), rss(item(number=1)) + rss(item(number=2))[len(XML) :]),
    feed("a feed within a feed", Reads(2), rss(item(number=1), rss(item(number=2), before=b""))),
    feed("an item within an item", Reads(2), rss(item(item(number=2)))),
)

ENCODED = (
    feed("a BOM", Reads(1), b"\xef\xbb\xbf" + GOOD),
    feed("three BOMs", Reads(1), b"\xef\xbb\xbf" * 3 + GOOD),
    feed("UTF-16", Reads(1), GOOD.replace(b"utf-8", b"utf-16").decode().encode("utf-16")),
    feed("UTF-16 that says it is UTF-8", Fails("unreadable", "not a feed"), GOOD.decode().encode("utf-16")),
    feed("UTF-32", Reads(1), GOOD.replace(b"utf-8", b"utf-32").decode().encode("utf-32")),
    feed("half of UTF-16", Fails("unreadable", "not a feed"), GOOD.decode().encode("utf-16")[:-401]),
    feed(
        "Latin-1 that says it is UTF-8",
        Reads(1),
        GOOD.replace(b"<title>Python Engineer</title>", "<title>£60k, café</title>".encode("latin-1")),
    ),
    feed(
        "UTF-8 that says it is Latin-1",
        Reads(1),
        GOOD.replace(b"utf-8", b"iso-8859-1").replace(b"<title>Python Engineer</title>", POUND.encode()),
    ),
    feed(
        "Windows-1252 that says it is Latin-1",
        Reads(1),
        GOOD.replace(b"utf-8", b"iso-8859-1").replace(b"<title>Python Engineer</title>", POUND.encode("cp1252")),
    ),
    feed(
        "UTF-7, once a way around filters",
        Fails("unreadable", "not a feed"),
        GOOD.replace(b"utf-8", b"utf-7").decode().encode("utf-7").replace(b"<", b"+ADw-"),
    ),
    feed("EBCDIC", Fails("unreadable", "not a feed"), GOOD.replace(b"utf-8", b"cp037").decode().encode("cp037")),
    feed("an encoding that does not exist", Reads(1), GOOD.replace(b"utf-8", b"klingon-7")),
    feed("an encoding that is a program", Reads(1), GOOD.replace(b"utf-8", b"unicode_escape")),
    feed("bytes that are no UTF-8", Reads(1), rss(text(b"Django \xc0\xaf \xed\xa0\x80 \xf8\x88\x80\x80\x80 in Leeds"))),
    feed("NULs between the letters", Reads(1), rss(text(b"D\0j\0a\0n\0g\0o"))),
    feed("a megabyte of NULs", Fails("unreadable", "not a feed"), lambda: bytes(1_000_000)),
)

BOMBS = (
    feed("a billion laughs", Reads(1), _laughs),
    feed("a quadratic bomb of entities", Reads(1), _quadratic),
    feed("an entity that is a file", Reads(1), _entity(b"file:///etc/passwd")),
    feed("an entity that is an address in the local network", Reads(1), _entity(b"http://10.0.0.1/secret")),
    feed(
        "a parameter entity that fetches another",
        Reads(1),
        rss(text(b"x"), before=XML + b'<!DOCTYPE r [<!ENTITY % p SYSTEM "http://10.0.0.1/x.dtd"> %p;]>'),
    ),
    feed(
        "a document type at an address",
        Reads(1),
        rss(text(b"x"), before=XML + b'<!DOCTYPE rss SYSTEM "http://10.0.0.1/rss.dtd">'),
    ),
    feed(
        "a stylesheet and an XInclude",
        Reads(1),
        rss(
            text(b'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>'),
            before=XML + b'<?xml-stylesheet href="http://10.0.0.1/x.xsl"?>',
        ),
    ),
    feed(
        "30,000 attributes", TOO_LONG, lambda: rss(b"<item " + b" ".join(b'a%d="1"' % n for n in range(30_000)) + b"/>")
    ),
    feed(
        "10,000 attributes that are not quoted",
        NAMELESS,
        lambda: b"<rss><channel><item " + b" ".join(b"a%d=1" % n for n in range(10_000)) + b">",
    ),
    feed(
        "10,000 prefixes",
        Reads(1),
        lambda: GOOD.replace(
            b"<rss ", b"<rss " + b" ".join(b'xmlns:a%d="b:%d"' % (n, n) for n in range(10_000)) + b" "
        ),
    ),
    feed("90,000 comments that never end", NOTHING, lambda: b"<rss><channel>" + b"<!--" * 90_000),
    feed("300,000 declarations that never end", NOTHING, lambda: b"<rss><channel>" + b"<![" * 300_000),
    feed("300,000 elements, one in the other", TOO_LONG, lambda: rss(item(b"<a>" * 300_000))),
    feed("a text of 300,000 elements, one in the other", Reads(1), lambda: rss(text(b"&lt;div&gt;" * 300_000))),
    feed(
        "XHTML of 100,000 elements, one in the other",
        TOO_LONG,
        lambda: (
            b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><title>x</title><content type="xhtml">'
            + b"<div>" * 100_000
        ),
    ),
    feed("100,000 half tags", NOTHING, lambda: b"<rss><channel>" + b"<" * 100_000),
    feed("50,000 ampersands", Reads(1), lambda: rss(item(title=b"Engineer" + b"&" * 50_000))),
    feed("an entity escaped 20,000 times", Reads(1), lambda: rss(text(b"&" + b"amp;" * 20_000 + b"lt;script&gt;"))),
    feed("2,000 items without a name", NAMELESS, lambda: rss(b"<item><title>x</title></item>" * 2_000)),
    feed("2,000 items with one identity", Reads(1), lambda: rss(item() * 2_000)),
    feed("400 items that say little", Reads(400), lambda: rss(*(item(number=n) for n in range(400)))),
)

VALUES = (
    feed("a title of a megabyte", Reads(1), lambda: rss(item(title=b"Engineer " * 120_000))),
    feed("a title of nothing to be seen", NAMELESS, rss(item(title="\u200b\u202e\u2066".encode()))),
    feed("no title, no identity", NAMELESS, rss(b"<item><description>x</description></item>")),
    feed(
        "an identity of 100 kB",
        Reads(1),
        lambda: rss(b"<item><guid>" + b"x" * 100_000 + b"</guid><title>Engineer</title></item>"),
    ),
    feed("a text of 4 MB without a space", Reads(1), lambda: rss(text(b"x" * 4_000_000))),
    feed("a text of figures and nothing else", Reads(1), lambda: rss(text(b"&#163;1k - &#163;2k pa 3 days " * 3_000))),
    feed(
        "dates that never were",
        Reads(4),
        rss(
            *(
                item(b"<pubDate>" + date + b"</pubDate>", n)
                for n, date in enumerate(
                    (b"30 Feb 2026", b"Thu, 99 Foo 99999 99:99:99 +9999", b"9" * 5_000, b"0000-00-00T00:00:00Z")
                )
            )
        ),
    ),
    feed(
        "a ttl of a thousand years",
        Reads(1),
        rss(
            item(), head=b"<title>x</title><ttl>525600000</ttl><skipHours>" + b"<hour>25</hour>" * 99 + b"</skipHours>"
        ),
    ),
    feed(
        "links that are scripts, files, or carry passwords",
        Reads(4),
        rss(
            *(
                item(b"<link>" + link + b"</link>", n)
                for n, link in enumerate(
                    (b"javascript:alert(1)", b"data:text/html,x", b"file:///etc/passwd", b"https://u:p@x.example/")
                )
            )
        ),
    ),
    feed(
        "scripts in the title and in the text",
        Reads(1),
        rss(
            item(
                b"<description>&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;</description>",
                title=b"&lt;script&gt;alert(1)&lt;/script&gt;",
            )
        ),
    ),
    feed(
        "marks that turn the reading direction, and tag characters",
        Reads(1),
        rss(item(title="Engineer \u202egnp.exe\u2066 \U000e0041\U000e0042".encode())),
    ),
    feed("escape sequences of a terminal", Reads(1), rss(item(title=b"Engineer \x1b[2J\x1b]0;owned\x07 \xc2\x9b31m"))),
    feed(
        "lone halves of characters, by number",
        Reads(1),
        rss(item(title=b"Engineer &#xD800;&#xDFFF;&#0;&#xFFFF;&#x110000;")),
    ),
    feed("20,000 accents on one letter", Reads(1), lambda: rss(text(("a" + "\u0301\u0323" * 10_000).encode()))),
    feed(
        "a line that looks like one of our log",
        Reads(1),
        rss(item(title=b"Engineer&#10;2026-01-01 polled source=feed:other postings=0")),
    ),
)

CASES: tuple[Case, ...] = (*NO_FEED, *CUT, *ENCODED, *BOMBS, *VALUES)
