"""E-mail from end to end through servers that others wrote: exim4 takes it in, dovecot gives it out."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator
from email.message import EmailMessage
from email.utils import format_datetime, localtime
from pathlib import Path

import pytest

from rolecall import charts
from rolecall.deliver import deliver
from rolecall.errors import Deferred, DeliveryError, Rejected
from rolecall.house import House
from rolecall.outbox import RetryAt, Sent
from rolecall.store import SqliteStore
from rolecall_notifiers.email import Email
from tests.cards import message
from tests.fakes.board import Board
from tests.house import CHANNELS, SEARCH, Clock, config_of, greenhouse, house_of, job, jobs, poll_all
from tests.peers.post import PASSWORD, PROGRAMS, Breaking, PostOffice, program
from tests.shared import needs
from tests.test_app import PATH, PYTHON, configure, rolecall
from tests.waiting import until

MINA, SENDER = "mina@post.localhost", "Rolecall <rolecall@example.net>"
DIGESTS = 20
BREAKS = ("lost", None, "cut", "lost", None, None, "cut", None, "lost", "lost", None, "cut") * 5


@pytest.fixture
async def post() -> AsyncIterator[PostOffice]:
    for name in PROGRAMS:
        needs(program(name), f"{name} (apt-get install exim4-daemon-light dovecot-imapd)")
    async with PostOffice() as office:
        yield office


async def mails(post: PostOffice, least: int) -> list[EmailMessage]:
    """Return what lies in the mailbox, once it is so many different mails: exim4 files a mail after it took it."""
    for _ in range(2400):
        found = await post.mails()
        if len({(mail["Message-ID"], mail["Envelope-To"]) for mail in found}) >= least:
            return found
        await asyncio.sleep(0.05)
    pytest.fail(f"waited 2 minutes for {least} mails, there are {len(found)}")


# --- N digests ------------------------------------------------------------------------------------------------


async def test_every_digest_arrives_through_drops_after_data_and_deferrals(
    post: PostOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(charts, "available", lambda: False)  # pictures take time and have tests of their own
    clock = Clock()
    async with Board() as board, Breaking(post.smtp, *BREAKS) as line:
        config = config_of(
            CHANNELS + SEARCH + greenhouse("larkspur", board.url),
            digest=Email("127.0.0.1", SENDER, ("defer-mina@post.localhost",), line.port, security="none"),
        )
        store = await SqliteStore.open(tmp_path / "rolecall.db")
        async with house_of(config, store, clock) as house:
            receipts = []
            for day in range(1, DIGESTS + 1):
                board.serve(PATH.format("larkspur"), jobs(*(job(n) for n in range(1, day + 1))))
                await poll_all(house)
                clock.forward(days=1)
                post.busy(day % 3 == 0)
                receipts += await _sent(house, clock, post)
        await store.close()
    assert len(receipts) == len(set(receipts)) == DIGESTS
    found = Counter(str(mail["Message-ID"]) for mail in await mails(post, DIGESTS))
    assert set(found) == set(receipts), "nothing is lost, and every copy has the same Message-ID"
    assert found.total() <= DIGESTS + BREAKS.count("lost"), "a copy more only where the answer was lost"


async def _sent(house: House, clock: Clock, post: PostOffice) -> list[str]:
    """Deliver until there is nothing left, forwarding the clock to each next try; return the receipts."""
    (channel,) = (each for each in house.config.channels if each.name == "digest")
    receipts, outcome = [], await deliver(channel, house)
    while outcome is not None:
        match outcome:
            case Sent(receipt):
                receipts.append(receipt)
            case RetryAt(at):
                clock.now = at
                post.busy(False)
            case _:
                pytest.fail(f"given up: {outcome}")
        outcome = await deliver(channel, house)
    return receipts


# --- one mail for several people ------------------------------------------------------------------------------


async def refused(notifier: Email) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await notifier.send(message("digest"))
    return caught.value


async def test_who_has_the_digest_gets_no_second_one_while_another_is_put_off(post: PostOffice) -> None:
    later = "defer-omar@post.localhost"
    notifier = Email("127.0.0.1", SENDER, (MINA, later), post.smtp, security="none")
    post.busy(True)
    error = await refused(notifier)
    assert isinstance(error, Deferred)
    assert "451 4.7.1 greylisted" in str(error)
    post.busy(False)
    receipt = await notifier.send(message("digest"))
    assert sorted((mail["Envelope-To"], mail["Message-ID"]) for mail in await mails(post, 2)) == [
        (later, receipt), (MINA, receipt),
    ]  # fmt: skip


async def test_nobody_there_is_believed_the_third_time(post: PostOffice) -> None:
    notifier = Email("127.0.0.1", SENDER, ("bounce@post.localhost",), post.smtp, security="none")
    errors = [await refused(notifier) for _ in range(3)]
    assert [type(error) for error in errors] == [Deferred, Deferred, Rejected]
    assert "550 5.1.1 no such user" in str(errors[-1])
    assert await post.mails() == []


# --- the loop closed: alert mails in, messages out ------------------------------------------------------------

ALERT = """From: LinkedIn Job Alerts <jobalerts-noreply@linkedin.com>
To: mina@post.localhost
Subject: Python developer: {name} and more
Date: {date}
Message-ID: <{number}@linkedin.com>

