"""Whatever stands in a text, to read it takes time in proportion to its length: by hand, as ratios within one run."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from rolecall.discover import careers_links, from_page
from rolecall.normalise.money import figures
from rolecall.normalise.salary import read_salary
from rolecall.sources import jobposting
from tests import test_discover, test_mail, test_pages
from tests.test_salary import posting

pytestmark = pytest.mark.timed

TIMES = 8


def money(text: str) -> None:
    figures(text, field=True)


def salary(text: str) -> None:
    read_salary(posting(description=text))


def mail(text: str) -> None:
    for kind in (b"html", b"plain"):
        test_mail.read(b"From: a@linkedin.com\nContent-Type: text/%s\n\n" % kind + text.encode())


def page(text: str) -> None:
    list(jobposting.job_postings(f'<script type="application/ld+json">{text}</script>'))


def links(text: str) -> None:
    from_page("https://larkfield.example/?gh_jid=1", text)
    careers_links("https://larkfield.example/", text)


READERS: tuple[tuple[Callable[[str], None], int, list[str]], ...] = (
    (money, 8_000, ["£1 - ", "9", "1,000", "£45k - £50k per annum ", "a", " ", "£", "up to ", "1 000 "]),
    (salary, 8_000, ["Rate: £1 to £45k per day plus 3 or £9. "]),
    (mail, 40_000, test_mail.PIECES),
    (page, 80_000, test_pages.PIECES),
    (links, 80_000, test_discover.PIECES),
)


@pytest.mark.parametrize(
    ("read", "size", "piece"),
    [
        pytest.param(read, size, piece, id=f"{read.__name__}: {piece!r}")
        for read, size, pieces in READERS
        for piece in pieces
    ],
)
def test_eight_times_the_text_takes_about_eight_times_as_long(
    read: Callable[[str], None], size: int, piece: str
) -> None:
    text = piece * (size // len(piece))
    assert cost(read, text * TIMES) < 2 * TIMES * cost(read, text) + 0.01


def cost(read: Callable[[str], None], text: str) -> float:
    """Return the processor time of the fastest of three readings."""
    return min(_once(read, text) for _ in range(3))


def _once(read: Callable[[str], None], text: str) -> float:
    begun = time.process_time()
    read(text)
    return time.process_time() - begun
