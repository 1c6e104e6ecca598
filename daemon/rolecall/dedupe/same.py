"""Are these two postings the same vacancy? Evidence, then vetoes. Hiding a different job is the worst sin.

strong   the same address, or the same reference of one company, under titles that are not at odds
medium   one company and one title, with texts of which the shorter stands in the other
         (copies for several cities too), or with excerpts that cannot tell, one place and a telling title
weak     one title and one text under two companies' names: agencies, subsidiaries; with a higher bar
veto     another title (level, numeral and team are part of it), another reference, another text about the role,
         other pay, another place
"""

from __future__ import annotations

from dataclasses import dataclass

from rolecall.dedupe.names import companies_agree
from rolecall.dedupe.shingles import SAMPLE
from rolecall.dedupe.titles import telling, title_stems
from rolecall.model import Print

SAME_TEXT = 0.5  # share of an excerpt found in the other text, under a telling title
SAME_COMMON_TEXT = 0.7  # under a common one: excerpts often end before they come to the role
SAME_WHOLE_TEXT = 0.75  # of a whole text: what an employer says of itself in every advert is seldom more
SAME_BOARD_TEXT = 0.9  # of two adverts side by side on an employer's own board: they are two unless nearly equal
SAME_ELSEWHERE = 0.7  # in another place, under a telling title
SAME_COMMON_ELSEWHERE = 0.8  # "Data Analyst" of one agency in two cities may be two clients' jobs from one template
SAME_UNDER_ANOTHER_NAME = 0.7
EXCERPT = 120  # words: a shorter text may be cut off before it comes to the role
FEW = 12  # shingles: less text proves nothing
MANY = 24  # shingles: enough to recognise a text under another company's name


@dataclass(frozen=True, slots=True)
class Sameness:
    """Why two postings are one vacancy; `score` from 0 to 1."""

    score: float
    because: tuple[str, ...]


def same(a: Print, b: Print) -> Sameness | None:
    """Return why `a` and `b` are one vacancy, None when they are not. Symmetric."""
    if strong := _strong(a, b):
        return strong
    if not a.title or _other_title(a, b) or _other_reference(a, b):
        return None
    overlap = text_overlap(a, b)
    if not companies_agree(a.company, b.company):
        return _under_another_name(a, b, overlap)
    if overlap is not None and overlap >= _bar(a, b):
        return Sameness(round(0.77 + 0.2 * overlap, 3), ("company", "title", f"text {overlap:.2f}"))
    return _by_name_and_place(a, b, overlap)


def text_overlap(a: Print, b: Print) -> float | None:
    """Return the share of the shorter description that stands in the other; None where there is too little text.

    Two whole texts are compared by what was sampled all over them: the beginning, kept in full, would weigh too much.
    """
    common, fewer = a.shingles & b.shingles, min(len(a.shingles), len(b.shingles))
    if fewer < FEW:
        return None
    if min(a.length, b.length) >= EXCERPT and len(common) >= FEW:
        sampled = min(_sampled(a.shingles), _sampled(b.shingles))
        if sampled >= FEW:
            return _sampled(common) / sampled
    return len(common) / fewer


def _sampled(shingles: frozenset[int]) -> int:
    return len([value for value in shingles if not value % SAMPLE])


def _strong(a: Print, b: Print) -> Sameness | None:
    shared = {key[:2] for key in a.keys & b.keys}
    if "u:" in shared and _related_titles(a, b):
        return Sameness(1.0, ("same address",))
    if "r:" in shared and companies_agree(a.company, b.company) and _related_titles(a, b):
        return Sameness(0.98, ("company", "same reference"))
    return None


def _related_titles(a: Print, b: Print) -> bool:
    """Return whether the titles are not at odds: a careers page or a campaign number is shared by many vacancies."""
    one, other = set(title_stems(a.title)), set(title_stems(b.title))
    return a.level == b.level and 2 * len(one & other) >= len(one | other)


def _other_title(a: Print, b: Print) -> bool:
    return a.level != b.level or title_stems(a.title) != title_stems(b.title)


def _other_reference(a: Print, b: Print) -> bool:
    one, other = ({key for key in each.keys if key.startswith("r:")} for each in (a, b))
    return bool(one and other) and one.isdisjoint(other) and companies_agree(a.company, b.company)


def _bar(a: Print, b: Print) -> float:
    """Return how much of the shorter text must stand in the other, where company and title are the same."""
    clear = telling(a.title, a.company)
    bars = [SAME_TEXT if clear else SAME_COMMON_TEXT]
    if min(a.length, b.length) >= EXCERPT:
        bars.append(SAME_BOARD_TEXT if _one_board(a, b) else SAME_WHOLE_TEXT)
    if not _meet(a, b):
        bars.append(SAME_ELSEWHERE if clear else SAME_COMMON_ELSEWHERE)
    return max(bars)


def _by_name_and_place(a: Print, b: Print, overlap: float | None) -> Sameness | None:
    """Company and title are the same and the texts prove nothing: cut off, told anew by a board, or missing."""
    if _one_board(a, b) or not _meet(a, b) or _other_pay(a, b) or min(a.length, b.length) >= EXCERPT:
        return None
    if overlap is not None and not telling(a.title, a.company):
        return None
    return Sameness(0.75, ("company", "title", "place"))


def _under_another_name(a: Print, b: Print, overlap: float | None) -> Sameness | None:
    if overlap is None or overlap < SAME_UNDER_ANOTHER_NAME or min(len(a.shingles), len(b.shingles)) < MANY:
        return None
    return Sameness(round(0.6 + 0.3 * overlap, 3), ("title", f"text {overlap:.2f}", "another company name"))


def _one_board(a: Print, b: Print) -> bool:
    """Return whether both stand on one employer's own board ("greenhouse:acme")."""
    return a.source == b.source and ":" in a.source


def _meet(a: Print, b: Print) -> bool:
    return not a.places or not b.places or not a.places.isdisjoint(b.places)


def _other_pay(a: Print, b: Print) -> bool:
    return bool(a.pay and b.pay) and set(a.pay).isdisjoint(b.pay)
