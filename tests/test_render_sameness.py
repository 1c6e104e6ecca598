"""Evidence in a person's words."""

from __future__ import annotations

import pytest

from rolecall.render.sameness import because_text


@pytest.mark.parametrize(
    ("because", "said"),
    [
        (("company", "title", "text 0.93"), "same company and title, 93% of the text"),
        (("company", "title", "place"), "same company, title and place"),
        (("company", "title", "place", "pay"), "same company, title, place and pay"),
        (("company", "same reference"), "same company, same reference"),
        (("title", "text 0.88", "another company name"), "same title, 88% of the text, under another company name"),
        (("same address",), "same address"),
        ((), ""),
    ],
)
def test_why_two_adverts_are_one_job_is_said_in_words(because: tuple[str, ...], said: str) -> None:
    assert because_text(because) == said
