"""Whatever a board writes, no sink lets it act: pages, mails, Telegram, terminals, tables, spreadsheets, feeds.

The words come from a loopback board through the real poll, child process and database; what every sink makes of them is
read by a real parser. Each is looked for in each sink, so that nothing passes by being left out.
"""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import pytest_asyncio
from typer.testing import CliRunner

from rolecall import views
from rolecall.cli import app
from rolecall.deliver import deliver
from rolecall.fetch import HttpFetcher
from rolecall.house import House
from rolecall.match import Index
from rolecall.model import Message
from rolecall.render import talk
from rolecall.render.data import message_data
from rolecall.render.email import render_html
from rolecall.render.telegram import plain, telegram_texts
from rolecall.render.text import render_text
from rolecall.sandbox import Sandbox
from rolecall.secret import Secret
from rolecall.store import SqliteStore
from rolecall_notifiers.apprise import Apprise
from rolecall_notifiers.console import Console
from rolecall_notifiers.feedfile import FeedFile
from rolecall_notifiers.html import HtmlFile
from rolecall_notifiers.mail import compose
from tests.fakes.board import Board
from tests.fakes.smtp import FakeSmtp
from tests.fakes.telegram_html import check
from tests.hostile.payloads import LINKS, PAYLOADS
from tests.house import Clock, Ear, config_of, greenhouse, job, jobs, poll_all

pytestmark = pytest.mark.asyncio(loop_scope="module")

WORDS = [f"xss{number:02}" for number in range(len(PAYLOADS))]
CONFIG = """
[daemon]
database = "rolecall.db"
allow_private = true
host_pause = "0s"
summary_wait = "0s"

[channel.phone]
kind = "console"

[channel.pages]
kind = "console"
at = ["07:30"]

[[search]]
name = "Python"
stack.any = ["python"]
alerts_per_hour = 0
"""


def row(number: int) -> dict[str, object]:
    """Return a job that says the payload in every field, beside a word to find it by."""
    said = f"{PAYLOADS[number]} {WORDS[number]}"
    return job(
        number + 1,
        title=f"Python Engineer {said}",
        company_name=f"{said} Works",
        absolute_url=LINKS[number % len(LINKS)],
        location={"name": f"Remote, UK {said}"},
        content=f"<p>Python {said}</p><p>£80,000 {PAYLOADS[number]} a year. Remote in the UK.</p>",
        departments=[{"name": said}],
        offices=[{"name": said}],
    )


@dataclass
class Told:
    """What people were sent, and where the database lies."""

    alerts: list[Message]
    digest: Message
    home: Path

    @property
    def messages(self) -> list[Message]:
        return [*self.alerts, self.digest]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def told(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Told]:
    home, phone, pages = tmp_path_factory.mktemp("sinks"), Ear(), Ear()
    async with Board() as board, HttpFetcher(pause=0, allow_private=True) as fetcher, Sandbox() as sandbox:
        text = CONFIG + greenhouse("rogue", board.url)
        (home / "config.toml").write_text(text, encoding="utf-8")
        config = config_of(text, phone=phone, pages=pages)
        clock, store = Clock(), await SqliteStore.open(home / "rolecall.db")
        house = House(store, fetcher, sandbox, config, Index(config.searches), clock)
        board.serve("/v1/boards/rogue/jobs", jobs())
        await poll_all(house)  # from here on, jobs are news
        board.serve("/v1/boards/rogue/jobs", jobs(*map(row, range(len(PAYLOADS)))))
        clock.forward(hours=1)
        await poll_all(house)
        clock.forward(days=1)
        for channel in config.channels:
            while await deliver(channel, house):
                pass
        await store.close()
    (digest,) = pages.heard
    yield Told(phone.heard, digest, home)


async def test_every_payload_made_an_alert(told: Told) -> None:
    assert len(PAYLOADS) >= 30
    assert len(told.alerts) == len(told.digest.cards) == len(PAYLOADS)
    assert all_are_in("\n".join(message.cards[0].title for message in told.alerts))


# --- reading what came out ------------------------------------------------------------------------------------


def all_are_in(text: str) -> bool:
    return [word for word in WORDS if word not in text] == []


