"""What the desk says: any foreign text becomes valid Telegram HTML; what can be pressed fits and says what is so."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from rolecall.model import Action, Answer, Match, RawPosting, Reason, Verdict
from rolecall.people import Mark
from rolecall.render import talk
from rolecall.render.buttons import MOST_BYTES, Pressable, choice_of_copies, keyboard
from rolecall.render.telegram import Text
from tests.cards import NOON, cards, texts
from tests.fakes.telegram_html import check

LONDON = ZoneInfo("Europe/London")
JOB = Pressable("abcd2345", "Harbour Lane Ltd", False, 2)

reasons = st.builds(
    Reason,
    criterion=texts,
    verdict=st.builds(Verdict, answer=st.sampled_from(Answer), reason=texts, label=texts),
    evidence=texts,
)
matches = st.builds(
    Match,
    search=texts,
    answer=st.sampled_from(Answer),
    action=st.sampled_from(Action),
    reasons=st.lists(reasons, max_size=3).map(tuple),
)
health = st.builds(talk.Health, well=st.booleans(), name=texts, words=texts)


def valid(said: tuple[Text, ...]) -> bool:
    return all(check(text.html, markup=True).text for text in said)  # raises as the Bot API refuses


@given(texts, texts, st.lists(texts, max_size=3), st.lists(matches, max_size=3))
@settings(max_examples=30)
def test_any_explanation_is_valid(title: str, company: str, notes: list[str], found: list[Match]) -> None:
    assert valid(talk.explained(RawPosting("feed:x", "1", title, company=company), found * 9, notes * 9))


@given(st.lists(health, max_size=20), st.lists(health, max_size=5), st.lists(texts, max_size=9))
@settings(max_examples=30)
def test_any_status_is_valid(sources: list[talk.Health], channels: list[talk.Health], aside: list[str]) -> None:
    assert valid(talk.status(sources, channels, aside))


@given(st.lists(cards(), min_size=1, max_size=4))
@settings(max_examples=15)
def test_any_list_of_jobs_is_valid(shown: list[object]) -> None:
    assert valid(talk.listed(shown, "<b>Jobs</b>"))  # type: ignore[arg-type] # cards


@given(texts, texts, st.booleans())
@settings(max_examples=30)
def test_any_button_fits(company: str, board: str, agency: bool) -> None:
    about = Pressable("abcd2345", company, agency, 2)
    rows = (*keyboard(about, (), NOON, LONDON), *choice_of_copies("abcd2345", [("0123456789ab", board)]))
    for button in (button for row in rows for button in row):
        assert button.label.strip()
        assert len(button.label) <= 64
        assert len(button.data.encode()) <= MOST_BYTES


def labels(*marks: Mark, **about: bool) -> list[str]:
    shown = keyboard(Pressable("abcd2345", "Harbour Lane Ltd", False, 2, **about), marks, NOON, LONDON)
    return [button.label for row in shown for button in row]


def mark(kind: str, minutes: int = 0, days: int | None = None) -> Mark:
    until = None if days is None else NOON + timedelta(days=days)
    return Mark("", kind, NOON + timedelta(minutes=minutes), until)  # type: ignore[arg-type] # a word of MarkKind


def test_the_buttons_say_what_was_said_and_what_may_be_said() -> None:
    open_now = ["✓ Applied", "✕ Dismiss", "🔇 Mute Harbour Lane Ltd", "⏰ Snooze 1 day", "❓ Why", "≠ Not the same"]
    assert labels() == ["★ Save", *open_now]
    assert labels(mark("saved")) == ["★ saved · undo", *open_now[:-1]]
    assert labels(mark("applied")) == ["✓ applied 22 Nov · undo", "❓ Why"]
    assert labels(mark("dismissed", 1), mark("saved")) == ["★ saved ✕ dismissed 22 Nov · undo", "❓ Why"]
    assert labels(mark("snoozed", days=1)) == ["⏰ snoozed until Mon 23 Nov 12:00 · undo", "❓ Why"]
    assert labels(mark("snoozed", days=0)) == labels(), "it is back"
    assert labels(muted=True) == ["🔇 Harbour Lane Ltd muted · undo", "❓ Why"]


def test_whatever_was_said_there_is_one_way_back_and_it_is_of_the_latest_word() -> None:
    for kinds in product(("saved", "applied", "dismissed"), repeat=2):
        rows = keyboard(JOB, [mark(kind, minutes) for minutes, kind in enumerate(kinds)], NOON, LONDON)
        undos = [button.data for row in rows for button in row if button.data.startswith("undo:")]
        assert undos == [f"undo:{kinds[-1]}:abcd2345"]
