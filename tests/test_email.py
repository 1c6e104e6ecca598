"""E-mail against a real SMTP server in the same process: what is sent, and what every refusal means."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from email.utils import parsedate_to_datetime
from typing import Literal

import pytest
from hypothesis import given, settings

from rolecall.errors import Deferred, DeliveryError, Rejected, Unsendable
from rolecall.model import Message
from rolecall.secret import Secret
from rolecall_notifiers.email import Email
from rolecall_notifiers.mail import compose
from tests.cards import HOSTILE, card, message, messages
from tests.fakes.smtp import CERTIFICATE, PASSWORD, USER, FakeSmtp

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # aiosmtpd, on implicit TLS

MINA, OMAR = "mina@example.org", "omar@example.org"
SENDER = "Rolecall <rolecall@example.net>"


@pytest.fixture
async def server() -> AsyncIterator[FakeSmtp]:
    async with FakeSmtp() as running:
        yield running


def channel(server: FakeSmtp, *to: str) -> Email:
    return Email("127.0.0.1", SENDER, to or (MINA,), port=server.port, security="none", timeout=60)


async def failure(notifier: Email, sent: Message | None = None) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await notifier.send(sent or message("digest"))
    return caught.value


async def test_a_digest_arrives_as_text_and_html_with_the_headers_of_an_automatic_mail(server: FakeSmtp) -> None:
    receipt = await channel(server, MINA, OMAR).send(message("digest", subject="3 new jobs"))
    (mail,) = server.mails
    headers = mail.message
    assert mail.recipients == (MINA, OMAR)
    assert headers["Subject"] == "3 new jobs"
    assert headers["Message-ID"] == receipt
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["List-Id"].endswith("<alerts.rolecall.example.net>")
    assert headers["List-Unsubscribe"] == "<mailto:rolecall@example.net?subject=unsubscribe>"
    assert parsedate_to_datetime(headers["Date"]).tzinfo is not None
    assert headers.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in headers.iter_parts()] == ["text/plain", "text/html"]
    for part in headers.iter_parts():
        assert "£75k–£85k" in part.get_content()


def test_the_message_id_is_the_same_at_every_try_and_another_for_another_message() -> None:
    first = compose(message(id="a"), SENDER, (MINA,))["Message-ID"]
    assert compose(message(id="a", text="rendered later"), SENDER, (MINA,))["Message-ID"] == first
    assert compose(message(id="b"), SENDER, (MINA,))["Message-ID"] != first
    assert compose(message(id="a"), SENDER, (OMAR,))["Message-ID"] != first


def test_a_mail_is_plain_ascii_on_the_way_with_lines_every_server_takes() -> None:
    sent = compose(message("digest", card(1, title="Zoë’s £ " + "x" * 180)), "Zoë <z@example.net>", (MINA,)).as_bytes()
    assert sent.isascii()
    assert max(map(len, sent.split(b"\r\n"))) <= 998


@given(messages)
@settings(max_examples=60)
def test_no_text_of_a_board_can_write_a_header(sent: Message) -> None:
    mail = compose(sent, SENDER, (MINA,))
    head, _, _ = mail.as_bytes().partition(b"\r\n\r\n")
    names = {line.partition(b":")[0] for line in head.split(b"\r\n") if line[:1] not in (b" ", b"\t")}
    own = {b"From", b"To", b"Subject", b"Date", b"Message-ID", b"Auto-Submitted", b"List-Id", b"List-Unsubscribe"}
    assert names == own | {b"MIME-Version", b"Content-Type"}
    assert not any(char in value for value in map(str, mail.values()) for char in "\r\n\0")


async def test_a_hostile_subject_arrives_as_words(server: FakeSmtp) -> None:
    await channel(server).send(message("digest", subject=HOSTILE))
    (mail,) = server.mails
    assert mail.message["Bcc"] is None
    assert mail.message["Subject"].startswith("red")


async def test_an_unreachable_server_is_tried_again() -> None:
    error = await failure(Email("127.0.0.1", SENDER, MINA, port=9, security="none"))
    assert isinstance(error, Deferred)
    assert not error.ambiguous


@pytest.mark.parametrize(
    ("what", "answer", "kind"),
    [
        (MINA, "450 mailbox busy", Deferred),
        ("rolecall@example.net", "451 try later", Deferred),
        ("rolecall@example.net", "553 sender not allowed", Rejected),
        ("DATA", "452 no space", Deferred),
        ("DATA", "554 looks like spam", Unsendable),
    ],
)
async def test_a_refusal_for_now_is_tried_again_and_one_for_good_is_not(
    server: FakeSmtp, what: str, answer: str, kind: type[DeliveryError]
) -> None:
    server.refusing(what, answer)
    error = await failure(channel(server))
    assert type(error) is kind
    assert answer in str(error)
    assert not server.mails


async def test_a_recipient_refused_three_times_suspends_the_channel(server: FakeSmtp) -> None:
    server.refusing(MINA, *["550 no such user"] * 3)
    notifier = channel(server)
    errors = [await failure(notifier) for _ in range(3)]
    assert [type(error) for error in errors] == [Deferred, Deferred, Rejected]
    await notifier.send(message("digest"))
    assert len(server.mails) == 1


async def test_who_has_the_mail_does_not_get_it_again_when_another_was_refused(server: FakeSmtp) -> None:
    server.refusing(OMAR, "450 busy")
    notifier = channel(server, MINA, OMAR)
    assert isinstance(await failure(notifier), Deferred)
    await notifier.send(message("digest"))
    await notifier.send(message("digest", id="tomorrow"))
    assert [mail.recipients for mail in server.mails] == [(MINA,), (OMAR,), (MINA, OMAR)]


@pytest.mark.parametrize(("drop", "arrived"), [("before", 0), ("after", 1)])
async def test_a_drop_after_the_data_is_ambiguous_and_the_repeat_has_the_same_message_id(
    server: FakeSmtp, drop: Literal["before", "after"], arrived: int
) -> None:
    server.drops.append(drop)
    notifier = channel(server)
    error = await failure(notifier)
    assert isinstance(error, Deferred)
    assert (error.ambiguous, error.retry_after) == (True, 60)
    assert len(server.mails) == arrived
    await notifier.send(message("digest"))
    assert len({mail.message["Message-ID"] for mail in server.mails}) == 1


async def test_with_hold_a_drop_after_the_data_is_never_repeated(server: FakeSmtp) -> None:
    server.drops.append("after")
    assert isinstance(await failure(replace(channel(server), on_ambiguous="hold")), Unsendable)


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_a_password_travels_only_encrypted(security: Literal["tls", "starttls"]) -> None:
    async with FakeSmtp(security=security, login=True) as server:
        notifier = Email("localhost", SENDER, MINA, server.port, USER, Secret(PASSWORD), security, str(CERTIFICATE))
        assert "login" in await notifier.check()
        assert not server.mails
        await notifier.send(message("digest"))
        assert len(server.mails) == 1
        wrong = replace(notifier, password=Secret("guessed"))
        error = await failure(wrong)
        assert isinstance(error, Rejected)
        assert "guessed" not in str(error) + repr(wrong)


async def test_starttls_is_never_skipped_when_the_server_does_not_offer_it(server: FakeSmtp) -> None:
    notifier = Email("127.0.0.1", SENDER, MINA, server.port, USER, Secret(PASSWORD), "starttls")
    assert isinstance(await failure(notifier), Rejected)


async def test_why_a_server_is_not_reached_is_said_in_words() -> None:
    error = await failure(Email("127.0.0.1", "a@larkspur.example", "b@larkspur.example", port=9, security="none"))
    assert str(error) == "the mail server cannot be reached: 127.0.0.1 cannot be connected (Connection refused)"


def test_a_password_without_encryption_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(ValueError, match="in the clear"):
        Email("127.0.0.1", SENDER, MINA, password=Secret(PASSWORD), security="none")


def test_a_user_without_a_password_is_refused_instead_of_sending_without_login() -> None:
    with pytest.raises(ValueError, match="belong together"):
        Email("127.0.0.1", SENDER, MINA, user=USER)


@pytest.mark.parametrize("address", ["", "nobody", "Name <nobody>", "zoë@example.org"])
def test_what_is_no_address_is_refused_by_name(address: str) -> None:
    with pytest.raises(ValueError, match="not an e-mail address"):
        Email("127.0.0.1", SENDER, address)


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_a_certificate_nobody_signed_is_refused(security: Literal["tls", "starttls"]) -> None:
    async with FakeSmtp(security=security) as server:
        error = await failure(Email("localhost", SENDER, MINA, server.port, security=security))
    assert isinstance(error, Rejected)
    assert "certificate" in str(error)


@pytest.mark.parametrize(("greeting", "kind"), [("421 busy", Deferred), ("554 go away", Rejected), ("", Deferred)])
async def test_an_unfriendly_greeting_is_no_delivery(greeting: str, kind: type[DeliveryError]) -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(f"{greeting}\r\n".encode() if greeting else b"")
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1") as server:
        port = server.sockets[0].getsockname()[1]
        assert type(await failure(Email("127.0.0.1", SENDER, MINA, port, security="none"))) is kind


async def test_a_large_digest_stays_below_what_mail_readers_cut(server: FakeSmtp) -> None:
    await channel(server).send(message("digest", *(card(n) for n in range(300))))
    (mail,) = server.mails
    page = mail.message.get_body(("html",))
    assert page is not None
    assert len(page.get_content().encode()) <= 90_000
    (whole,) = mail.message.iter_attachments()
    assert whole.get_filename().endswith(".html")
    assert all(f'https://jobs.example/{n}"' in whole.get_content() for n in range(300))
    assert "more" in page.get_content()