class Page(HTMLParser):
    """A page as a browser takes it apart: its tags, attributes, addresses and words."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: list[str] = []
        self.images: list[str] = []  # only our own: they travel with the page, nothing is loaded
        self.styles: list[str] = []
        self.words = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.add(name)
            if (tag, name) == ("img", "src"):
                self.images.append(value or "")
            elif name in (
                "href",
                "src",
                "action",
                "data",
                "formaction",
                "srcdoc",
                "xlink:href",
                "poster",
                "background",
            ):
                self.addresses.append(value or "")
            self.styles += [value or ""] if name == "style" else []

    def handle_data(self, data: str) -> None:
        self.words += data


ACTIVE = {"script", "iframe", "object", "embed", "form", "svg", "math", "link", "base", "noscript", "textarea"}


def is_harmless_page(page: str) -> Page:
    """Assert that nothing on the page can act, load, or lead elsewhere than to the web; returns it."""
    read = Page(page)
    assert not read.tags & ACTIVE
    assert not {name for name in read.attributes if name.startswith("on")}
    assert all(re.match(r"https?://[\w.-]+(?:[/:?#]|$)", address) for address in read.addresses), read.addresses
    assert all(re.match(r"cid:[\w.@-]+$|data:image/png;base64,[\w+/=]+$", image) for image in read.images), read.images
    assert not any(re.search(r"url\(|expression|@import|javascript", style) for style in read.styles)
    is_harmless_text(page)
    return read


INVISIBLE = re.compile("[\u202a-\u202e\u2066-\u2069\u200b-\u200f\u2028\u2029\ufeff\ud800-\udfff\U000e0000-\U000e0fff]")
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


def is_harmless_text(text: str) -> None:
    """Assert that no character steers a terminal or the direction of reading."""
    assert not CONTROL.search(text), repr(CONTROL.findall(text))
    assert not INVISIBLE.search(text), repr(INVISIBLE.findall(text))


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, each in value.items():
            yield name
            yield from strings(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from strings(each)


# --- messages -------------------------------------------------------------------------------------------------


async def test_telegram_html(told: Told) -> None:
    for message in told.messages:
        shown = ""
        for text in telegram_texts(message):
            parsed = check(text.html, markup=True)
            shown += parsed.text
            is_harmless_text(parsed.text)
            is_harmless_text(plain(text.html))
            assert all(address.startswith(("https://", "http://")) for address in parsed.links)
        assert all(card.title.split("xss")[1][:2] in shown for card in message.cards)


async def test_telegram_answers_and_buttons(told: Told) -> None:
    store = await SqliteStore.open(told.home / "rolecall.db", readonly=True)
    config = config_of((told.home / "config.toml").read_text(encoding="utf-8"))
    texts = list(talk.listed(told.digest.cards, "<b>Jobs</b>"))
    for message in told.alerts:
        texts += talk.job_texts(message.cards[0])
        explained = await views.why(store, config, message.cards[0].job)
        assert explained is not None
        texts += talk.explained(explained.posting.raw, explained.matches, explained.notes)
    await store.close()
    parsed = [check(text.html, markup=True) for text in texts]
    assert all_are_in("".join(each.text for each in parsed))
    for each in parsed:
        is_harmless_text(each.text)
        assert all(address.startswith(("https://", "http://")) for address in each.links)
    for message in told.messages:
        for card in message.cards:
            for buttons in card.buttons:
                assert all(len(button.data.encode()) <= 64 for button in buttons)
                is_harmless_text("".join(button.label + button.data for button in buttons))
                assert all(re.match(r"https?://|$", button.url) for button in buttons)


async def test_the_mail_and_its_headers(told: Told) -> None:
    for message in told.messages:
        sent = message_from_bytes(
            compose(message, "Rolecall <r@example.net>", ("m@example.org",)).as_bytes(), policy=policy.SMTP
        )
        assert "Bcc" not in sent
        assert sent["To"] == "m@example.org"
        assert len(sent.get_all("Subject")) == 1
        assert sent.get_content_type() == "multipart/alternative"
        bodies = (sent.get_body((kind,)) for kind in ("plain", "html"))
        text, page = (str(body.get_content()).replace("\r\n", "\n") for body in bodies if body is not None)
        is_harmless_text(text)
        words = is_harmless_page(page).words
        wanted = [word for word in WORDS if any(word in card.title for card in message.cards)]
        assert all(word in text and word in words for word in wanted)
    assert all_are_in(words)


async def test_the_page_in_a_folder(told: Told, tmp_path: Path) -> None:
    await HtmlFile(tmp_path).send(told.digest)
    assert all_are_in(is_harmless_page((tmp_path / "latest.html").read_text(encoding="utf-8")).words)
    assert all_are_in(is_harmless_page(render_html(told.digest)).words)


@pytest.mark.parametrize("colour", [False, True])
async def test_the_terminal(colour: bool, told: Told, capsys: pytest.CaptureFixture[str]) -> None:
    for message in told.messages:
        await Console(colour=colour).send(message)
    shown = re.sub(r"\x1b\[[0-9;]+m", "", capsys.readouterr().out) if colour else capsys.readouterr().out
    assert all_are_in(shown)
    is_harmless_text(shown)
    assert "\x1b" not in render_text(told.digest)


async def test_the_feeds_in_files(told: Told, tmp_path: Path) -> None:
    await FeedFile(tmp_path / "jobs.json").send(told.digest)
    feed = json.loads((tmp_path / "jobs.json").read_bytes())
    for each in strings(feed):
        is_harmless_text(each)
    assert all_are_in(json.dumps(feed))
    assert all(item.get("url", "https://").startswith(("https://", "http://")) for item in feed["items"])
    atom = ET.fromstring((tmp_path / "jobs.atom").read_bytes())  # noqa: S314 # our own
    ns = "{http://www.w3.org/2005/Atom}"
    pages = [is_harmless_page(content.text or "") for content in atom.iter(f"{ns}content")]
    assert all_are_in("".join(page.words for page in pages))
    assert all((link.get("href") or "").startswith(("https://", "http://")) for link in atom.iter(f"{ns}link"))


async def test_the_webhook(told: Told) -> None:
    sent = json.loads(json.dumps([message_data(message) for message in told.messages]))
    for each in strings(sent):
        is_harmless_text(each)
    assert all_are_in(json.dumps(sent))


@pytest.mark.parametrize("form", ["text", "html", "markdown"])
async def test_apprise_in_every_form_that_a_service_may_want(form: str, told: Told) -> None:
    async with FakeSmtp() as post:
        options = f"from=rolecall@example.org&to=mina@example.org&mode=insecure&format={form}"
        notifier = Apprise(Secret(f"mailto://127.0.0.1:{post.port}/?{options}"))
        await notifier.open()
        notifier._service.notify.request_rate_per_sec = 0  # Apprise leaves 5.5 s between two messages
        for message in told.messages:
            await notifier.send(message)
    shown = "".join(_mailed(mail.message) for mail in post.mails)
    assert all_are_in(shown)
    kinds = {part.get_content_type() for mail in post.mails for part in mail.message.walk()}
    assert ("text/html" in kinds) >= (form == "html")
    assert all(mail.recipients == ("mina@example.org",) for mail in post.mails)
    assert "evil" not in " ".join(str(mail.message[name]) for mail in post.mails for name in ("Bcc", "Cc", "To"))


def _mailed(message: EmailMessage) -> str:
    """Return what a mail shows, in each of its forms; assert that none of them can act."""
    parts = [part for part in message.walk() if not part.is_multipart()]
    said = [str(part.get_content()).replace("\r\n", "\n") for part in parts]
    for part, text in zip(parts, said, strict=True):
        _page(text) if part.get_content_type() == "text/html" else _text(text)
    return " ".join([str(message["Subject"]), *map(unescape, said)])


# --- commands -------------------------------------------------------------------------------------------------


async def run(told: Told, *arguments: str, stdin: str = "") -> str:
    """Run a command; it has a loop of its own, so it gets a thread of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(told.home)
        given = [*arguments, "--config", "config.toml"]
        done = await asyncio.to_thread(CliRunner().invoke, app, given, input=stdin)
    assert done.exit_code == 0, done.output
    return done.output


