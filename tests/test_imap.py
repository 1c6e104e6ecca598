"""Mailboxes over a real connection on loopback: what is asked, what is never asked, and what is said when it fails."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from rolecall.decide import new_validators
from rolecall.errors import Refused, SourceError, Unreachable, Unreadable
from rolecall.fetch import HttpFetcher, imap, imap_session
from rolecall.model import Reply, Request, Validators
from rolecall.sandbox import Sandbox
from rolecall.secret import Secret
from rolecall.sources.mail import Mail
from tests.fakes.imap import CERTIFICATE, PASSWORD, USER, FakeImap
from tests.fakes.smtp import CERTIFICATE as SAME
from tests.waiting import PATIENCE

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MAIL = b"From: Alerts <alerts@linkedin.com>\r\nDate: Fri, 20 Nov 2026 08:00:00 +0000\r\n\r\nhello \xa3\r\n"


@pytest.fixture
async def fake() -> AsyncIterator[FakeImap]:
    async with FakeImap() as fake:
        yield fake


def mailbox(fake: FakeImap) -> Mail:
    security = fake.security
    host = "127.0.0.1" if security == "none" else "localhost"
    return Mail(host, USER, Secret(PASSWORD), port=fake.port, security=security)


def request(fake: FakeImap, **changes: str) -> Request:
    asked = mailbox(fake).requests()[0]
    return replace(asked, headers={**asked.headers, **changes})


async def ask(fake: FakeImap, etag: str | None = None, **changes: str) -> Reply:
    return await imap.read(request(fake, **changes), Validators(etag), NOW, deadline=PATIENCE)


def uids(reply: Reply) -> list[int]:
    return [int(uid) for uid in json.loads(reply.body)]


# --- what is asked ------------------------------------------------------------------------------------------------


async def test_mails_are_peeked_at_in_a_folder_that_is_only_examined(fake: FakeImap) -> None:
    fake.add(MAIL)
    reply = await ask(fake)
    assert json.loads(reply.body) == {"1": MAIL.decode("latin-1")}
    words = " ".join(fake.commands).upper()
    assert "EXAMINE" in words
    assert "BODY.PEEK[]" in words
    for never in ("SELECT", "STORE", "EXPUNGE", "COPY", "MOVE", "APPEND", "BODY[]", "RFC822 "):
        assert never not in words
    assert fake.commands[-1].endswith("LOGOUT")


async def test_only_new_mails_are_read_and_the_cursor_is_the_validator(fake: FakeImap) -> None:
    fake.add(MAIL)
    first = await ask(fake)
    kept = new_validators([first], ["imap"], {})["imap"]
    assert kept.etag == "7:1"
    assert (await ask(fake, kept.etag)).status == 304  # though "2:*" names the last mail
    fake.add(MAIL)
    again = await ask(fake, kept.etag)
    assert (uids(again), again.headers["etag"]) == ([2], "7:2")


async def test_an_empty_mailbox_is_an_answer_and_what_comes_later_is_new(fake: FakeImap) -> None:
    first = await ask(fake)
    assert (uids(first), first.headers["etag"]) == ([], "7:0")
    assert (await ask(fake, "7:0")).status == 304
    fake.add(MAIL)
    assert uids(await ask(fake, "7:0")) == [1]


async def test_a_folder_that_was_numbered_anew_is_read_anew(fake: FakeImap) -> None:
    fake.add(MAIL)
    fake.validity = 8
    assert (await ask(fake, "7:99")).headers["etag"] == "8:1"
    assert (await ask(fake, "nonsense")).headers["etag"] == "8:1"


async def test_old_mails_and_other_peoples_are_left_alone(fake: FakeImap) -> None:
    fake.add(MAIL, on=date(2026, 11, 1))
    fake.add(MAIL.replace(b"linkedin.com", b"family.example"))
    wanted = fake.add(MAIL.replace(b"linkedin.com", b"match.indeed.com"))
    assert uids(await ask(fake)) == [wanted]
    assert uids(await ask(fake, senders="")) == [2, 3]
    assert uids(await ask(fake, days="30", senders="family.example")) == [2]


async def test_at_first_the_newest_are_enough_and_later_none_is_passed_over(
    fake: FakeImap, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "MAILS", 2)
    for _ in range(5):
        fake.add(MAIL)
    assert uids(await ask(fake)) == [4, 5]
    assert uids(await ask(fake, "7:1")) == [2, 3]
    assert (await ask(fake, "7:1")).headers["etag"] == "7:3"


async def test_a_mail_that_is_too_long_is_passed_over_and_does_not_stop_the_rest(
    fake: FakeImap, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "MAIL_LIMIT", 500)
    fake.add(MAIL + b"x" * 1_000)
    fake.add(MAIL)
    assert json.loads((await ask(fake)).body) == {"1": "", "2": MAIL.decode("latin-1")}


async def test_names_of_folders_are_written_as_imap_wants_them(fake: FakeImap) -> None:
    fake.folder = 'Stellen &- &AMk-t&AOk-\\\\ \\"'
    source = replace(mailbox(fake), folder='Stellen & Été\\ "')
    assert uids(await imap.read(source.requests()[0], Validators(), NOW)) == []


async def test_without_auth_plain_it_logs_in_plainly(fake: FakeImap) -> None:
    fake.plain = False
    await ask(fake, password='a "quoted" word')
    assert 'LOGIN mina "a \\"quoted\\" word"' in " ".join(fake.commands)


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_tls_is_checked_before_the_password_is_sent(security: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert CERTIFICATE == SAME
    async with FakeImap(security) as fake:  # type: ignore[arg-type] # a parameter
        fake.add(MAIL)
        with pytest.raises(Unreachable, match="valid certificate"):
            await ask(fake)
        assert not any("AUTHENTICATE" in each for each in fake.commands)
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
        assert uids(await ask(fake)) == [1]


# --- when it fails ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "answer", "kind", "said"),
    [
        ("AUTHENTICATE", "NO [AUTHENTICATIONFAILED] wrong", Refused, "refuses the user name or the password"),
        ("AUTHENTICATE", "NO [UNAVAILABLE] later", Unreachable, "no log-in now"),
        ("EXAMINE", "NO nothing here", Refused, "has no folder 'INBOX'"),
        ("EXAMINE", "OK without numbers", Unreadable, "UIDVALIDITY"),
        ("UID", "NO not today", Unreadable, "cannot search"),
        ("UID", "BAD nonsense", Unreadable, "does not speak IMAP"),
    ],
)
async def test_refusals_are_told_from_troubles(
    fake: FakeImap, command: str, answer: str, kind: type[SourceError], said: str
) -> None:
    fake.say[command] = answer
    with pytest.raises(kind, match=said) as caught:
        await ask(fake)
    assert PASSWORD not in str(caught.value)


async def test_a_server_that_is_silent_or_drips_is_left_when_the_time_is_up(fake: FakeImap) -> None:
    for fault in ("silent", "drip"):
        setattr(fake, fault, True)
        with pytest.raises(Unreachable, match="did not answer within"):
            await imap.read(request(fake), Validators(), NOW, deadline=0.3)


async def test_a_server_that_is_not_there_or_sends_without_end_is_said(
    fake: FakeImap, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = replace(mailbox(fake), port=9).requests()[0]
    with pytest.raises(Unreachable, match="cannot be connected"):
        await imap.read(nobody, Validators(), NOW)
    monkeypatch.setattr(imap_session, "SESSION_LIMIT", 10_000)
    fake.add(MAIL + b"x" * 20_000)
    with pytest.raises(Unreadable, match="more than was asked for"):
        await ask(fake)


# --- the whole way ------------------------------------------------------------------------------------------------

ALERT = """From: LinkedIn Job Alerts <jobalerts-noreply@linkedin.com>
Date: Fri, 20 Nov 2026 08:00:00 +0000
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Senior Python Engineer
Quillfish
Leeds, England, United Kingdom (Hybrid)

