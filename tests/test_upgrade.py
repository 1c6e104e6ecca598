"""A database of every release goes on where it stopped: what was told is not told again, what is new is."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from rolecall.deliver import deliver
from rolecall.store import SqliteStore
from tests.fakes.board import Board
from tests.house import CHANNELS, Clock, Ear, config_of, feed, house_of, poll_all
from tests.store_plans import after
from tests.test_migrations import RELEASED, load

SEARCH = '\n[[search]]\nname = "python"\nstack.any = ["python"]\n'
ITEM = (
    "<item><guid>{0}</guid><title>{1}</title><link>https://jobs.larkspur.example/{0}?utm_source=feed</link>"
    "<company>{2}</company><location>Leeds</location><description>We mend {3} with Python.</description></item>"
)
TOLD = ITEM.format("a", "Python developer", "Larkspur Ltd", "clocks")
COPY = ITEM.format("other", "Python developer", "Larkspur Ltd", "clocks").replace("/other?", "/a?")
NEW = ITEM.format("b", "Python developer (tides)", "Harbour Lane", "tide tables")


@pytest.mark.parametrize("dump", RELEASED, ids=lambda dump: dump.stem)
async def test_after_an_upgrade_the_first_poll_tells_what_is_new_and_nothing_that_was_told(
    dump: Path, tmp_path: Path
) -> None:
    path, phone = tmp_path / "rolecall.db", Ear()
    load(path, dump)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE outbox SET state = 'sent', settled_at = 1")
    async with Board() as board:
        text = CHANNELS + SEARCH + feed("larkspur", board.url + "/jobs") + feed("other", board.url + "/other")
        config = config_of(text, phone=phone)
        store, clock = await SqliteStore.open(path), Clock(after(hours=1))
        async with house_of(config, store, clock) as house:
            board.serve("/other", f"<rss><channel>{COPY}</channel></rss>")
            for items in (TOLD, TOLD + NEW):
                board.serve("/jobs", f"<rss><channel>{items}</channel></rss>")
                await poll_all(house)
                clock.forward(hours=1)
            while await deliver(config.channel("phone"), house):  # type: ignore[arg-type] # it is there
                pass
        await store.close()
    assert [card.title for message in phone.heard for card in message.cards] == ["Python developer (tides)"]
