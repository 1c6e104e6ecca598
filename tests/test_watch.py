"""A mailbox whose server offers IDLE is polled within seconds of a mail; through lost connections, to a clean end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from time import monotonic

import pytest

from rolecall import watch as watching
from rolecall.config import SourceEntry
from rolecall.errors import Refused, Unreachable, Unreadable
from rolecall.fetch import HttpFetcher, idle
from rolecall.life import Daemon, polling
from rolecall.secret import Secret
from rolecall.sources.mail import Mail
from rolecall.watch import Watch
from tests.fakes.imap import PASSWORD, USER, FakeImap
from tests.house import CHANNELS, Ear, config_of, house_of

ALERT = b"""From: LinkedIn Job Alerts <jobalerts-noreply@linkedin.com>
Date: Fri, 20 Nov 2026 08:00:00 +0000

Senior Python Engineer
Quillfish
Leeds, England, United Kingdom (Hybrid)

View job: https://www.linkedin.com/comm/jobs/view/4012345678/?otpToken=secret
"""


@pytest.fixture
async def fake() -> AsyncIterator[FakeImap]:
    async with FakeImap(idle=True) as fake:
        yield fake


def mailbox(fake: FakeImap, label: str = "", password: str = PASSWORD) -> Mail:
    return Mail("127.0.0.1", USER, Secret(password), port=fake.port, security="none", label=label)


async def until(true: Callable[[], bool], seconds: float = 60) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 # what it waits for has no event
            await asyncio.sleep(0.01)


# --- one conversation ---------------------------------------------------------------------------------------------


async def test_it_rings_once_it_listens_and_for_every_mail_and_leaves_no_trace(fake: FakeImap) -> None:
    rings: list[float] = []
    task = asyncio.create_task(idle.listen(mailbox(fake).requests()[0], lambda: rings.append(monotonic())))
    await until(lambda: len(rings) == 1)
    for count in (2, 3):
        sent = monotonic()
        fake.add(ALERT)
        await until(lambda count=count: len(rings) == count)  # type: ignore[misc] # bound on purpose
        assert rings[-1] - sent < 30
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    words = " ".join(fake.commands).upper()
    assert "EXAMINE" in words
    assert not any(never in words for never in ("SELECT", "STORE", "EXPUNGE", "FETCH"))


async def test_after_its_time_it_says_done_and_is_to_be_called_again(fake: FakeImap) -> None:
    assert await idle.listen(mailbox(fake).requests()[0], lambda: None, longest=0.2)
    await until(lambda: "DONE" in fake.commands)
    assert fake.idlers == []


async def test_a_server_without_idle_is_not_listened_to(fake: FakeImap) -> None:
    fake.idle = False
    assert not await idle.listen(mailbox(fake).requests()[0], lambda: None)
    assert not any("IDLE" in each for each in fake.commands)


@pytest.mark.parametrize(
    ("say", "kind"),
    [
        ({"IDLE": "BAD what?"}, Unreadable),
        ({"AUTHENTICATE": "NO [AUTHENTICATIONFAILED] no"}, Refused),
        ({"EXAMINE": "NO no such folder"}, Refused),
    ],
)
async def test_refusals_and_troubles_are_told_as_they_are_when_polling(
    fake: FakeImap, say: dict[str, str], kind: type[Exception]
) -> None:
    fake.say |= say
    with pytest.raises(kind) as caught:
        await idle.listen(mailbox(fake).requests()[0], lambda: None)
    assert PASSWORD not in str(caught.value)


async def test_a_connection_that_ends_is_unreachable(fake: FakeImap) -> None:
    task = asyncio.create_task(idle.listen(mailbox(fake).requests()[0], lambda: None))
    await until(lambda: bool(fake.idlers))
    fake.hang_up()
    with pytest.raises(Unreachable):
        await task


# --- for good -----------------------------------------------------------------------------------------------------


async def test_a_lost_connection_is_made_again_and_a_mail_in_between_is_not_missed(
    fake: FakeImap, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "FIRST_PAUSE", 0.1)
    rings: list[str] = []
    async with HttpFetcher(pause=0) as fetcher, asyncio.TaskGroup() as group:
        watch = Watch(fetcher, rings.append)
        watch.keep([SourceEntry(mailbox(fake, "mine"), Mail.interval)], group)
        await until(lambda: len(rings) == 1)
        fake.hang_up()
        fake.add(ALERT)  # nobody listens now
        await until(lambda: len(rings) == 2)
        assert set(rings) == {"mail:mine"}
        watch.end()


async def test_a_reload_listens_to_what_is_configured_and_leaves_the_rest_undisturbed(fake: FakeImap) -> None:
    one, two, other = (SourceEntry(mailbox(fake, label), Mail.interval) for label in ("one", "two", "other"))
    async with HttpFetcher(pause=0) as fetcher, asyncio.TaskGroup() as group:
        watch = Watch(fetcher, lambda _: None)
        watch.keep([one, two], group)
        await until(lambda: len(fake.idlers) == 2)
        first = list(fake.idlers)
        watch.keep([one, other], group)
        await until(lambda: sum("IDLE" in each for each in fake.commands) == 3)
        assert sum(each in fake.idlers for each in first) >= 1
        watch.end()


async def test_a_wrong_password_is_not_tried_again_and_again(fake: FakeImap, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "FIRST_PAUSE", 0.01)
    async with HttpFetcher(pause=0) as fetcher, asyncio.TaskGroup() as group:
        watch = Watch(fetcher, lambda _: None)
        watch.keep([SourceEntry(mailbox(fake, password="wrong"), Mail.interval)], group)
        await until(lambda: any("LOGOUT" in each for each in fake.commands))
        await asyncio.sleep(0.1)
        assert sum("AUTHENTICATE" in each for each in fake.commands) == 1
        watch.end()


# --- the daemon ---------------------------------------------------------------------------------------------------

CONFIG = """
[[source]]
kind = "mail"
host = "127.0.0.1"
security = "none"
user = "{}"
password = "{}"
port = {}
every = "1h"

[[search]]
name = "Python"
stack.any = ["python"]
"""


async def test_a_mail_is_an_alert_within_seconds_though_the_interval_is_an_hour(
    fake: FakeImap, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "RING_PAUSE", timedelta())
    ear = Ear()
    config = config_of(CHANNELS + CONFIG.format(USER, PASSWORD, fake.port), phone=ear)
    async with house_of(config) as house:
        daemon = Daemon(house)
        life = asyncio.create_task(daemon.live())
        await until(lambda: bool(fake.idlers) and not daemon.polling.running and bool(daemon.polling.states))
        fake.add(ALERT)
        sent = monotonic()
        await until(lambda: bool(ear.heard))
        assert monotonic() - sent < 30
        daemon.stop()
        stopped = monotonic()
        await life
        assert monotonic() - stopped < 30
    assert [card.title for card in ear.heard[0].cards] == ["Senior Python Engineer"]
    assert "secret" not in str(ear.heard)
