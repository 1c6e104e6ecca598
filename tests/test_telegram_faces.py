"""What was said of a message's jobs is its last words: put there, replaced and taken away, whatever it says."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rolecall.model import Button, Message
from rolecall.render.states import jobs_of, list_keyboard, list_state
from rolecall.render.telegram import telegram_texts, with_state
from rolecall_notifiers.telegram import faces
from rolecall_notifiers.telegram.faces import Seen, Wording
from tests.cards import card, message, messages
from tests.fakes.telegram_html import LIMIT, check, units

STATE = "★ Saved\n⏰ Snoozed until Tue 24 Nov 13:00\n🔇 Muted Harbour Lane 𝕏 Ltd"


def seen(html: str) -> Seen:
    """Return a message as Telegram shows it after it was sent: without the blanks around it."""
    parsed = check(html, markup=True)
    blanks = len(parsed.text) - len(parsed.text.lstrip())
    entities = tuple(each | {"offset": each["offset"] - blanks} for each in parsed.entities)
    return Seen(1, parsed.text.strip(), entities)


def after(before: Seen, state: str) -> Seen:
    said = faces.with_state(before, state)
    assert said is not None
    assert all(0 <= each["offset"] <= units(said.text) - each["length"] for each in said.entities)
    assert units(said.text) <= LIMIT
    return Seen(before.id, said.text, said.entities)


@given(messages, st.sampled_from(["✓ Applied 23 Nov", STATE]))
@settings(max_examples=40)
def test_every_message_has_room_for_a_state_and_is_as_it_was_when_that_is_taken_back(sent: Message, state: str) -> None:
    for text in telegram_texts(sent):
        before = seen(text.html)
        shown = after(before, state)
        assert shown.text == f"{before.text}\n\n{state}"
        assert after(shown, "★ Saved") == after(before, "★ Saved"), "the latest word takes the place of the one before"
        assert after(shown, "") == before


def test_a_card_that_is_sent_with_its_state_has_the_same_form_as_one_that_is_changed() -> None:
    (text,) = telegram_texts(message())
    assert seen(with_state(text.html, STATE)).text == after(seen(text.html), STATE).text
    assert after(seen(with_state(text.html, STATE)), "") == seen(text.html)


def test_a_quotation_in_the_middle_is_no_state() -> None:
    quoted = seen("a <blockquote>b</blockquote> c")
    assert after(quoted, "") == quoted


def test_a_text_that_is_not_shown_or_has_no_room_is_left_alone() -> None:
    assert faces.with_state(Seen(1), "★ Saved") is None
    assert faces.with_state(Seen(1, "x" * (LIMIT - 5)), "★ Saved") is None
    assert faces.with_state(Seen(1, "x" * (LIMIT - 9)), "★ Saved") == Wording(
        "x" * (LIMIT - 9) + "\n\n★ Saved", ({"type": "blockquote", "offset": LIMIT - 7, "length": 7},)
    )


def test_the_state_of_a_full_list_fits_beside_it() -> None:
    sent = message("digest", *(card(number, title="Engineer " * 9) for number in range(300)))
    for text in telegram_texts(sent):
        said = dict.fromkeys(jobs_of(text.keyboard), (("★", "saved"), ("✓", "applied")))
        assert after(seen(text.html), list_state(text.keyboard, said))


def test_a_list_says_by_number_what_was_said_and_keeps_its_other_buttons() -> None:
    shown = ((Button("1", "card:a"), Button("2 ✕", "card:b"), Button("3", "card:c")), (Button("more", "more:x"),))
    said = {"a": (("★", "saved"), ("✓", "applied")), "b": (), "c": (("✓", "applied"),)}
    assert jobs_of(shown) == ("a", "b", "c")
    assert [[each.label for each in row] for row in list_keyboard(shown, said)] == [["1 ✓", "2", "3 ✓"], ["more"]]
    assert list_state(shown, said) == "★ saved: 1\n✓ applied: 1, 3"
    assert list_state(shown, {}) == ""


@pytest.mark.parametrize("odd", [{}, {"message_id": "x"}, {"message_id": 1, "reply_markup": [1]}])
def test_a_message_of_another_shape_is_refused_as_updates_expect_it(odd: object) -> None:
    with pytest.raises((KeyError, TypeError, ValueError, AttributeError)):
        faces.read(odd)
