"""Matches as files that any feed reader reads."""

from __future__ import annotations

import json
from pathlib import Path

import feedparser
import pytest

from rolecall.errors import Deferred
from rolecall_notifiers.feedfile import FeedFile
from tests.cards import HOSTILE, card, message


async def test_both_feeds_hold_every_job_once_newest_first(tmp_path: Path) -> None:
    feed = FeedFile(tmp_path / "jobs.json")
    await feed.send(message("alert", card(1)))
    await feed.send(message("digest", card(2), card(3)))
    await feed.send(message("alert", card(1, title="Lead Engineer")))
    items = json.loads((tmp_path / "jobs.json").read_text())["items"]
    parsed = feedparser.parse((tmp_path / "jobs.atom").read_bytes())
    assert [item["_rolecall"]["job"] for item in items] == ["job-1", "job-2", "job-3"]
    assert [entry.id for entry in parsed.entries] == [item["id"] for item in items]
    assert not parsed.bozo
    assert parsed.entries[0].title == "Lead Engineer · Harbour Lane Ltd · £75k–£85k"
    assert parsed.entries[0].link == "https://jobs.example/1"
    assert "straddles your £80k" in parsed.entries[0].content[0].value


async def test_the_oldest_fall_out(tmp_path: Path) -> None:
    feed = FeedFile(tmp_path / "jobs.json", keep=2)
    for number in range(1, 5):
        await feed.send(message("alert", card(number)))
    assert [item["_rolecall"]["job"] for item in json.loads((tmp_path / "jobs.json").read_text())["items"]] == [
        "job-4",
        "job-3",
    ]


async def test_a_file_that_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "jobs.json").write_text('{"title": "Somebody\'s"}')
    with pytest.raises(Deferred, match="move it away"):
        await FeedFile(tmp_path / "jobs.json").send(message())
    assert (tmp_path / "jobs.json").read_text() == '{"title": "Somebody\'s"}'


async def test_check_says_that_a_file_is_not_ours(tmp_path: Path) -> None:
    notifier = FeedFile(tmp_path / "jobs.json")
    assert "writes" in await notifier.check()
    (tmp_path / "jobs.json").write_text('{"my": "own"}')
    with pytest.raises(Deferred, match="is not a feed of Rolecall's"):
        await notifier.check()


async def test_what_a_board_writes_stays_text(tmp_path: Path) -> None:
    await FeedFile(tmp_path / "jobs.json").send(message("alert", card(1, title=f"<script>x</script>{HOSTILE}")))
    entry = feedparser.parse((tmp_path / "jobs.atom").read_bytes(), sanitize_html=False).entries[0]
    assert "<script>" not in entry.content[0].value.replace("&lt;", "")


async def test_a_notice_is_no_job(tmp_path: Path) -> None:
    await FeedFile(tmp_path / "jobs.json").send(message("notice", text="A board is gone"))
    assert not (tmp_path / "jobs.json").exists()
