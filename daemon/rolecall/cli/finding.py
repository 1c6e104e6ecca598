"""What `discover` does: asks politely what pure `rolecall.discover` thinks likely, and remembers what answered."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from urllib.parse import urljoin, urlsplit

from rolecall.config.add import source_of
from rolecall.discover import NEEDS_POSTINGS, careers_links, from_name, from_page, sitemaps
from rolecall.errors import ConfigError, SourceError
from rolecall.hosts import Candidate, from_address
from rolecall.model import Page, RawPosting, Request, Validators
from rolecall.plugins import kinds
from rolecall.ports import Addressed, Detail, Fetcher, Parser, Source

MOST_PAGES = 4
SAMPLES = 4  # addresses of a sitemap that are tried


@dataclass(frozen=True, slots=True)
class Found:
    """A board that answered: its table for the configuration, and what it lists."""

    table: Mapping[str, str]
    name: str
    postings: int
    examples: tuple[str, ...]
    because: str


@dataclass(slots=True)
class Result:
    """What a search brought: boards that answered, and hosts that Rolecall cannot read yet."""

    found: list[Found] = field(default_factory=list)
    unsupported: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)


class Search:
    """Asks politely what pure `rolecall.discover` thinks likely. `bases`: other addresses for a kind's API (tests)."""

    def __init__(self, fetcher: Fetcher, parser: Parser, bases: Mapping[str, str] | None = None) -> None:
        self._fetcher, self._parser, self._bases, self._kinds = fetcher, parser, bases or {}, kinds()
        self.result = Result()

    async def run(self, what: str) -> Result:
        """Look for an address or a name."""
        self.result = Result()
        url = _address(what)
        await (self._by_address(url) if url else self._by_name(what))
        return self.result

    async def _by_address(self, url: str) -> None:
        """First what the address itself says, then its page, the page of jobs it links to, the site's sitemap."""
        if await self._any(from_address(url)) or self.result.unsupported:
            return
        page = await self._page(url)
        if not page:
            return
        if not await self._each(from_page(url, page)):
            for link in careers_links(url, page):
                if await self._each(from_page(link, await self._page(link, robots=True))):
                    break
        if all(each.table["kind"] == "page" and each.postings == 1 for each in self.result.found):
            await self._by_sitemap(url)  # an advert alone is not the site's list

    async def _by_name(self, company: str) -> None:
        """Each kind of board by itself, side by side; with one kind, one name after the other until one answers."""
        await asyncio.gather(*(self._any(likely) for likely in from_name(company)))
        self.result.failed.clear()  # most guesses are wrong: no news
        self.result.unsupported.clear()

    async def _any(self, likely: Iterable[Candidate]) -> bool:
        """Try candidates that exclude each other; True when one answered."""
        for candidate in likely:
            if await self._try(candidate):
                return True
        return False

    async def _each(self, found: Iterable[Candidate]) -> bool:
        """Try candidates that may all be right, each board once; True when one answered.

        A page's own adverts are those of its board: they count only where there is no board.
        """
        done: set[str] = set()
        for candidate in found:
            if candidate.kind == "page" and done:
                continue
            board = dict(candidate.options).get("board", "")
            if (key := f"{candidate.kind} {board}") not in done or not board:
                done |= {key} if await self._try(candidate) else set()
        return bool(done)

    async def _by_sitemap(self, url: str) -> None:
        """Try the site's sitemaps: of the addresses that look like adverts, one of the longest must be one.

        A sitemap takes the place of an advert that stands alone.
        """
        for address in sitemaps(url, await self._page(urljoin(url, "/robots.txt"), quietly=True)):
            table = {"kind": "sitemap", "url": address}
            source = source_of(table, self._kinds)
            assert isinstance(source, Addressed)  # noqa: S101 # it is ours
            with suppress(SourceError):
                rows = (await self._first(source, MOST_PAGES)).postings
                likely = sorted(rows, key=lambda row: -len(row.url))[:SAMPLES]
                if read := [advert for row in likely if (advert := await self._advert(source, row))]:
                    found = _found(table, source.name, Page(tuple(read)), "the site's sitemap, by addresses alone")
                    self.result.found = [replace(found, postings=len(rows))]
                    return

    async def _advert(self, source: Addressed, row: RawPosting) -> RawPosting | None:
        request = source.detail(row)
        with suppress(SourceError):
            reply = await self._fetcher.fetch(request, Validators()) if request else None
            return next(iter((await self._parser.parse(Detail(source, row), reply)).postings), None) if reply else None
        return None

    async def _first(self, source: Source, most: int = 1) -> Page:
        """Return what the first page with postings holds, or the first `most` of them together."""
        found: list[Page] = []
        waiting, asked = list(source.requests()), 0
        while waiting and asked < MOST_PAGES and len(found) < most:
            page = await self._parser.parse(source, await self._fetcher.fetch(waiting.pop(0), Validators()))
            waiting, asked = [*waiting, *page.following], asked + 1
            found += [page] if page.postings else []
        return Page(tuple(posting for page in found for posting in page.postings))

    async def _try(self, candidate: Candidate) -> bool:
        """Ask one candidate; remember it when it lists jobs."""
        table = _rebased(candidate.table(), self._bases)
        try:
            source = source_of(table, self._kinds)
        except ConfigError:
            self.result.unsupported[candidate.kind] = " ".join(dict(candidate.options).values())
            return False
        try:
            page = await self._first(source)
        except SourceError as error:
            self.result.failed[source.name] = str(error)
            return False
        if not page.postings and candidate.kind in NEEDS_POSTINGS:
            return False
        self.result.found.append(_found(table, source.name, page, candidate.because))
        return True

    async def _page(self, url: str, *, robots: bool = False, quietly: bool = False) -> str:
        """Return a page's text; "" when there is none, and then why not is remembered.

        `robots`: the user did not name it, so its host's robots.txt decides.
        """
        request = Request(url, headers={"Accept": "text/html,*/*;q=0.5"}, robots=robots)
        try:
            reply = await self._fetcher.fetch(request, Validators())
        except SourceError as error:
            self.result.failed |= {} if quietly else {url: str(error)}
            return ""
        return reply.body.decode("utf-8", "replace")


def _rebased(table: dict[str, str], bases: Mapping[str, str]) -> dict[str, str]:
    """Return the table with another base address where one is given."""
    base = bases.get(table["kind"])
    if base is None:
        return table
    return table | ({"url": base + urlsplit(table["url"]).path} if "url" in table else {"base": base})


def _found(table: Mapping[str, str], name: str, page: Page, because: str) -> Found:
    return Found(table, name, len(page.postings), tuple(map(_shown, page.postings[:2])), because)


def _shown(raw: RawPosting) -> str:
    return f"{raw.title} ({where})" if (where := raw.company or raw.location) else raw.title


def _address(what: str) -> str:
    """Return the address that was given, "" for a name; "acme.example/jobs" is an address without its beginning."""
    text = what.strip()
    if text.lower().startswith(("http://", "https://")):
        return text
    return f"https://{text}" if "." in text.strip(".") and not any(map(str.isspace, text)) else ""