Senior Python Engineer
{name}
Leeds, England, United Kingdom (Hybrid)

View job: https://www.linkedin.com/comm/jobs/view/40123456{number:02}/?otpToken=secret
"""

CONFIG = """
[channel.post]
kind = "email"
host = "127.0.0.1"
port = {smtp}
security = "none"
sender = "rolecall@example.net"
to = "defer-mina@post.localhost"

[channel.gone]
kind = "email"
host = "127.0.0.1"
port = {smtp}
security = "none"
sender = "rolecall@example.net"
to = "bounce@post.localhost"

[[source]]
kind = "mail"
host = "127.0.0.1"
port = {imap}
security = "none"
user = "mina"
password_env = "TEST_PASSWORD"
senders = ["linkedin.com"]
every = "1h"
"""
EMPLOYERS = ("Quillfish", "Harebell Rail", "Tarnside Energy", "Larkspur Foods")


async def test_alert_mails_ring_and_each_job_comes_back_as_one_mail(post: PostOffice, tmp_path: Path) -> None:
    configure(tmp_path, CONFIG.format(smtp=post.smtp, imap=post.imap), PYTHON)
    post.busy(True)
    async with rolecall(tmp_path, "run", TEST_PASSWORD=PASSWORD) as life:
        await until(lambda: life.said("polled source=mail:127.0.0.1/INBOX"), "the look at the empty mailbox")
        for number, name in enumerate(EMPLOYERS):
            alert = ALERT.format(name=name, number=number, date=format_datetime(localtime()))
            await post.post(alert.encode(), MINA)
        await until(lambda: life.said("send-deferred channel=post"), "the server to put it off")
        post.busy(False)
        await until(lambda: life.said("sent channel=post kind=alert") == len(EMPLOYERS), "every job's mail")
        await until(lambda: life.said("sent channel=post kind=notice"), "the word about the channel that is refused")
        life.send(signal.SIGTERM)
        assert await life.ends() == 0, life.log.read_text()
        assert life.said("Traceback") == 0, life.log.read_text()
    ours = [mail for mail in await mails(post, 2 * len(EMPLOYERS) + 1) if mail["Auto-Submitted"]]
    assert len({mail["Message-ID"] for mail in ours}) == len(ours) == len(EMPLOYERS) + 1
    said = "\n".join(mail.get_body(("plain",)).get_content() for mail in ours)
    assert [said.count(f"· {name}") for name in EMPLOYERS] == [1] * len(EMPLOYERS), said
    assert "The channel gone is suspended" in said
