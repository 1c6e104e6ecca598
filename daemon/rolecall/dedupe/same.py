"""Are these two postings the same vacancy? Evidence, then vetoes. Hiding a different job is the worst sin.

strong   the same address, or the same reference of one company, under titles that are not at odds
medium   one company and one title, with texts of which the shorter stands in the other
         (copies for several cities too), or with texts that cannot tell and two of: one place, a telling title, one
         pay; one of them is enough, within a week, where a board tells the advert in its own words
weak     one title and one text under two companies' names: agencies, subsidiaries; with a higher bar
veto     another title (level, numeral and team are part of it), another reference, another text about the role,
         another role than the title's in the text, other pay, another place, a fixed term elsewhere; of a long excerpt
         nothing at all in a whole text

What the employer says in all its adverts counts nothing, where it has been learned (`boilerplate.py`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from rolecall.dedupe.boilerplate import Boilerplate
from rolecall.dedupe.names import companies_agree
from rolecall.dedupe.opening import other_role, other_term
from rolecall.dedupe.overlap import NOTHING_LEARNED, is_whole, stands_nowhere, text_overlap
from rolecall.dedupe.prints import by_address
from rolecall.dedupe.titles import telling, title_stems
from rolecall.model import Print


@dataclass(frozen=True, slots=True)
class Bars:
    """How much of the shorter text must stand in the other, where company and title are the same."""

    telling: float  # of an excerpt, under a telling title
    common: float  # under a common one: excerpts often end before they come to the role
    whole: float  # of a whole text
    one_board: float  # of two adverts side by side on an employer's own board: they are two unless nearly equal
    elsewhere: float  # in another place, under a telling title
    common_elsewhere: float  # "Data Analyst" of one agency in two cities may be two clients' jobs from one template


LEARNED = Bars(0.55, 0.6, 0.5, 0.75, 0.6, 0.7)  # measured: half of what two roles say is common once in a hundred times
STAND_IN = Bars(0.55, 0.7, 0.75, 0.9, 0.7, 0.8)  # where the boilerplate is not known: seldom more than three quarters
SAME_UNDER_ANOTHER_NAME = 0.7
WEEK = 7  # days
MANY = 24  # shingles: enough to recognise a text under another company's name


@dataclass(frozen=True, slots=True)
class Sameness:
    """Why two postings are one vacancy; `score` from 0 to 1."""

    score: float
    because: tuple[str, ...]


def same(a: Print, b: Print, boilerplate: Boilerplate = NOTHING_LEARNED) -> Sameness | None:
    """Return why `a` and `b` are one vacancy, None when they are not. Symmetric."""
    if strong := _strong(a, b):
        return strong
    if not a.title or _other_title(a, b) or _other_reference(a, b) or other_role(a, b):
        return None
    overlap = text_overlap(a, b, boilerplate)
    if not companies_agree(a.company, b.company):
        return _under_another_name(a, b, overlap)
    if overlap is not None and overlap >= _bar(a, b, boilerplate):
        if not _meet(a, b) and other_term(a, b):
            return None
        return Sameness(round(0.77 + 0.2 * overlap, 3), ("company", "title", f"text {overlap:.2f}"))
    return (_retold(a, b) if a.retold != b.retold else None) or _by_name(a, b, overlap)


# --- evidence and vetoes --------------------------------------------------------------------------------------


def _strong(a: Print, b: Print) -> Sameness | None:
    if not (common := a.keys & b.keys):
        return None
    kinds = {key[0] for key in common}
    if "u" in kinds and _related_titles(a, b) and (_is_own(a, b, common) or not _other_title(a, b)):
        return Sameness(1.0, ("same address",))
    if "r" in kinds and companies_agree(a.company, b.company) and _related_titles(a, b):
        return Sameness(0.98, ("company", "same reference"))
    return None


def _is_own(a: Print, b: Print, common: Collection[str]) -> bool:
    """Return whether an address in common is that of one of the two; what both link to may be anything."""
    return any(url and by_address(url) in common for url in (a.url, b.url))


def _related_titles(a: Print, b: Print) -> bool:
    """Return whether the titles are not at odds: a careers page or a campaign number is shared by many vacancies."""
    one, other = set(title_stems(a.title)), set(title_stems(b.title))
    return a.level == b.level and 2 * len(one & other) >= len(one | other)


def _other_title(a: Print, b: Print) -> bool:
    return a.level != b.level or title_stems(a.title) != title_stems(b.title)


def _other_reference(a: Print, b: Print) -> bool:
    one = {key for key in a.keys if key[0] == "r"}
    other = {key for key in b.keys if key[0] == "r"} if one else one
    return bool(one and other) and one.isdisjoint(other) and companies_agree(a.company, b.company)


def _bar(a: Print, b: Print, boilerplate: Boilerplate) -> float:
    """Return how much of the shorter text must stand in the other, where company and title are the same."""
    bars = LEARNED if a.company in boilerplate or b.company in boilerplate else STAND_IN
    clear = telling(a.title, a.company)
    found = [bars.telling if clear else bars.common]
    if is_whole(a) and is_whole(b):
        found.append(bars.one_board if _one_board(a, b) else bars.whole)
    if not _meet(a, b):
        found.append(bars.elsewhere if clear else bars.common_elsewhere)
    return max(found)


def _by_name(a: Print, b: Print, overlap: float | None) -> Sameness | None:
    """Company and title are the same and the texts prove nothing: cut off, told anew by a board, or missing."""
    if _one_board(a, b) or _other_pay(a, b) or (is_whole(a) and is_whole(b)) or stands_nowhere(a, b):
        return None
    place, pay = _meet(a, b), _one_pay(a, b)
    if place + pay + telling(a.title, a.company) < 2 and not (place and overlap is None):
        return None
    return Sameness(0.75, ("company", "title", *(["place"] if place else []), *(["pay"] if pay else [])))


def _retold(a: Print, b: Print) -> Sameness | None:
    """Company and title are the same and one text is a board's own: its words and its place are nobody else's.

    Posted in one week, with the same pay, place or a telling title.
    """
    if _other_pay(a, b) or not (a.posted and b.posted and abs(a.posted - b.posted) <= WEEK):
        return None
    place, pay = not a.places.isdisjoint(b.places), not set(a.pay).isdisjoint(b.pay)
    if not (place or pay or telling(a.title, a.company)):
        return None
    found = ("place",) * place + ("pay",) * pay
    return Sameness(round(0.72 + 0.01 * len(found), 3), ("company", "title", *found, "posted together"))


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


def _one_pay(a: Print, b: Print) -> bool:
    """Return whether both state one range: a single round figure is too often somebody else's too."""
    return a.pay == b.pay and len(a.pay) == 2
