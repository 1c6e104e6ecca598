"""One promise, kept by every notifier. A new kind is added to `channels` below, and that is its test."""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from email.message import EmailMessage
from pathlib import Path

import pytest

from rolecall.errors import DeliveryError, Rejected
from rolecall.model import Message
from rolecall.ports import Notifier
from rolecall.secret import Secret
from rolecall_notifiers import KINDS
from rolecall_notifiers.apprise import Apprise
from rolecall_notifiers.console import Console
from rolecall_notifiers.email import Email
from rolecall_notifiers.feedfile import FeedFile
from rolecall_notifiers.html import HtmlFile
from rolecall_notifiers.telegram import Telegram
from rolecall_notifiers.webhook import Webhook
from tests.cards import HOSTILE, card, message
from tests.fakes.receiver import Receiver
from tests.fakes.smtp import FakeSmtp
from tests.fakes.telegram import TOKEN, FakeTelegram

Seen = Callable[[], str]
"""Everything a person could read of what was sent so far."""


@asynccontextmanager
async def channel(kind: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> AsyncIterator[tuple[Notifier, Seen]]:
    """Open one notifier with a peer that works."""
    async with AsyncExitStack() as stack:
        notifier: Notifier
        seen: Seen
        match kind:
            case "console":
                printed: list[str] = []
                notifier, seen = Console(colour=True), lambda: _remembered(printed, capsys.readouterr().out)
            case "html":
                notifier, seen = HtmlFile(folder), lambda: "".join(p.read_text() for p in folder.glob("2026*.html"))
            case "telegram":
                fake = await stack.enter_async_context(FakeTelegram())
                notifier = Telegram(Secret(TOKEN), 42, base_url=fake.base_url, interval=0.0)
                seen = lambda: "\n".join(m.text + " ".join(m.links) for m in fake.messages)  # noqa: E731
            case "email":
                server = await stack.enter_async_context(FakeSmtp())
                notifier = Email("127.0.0.1", "r@example.net", "m@example.org", port=server.port, security="none")
                seen = lambda: "".join(_bodies(m.message) for m in server.mails)  # noqa: E731
            case "feedfile":
                notifier = FeedFile(folder / "jobs.json")
                seen = lambda: _feed_texts(folder / "jobs.json")  # noqa: E731
            case "webhook":
                receiver = await stack.enter_async_context(Receiver())
                notifier, seen = Webhook(Secret(receiver.url)), lambda: "".join(b["text"] for b in receiver.bodies)
            case "apprise":
                receiver = await stack.enter_async_context(Receiver())
                notifier = Apprise(Secret(receiver.url.replace("http://", "json://")))
                seen = lambda: "".join(b["title"] + b["message"] for b in receiver.bodies)  # noqa: E731
            case _:
                pytest.fail(f"add {kind} to the conformance suite")
        await notifier.open()
        stack.push_async_callback(notifier.close)
        yield notifier, seen


def _bodies(mail: EmailMessage) -> str:
    """Return both ways to read a mail, without its attachments."""
    bodies = (mail.get_body((form,)) for form in ("plain", "html"))
    return "".join(str(body.get_content()) for body in bodies if body is not None)


def _feed_texts(path: Path) -> str:
    items = json.loads(path.read_text())["items"] if path.exists() else []
    return "\n".join(f"{i['title']} {i['content_text']}" for i in reversed(items))


def _remembered(printed: list[str], new: str) -> str:
    printed.append(new)
    return "".join(printed)


@pytest.fixture(params=sorted(KINDS))
async def opened(
    request: pytest.FixtureRequest, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> AsyncIterator[tuple[Notifier, Seen]]:
    async with channel(request.param, tmp_path, capsys) as pair:
        yield pair


@pytest.fixture(params=sorted(set(KINDS) - {"feedfile"}))  # a feed keeps jobs: it has no messages with an order
async def in_messages(
    request: pytest.FixtureRequest, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> AsyncIterator[tuple[Notifier, Seen]]:
    async with channel(request.param, tmp_path, capsys) as pair:
        yield pair


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_notifier_is_a_frozen_dataclass_that_says_what_it_is(kind: str) -> None:
    notifier = KINDS[kind]
    assert dataclasses.fields(notifier)  # type: ignore[arg-type] # raises where it is none
    assert getattr(notifier, "__dataclass_params__").frozen  # noqa: B009 # typeshed leaves it out
    assert notifier.kind == kind
    assert notifier.summary


async def test_check_says_in_a_sentence_what_works_and_sends_nothing(opened: tuple[Notifier, Seen]) -> None:
    notifier, seen = opened
    assert len(await notifier.check()) > 10
    assert seen() == ""


async def test_an_alert_shows_everything_a_person_needs_to_decide(opened: tuple[Notifier, Seen]) -> None:
    notifier, seen = opened
    assert await notifier.send(message())
    text = seen()
    for words in ("Senior Backend Engineer", "Harbour Lane Ltd", "£75k–£85k", "£75,000 - £85,000 per annum", "Leeds"):
        assert words in text
    for words in ("Hybrid, 2 days a week", "Python", "Senior", "osted 2 days ago", "straddles your £80k", "Reed"):
        assert words in text
    for words in ("https://jobs.example/1", "Jobs by Example Board", "closes tomorrow"):
        assert words in text


async def test_a_digest_shows_each_job_once_under_its_search(in_messages: tuple[Notifier, Seen]) -> None:
    notifier, seen = in_messages
    both = card(1, title="Rust Engineer", searches=("Rust", "Anything"), rank=3)
    await notifier.send(message("digest", both, card(2, title="Go Engineer", searches=("Anything",), rank=5), both))
    text = seen()
    assert text.count("Rust Engineer") == (2 if notifier.kind == "email" else 1)  # once a part
    assert text.index("Anything") < text.rindex("Go Engineer") < text.rindex("Rust Engineer")


async def test_a_summary_shows_the_ten_best_and_counts_the_rest(in_messages: tuple[Notifier, Seen]) -> None:
    notifier, seen = in_messages
    found = [card(n, title=f"Job number {n:02}", rank=n) for n in range(1, 16)]
    await notifier.send(message("summary", *found, total=67))
    text = seen()
    assert text.index("Job number 15") < text.index("Job number 06")
    assert "Job number 05" not in text
    assert "and 57 more" in text


async def test_a_notice_says_its_subject_and_text(in_messages: tuple[Notifier, Seen]) -> None:
    notifier, seen = in_messages
    await notifier.send(message("notice", subject="A board is gone", text="It answered 404.\nTake it out."))
    assert "A board is gone" in seen()
    assert "Take it out." in seen()


async def test_what_a_board_writes_cannot_steer_the_screen(opened: tuple[Notifier, Seen]) -> None:
    notifier, seen = opened
    hostile = card(1, title=HOSTILE, company=HOSTILE, why=(HOSTILE,), url="javascript:alert(1)", searches=(HOSTILE,))
    for kind in ("alert", "digest", "summary"):
        await notifier.send(message(kind, hostile, id=kind, subject=HOSTILE, text=HOSTILE))
    text = seen()
    assert "red" in text
    assert "javascript:" not in text
    assert not any(char in text for char in "\x00\x07\x9b\u202e\u200b\ud800")
    assert "\x1b[31m" not in text
    assert "\x1b]" not in text


async def test_messages_of_every_size_go_through(in_messages: tuple[Notifier, Seen]) -> None:
    notifier, seen = in_messages
    many = [card(n, title=f"Job {n} " + "long " * 40, why=("because " * 15,) * 9) for n in range(60)]
    await notifier.send(message("digest", *many, id="large"))
    await notifier.send(message("digest", card(99, title="x", company=""), id="small"))
    await notifier.send(Message("empty", "digest", "Nothing today", created_at=message().created_at))
    assert "Nothing today" in seen()


async def test_a_page_keeps_its_name_when_it_is_sent_again(tmp_path: Path) -> None:
    pages = HtmlFile(tmp_path / "new" / "folder")
    first, second = await pages.send(message()), await pages.send(message())
    assert first == second
    assert sorted(p.name for p in (tmp_path / "new" / "folder").iterdir()) == [
        "2026-11-22-outbox-17.html",
        "latest.html",
    ]


async def test_a_page_never_leaves_its_folder(tmp_path: Path) -> None:
    path = Path(await HtmlFile(tmp_path).send(message(id="../../etc/passwd")))
    assert path.parent == tmp_path


async def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for action in (HtmlFile(tmp_path / "file").check, lambda: HtmlFile(tmp_path / "file" / "x").send(message())):
        with pytest.raises(DeliveryError):
            await action()


async def test_the_console_is_plain_where_nobody_sees_colour(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    await Console().send(message())
    assert "\x1b" not in capsys.readouterr().out
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("NO_COLOR", "1")
    await Console().send(message())
    assert "\x1b" not in capsys.readouterr().out
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "xterm")
    await Console().send(message())
    assert "\x1b[1m" in capsys.readouterr().out


async def test_a_console_that_nobody_reads_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    stream.close()
    monkeypatch.setattr("sys.stdout", stream)
    with pytest.raises(Rejected, match="stdout"):
        await Console(colour=False).send(message())


async def test_a_console_without_unicode_prints_what_it_can(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(written, "ascii"))
    await Console().send(message())
    assert b"?75k?" in written.getvalue()
