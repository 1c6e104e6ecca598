"""What a board's terms ask to be said ("Jobs by Adzuna") is said wherever one of its jobs is shown."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from rolecall.cli import look
from rolecall.cli.table import write
from rolecall.compose import compose, contents
from rolecall.listing import Row
from rolecall.model import Message, MessageKind, RawPosting, Reply
from rolecall.outbox import Claim
from rolecall.ports import Source
from rolecall.render.email import render_email
from rolecall.render.telegram import telegram_texts
from rolecall.render.text import render_text
from rolecall.secret import Secret
from rolecall.sources.adzuna import Adzuna
from rolecall.sources.feed import Feed
from rolecall.sources.himalayas import Himalayas
from rolecall.sources.jobicy import Jobicy
from rolecall.sources.nhs import NHS
from rolecall.sources.presets import PRESETS
from rolecall.sources.remoteok import RemoteOK
from rolecall.sources.remotive import Remotive
from rolecall.sources.workingnomads import WorkingNomads
from rolecall.stored import StoredAlert, StoredJob, StoredPosting
from tests.house import CHANNELS, NOON, SEARCH, config_of
from tests.shared import ROOT
from tests.store_plans import alert, posting

FIXTURES = ROOT / "tests" / "fixtures" / "sources"
KINDS: tuple[MessageKind, ...] = ("alert", "digest", "summary")

# Boards whose terms name a duty (design: sources.md 2.6), as a kind and as a feed, and those that ask to be named.
OBLIGED: dict[str, tuple[Source, str, str]] = {
    "adzuna": (Adzuna("1a2b", Secret("k")), "adzuna.json", "Jobs by Adzuna"),
    "remoteok": (RemoteOK(), "remoteok.json", "Remote OK"),
    "remotive": (Remotive(), "remotive.json", "Remotive"),
    "jobicy": (Jobicy(), "jobicy.json", "Jobicy"),
    "jobicy feed": (Feed(preset="jobicy"), "jobicy.rss", "Jobicy"),
    "himalayas": (Himalayas(), "himalayas.json", "Himalayas"),
    "himalayas feed": (Feed(preset="himalayas"), "himalayas.rss", "Himalayas"),
    "workingnomads": (WorkingNomads(), "workingnomads.json", "Working Nomads"),
    "workingnomads feed": (Feed(preset="workingnomads"), "jobicy.rss", "Working Nomads"),
    "nhs": (NHS(), "nhs.xml", "NHS Jobs"),
}


def test_no_preset_with_a_duty_is_forgotten_here() -> None:
    assert {f"{name} feed" for name, each in PRESETS.items() if each.attribution} <= set(OBLIGED)


def read(source: Source, name: str) -> list[RawPosting]:
    page = source.parse(Reply("https://board.example/", 200, {}, FIXTURES.joinpath(name).read_bytes(), NOON))
    return list(page.postings)


def stored(raw: RawPosting, *, closed: bool = False) -> StoredPosting:
    return StoredPosting(raw, "j1", NOON, NOON, NOON if closed else None, "{}")


def message(kind: MessageKind, *copies: StoredPosting) -> Message:
    new = alert(posting("a"))
    told = StoredAlert(1, new.search, new.action, new.reasons, 1.0, NOON, new.key, StoredJob("j1", NOON, copies))
    claim = Claim(1, "phone", kind, "m1", "", "", 0, 0, False, NOON, ((1,),))
    config = config_of(CHANNELS + SEARCH)
    return compose(claim, contents([told], claim, config, (), NOON), config, NOON)


def shown(sent: Message) -> dict[str, str]:
    """Return everything a person may see of a message, by sink."""
    mail = render_email(sent)
    (card,) = sent.cards
    row = Row("j1", datetime(2026, 11, 20, tzinfo=UTC), "Python", "alert", card, (None, None))
    zone = config_of(CHANNELS + SEARCH).zone
    return {
        "telegram": "\n".join(text.html for text in telegram_texts(sent)),
        "console": render_text(sent),
        "mail as text": mail.text,
        "mail as html": mail.html,
        **{form: write([look._row(row, zone, form)], form) for form in ("table", "md", "html")},
        "json": json.dumps(look._json_row(row)),
        "csv": next(csv.DictReader(io.StringIO(write([look._json_row(row)], "csv"))))["attribution"],
    }


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("board", OBLIGED)
def test_every_message_about_a_job_says_whose_it_is(board: str, kind: MessageKind) -> None:
    source, name, words = OBLIGED[board]
    for raw in read(source, name):
        assert raw.attribution == words
        silent = [sink for sink, text in shown(message(kind, stored(raw))).items() if words not in text]
        assert silent == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_copy_elsewhere_is_credited_too(kind: MessageKind) -> None:
    (own, *_) = read(Adzuna("1a2b", Secret("k")), "adzuna.json")
    employers = replace(own, source="greenhouse:quillfish", id="7", url="https://quillfish.example/7", attribution="")
    both = shown(message(kind, stored(employers), stored(own)))
    assert [sink for sink, text in both.items() if "Jobs by Adzuna" not in text] == []
    gone = shown(message(kind, stored(employers), stored(own, closed=True)))
    assert "Jobs by Adzuna" not in "".join(gone.values())