View job: https://www.linkedin.com/comm/jobs/view/4012345678/?otpToken=secret&midToken=secret
"""


async def test_from_the_mailbox_to_the_posting_through_the_fetcher_and_the_child(fake: FakeImap) -> None:
    for charset in ("utf-8", "iso-8859-1", "windows-1252", "no-such-charset"):
        fake.add(ALERT.replace("utf-8", charset).replace("4012345678", f"40123456{len(charset)}0").encode())
    source = mailbox(fake)
    async with HttpFetcher(pause=0) as fetcher, Sandbox() as parser:
        reply = await fetcher.fetch(source.requests()[0], Validators())
        page = await parser.parse(source, reply)
    assert {(each.title, each.company, each.location) for each in page.postings} == {
        ("Senior Python Engineer", "Quillfish", "Leeds, England, United Kingdom (Hybrid)")
    }
    assert len(page.postings) == 4
    assert "secret" not in str(page)


def test_the_password_is_shown_nowhere(fake: FakeImap) -> None:
    assert PASSWORD not in repr(mailbox(fake)) + repr(mailbox(fake).requests())


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"host": "imap.larkfield.example", "security": "none"}, "never sent in the clear"),
        ({"host": "imap.larkfield.example/x"}, "is not a mail server's name"),
        ({"host": "imap.larkfield.example", "senders": ('x" OR ALL',)}, "is not a sender"),
        ({"host": "imap.larkfield.example", "days": 0}, "between 1 and 365"),
    ],
)
def test_options_that_cannot_be_right_are_refused(options: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Mail(user=USER, password=Secret(PASSWORD), **options)  # type: ignore[arg-type] # wrong on purpose