def _text(text: str) -> str:
    is_harmless_text(text)
    return text


def _page(text: str) -> str:
    return is_harmless_page(text).words


def _json(text: str) -> str:
    value = json.loads(text)
    for each in strings(value):
        is_harmless_text(each)
    return json.dumps(value)


def _csv(text: str) -> str:
    is_harmless_text(text)
    cells = [cell for line in csv.reader(io.StringIO(text)) for cell in line]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    return text


def _markdown(text: str) -> str:
    markdown = pytest.importorskip("markdown_it", reason="comes with typer's rich")
    is_harmless_page(markdown.MarkdownIt("commonmark").render(text))
    is_harmless_text(text)
    return text.replace("\\", "")


FORMS: dict[str, Callable[[str], str]] = {"table": _text, "json": _json, "csv": _csv, "md": _markdown, "html": _page}


@pytest.mark.parametrize("form", FORMS)
async def test_the_list_in_every_form(form: str, told: Told) -> None:
    shown = FORMS[form](await run(told, "list", "--format", form, "--top", "100"))
    assert all(card.job in shown for card in told.digest.cards)
    assert form == "table" or all_are_in(shown)  # a table's columns give way to the width


@pytest.mark.parametrize("arguments", [("status",), ("status", "--json"), ("stats",), ("stats", "--json")])
async def test_what_is_said_of_the_whole(arguments: tuple[str, ...], told: Told) -> None:
    said = await run(told, *arguments)
    assert "rogue" in (_json(said) if "--json" in arguments else _text(said)) or arguments[0] == "stats"


@pytest.mark.parametrize("number", range(0, len(PAYLOADS), 3))
async def test_why(number: int, told: Told) -> None:
    job = next(message.cards[0].job for message in told.alerts if WORDS[number] in message.cards[0].title)
    assert WORDS[number] in _text(await run(told, "why", job))
    assert WORDS[number] in _json(await run(told, "why", job, "--json"))


@pytest.mark.parametrize("number", range(0, len(PAYLOADS), 3))
async def test_an_advert_that_is_pasted(number: int, told: Told) -> None:
    said = PAYLOADS[number].encode("utf-8", "replace").decode()
    advert = f"Python Engineer {said} {WORDS[number]}\nLeeds, £80,000. {said}"
    assert WORDS[number] in _text(await run(told, "why", "--text", "-", stdin=advert))
    assert _json(await run(told, "why", "--text", "-", "--json", stdin=advert))


async def test_a_preview(told: Told) -> None:
    _text(await run(told, "preview", "Python"))
    _json(await run(told, "preview", "Python", "--json"))
