"""What one saved search says of one posting: every criterion's reason, the action, the rank."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import replace
from itertools import islice, product
from typing import Any

from rolecall.match.criteria import CRITERIA
from rolecall.match.criterion import Criterion, unknown
from rolecall.match.rank import rank
from rolecall.match.wants import Search
from rolecall.model import Action, Answer, Confidence, Fact, Match, Posting, Reason, Verdict

FACTS = (
    "family", "level", "level_floor", "mode", "uk", "salary", "contract", "ir35", "clearance", "visa", "agency",
    "location",
)  # fmt: skip


def judge(search: Search, posting: Posting) -> Match:
    """Return what `search` says of `posting`: pure. A fact that is only a guess answers neither YES nor NO."""
    sure = without_guesses(posting)
    reasons = tuple(_reason(CRITERIA[name], sure, posting, wanted, search) for name, wanted in _questions(search))
    verdicts = [reason.verdict for reason in reasons]
    return Match(search.name, _answer(verdicts), action(verdicts, search), reasons, rank(search, posting, verdicts))


def explain(searches: Iterable[Search], posting: Posting) -> list[Match]:
    """Return what every search says of the posting, drops included: for `rolecall why`."""
    return [judge(search, posting) for search in searches]


def action(verdicts: Iterable[Verdict], search: Search) -> Action:
    """Return what happens by the search's policies: the strictest one of all verdicts."""
    policies = {_policy(verdict, search) for verdict in verdicts}
    if "exclude" in policies:
        return Action.DROP
    return Action.DIGEST if "digest" in policies else Action.ALERT


def drops(verdict: Verdict, search: Search) -> bool:
    return verdict.answer is not Answer.YES and _policy(verdict, search) == "exclude"


def only_objection(search: Search, match: Match) -> Reason | None:
    """Return the one reason why the search drops the posting; None where there are several, or none."""
    objections = [reason for reason in match.reasons if drops(reason.verdict, search)]
    return objections[0] if len(objections) == 1 else None


def nearly_takes(search: Search, sure: Posting, negotiable: Set[str]) -> bool:
    """Return whether the search drops the posting for no criterion, or for one alone that is negotiable.

    It stops at the first that settles it, so most postings cost a question or two: asked before they are judged.
    """
    firm = (name for name in search.wanted if name not in negotiable)
    if any(_dropped(name, sure, search) for name in firm):
        return False
    objections = (name for name in search.wanted if name in negotiable and _dropped(name, sure, search))
    return len(list(islice(objections, 2))) < 2


def _dropped(name: str, sure: Posting, search: Search) -> bool:
    return drops(ask(CRITERIA[name], sure, search.wanted[name], search), search)


def ask(criterion: Criterion, sure: Posting, wanted: Any, search: Search) -> Verdict:
    """Return the criterion's verdict. Where the advert contradicts itself, every reading must agree."""
    torn = [name for name in criterion.reads if _contradictory(getattr(sure, name))]
    if not torn:
        return criterion.judge(sure, wanted, search)
    verdicts = [criterion.judge(reading, wanted, search) for reading in _readings(sure, torn)]
    if len({verdict.answer for verdict in verdicts}) == 1:
        return verdicts[0]
    labels = " or ".join(dict.fromkeys(verdict.label for verdict in verdicts if verdict.label))
    return unknown("conflict", f"the advert contradicts itself: {labels}", criterion.unknown)


def without_guesses(posting: Posting) -> Posting:
    """Return the posting as if what is only guessed were not stated."""
    guessed: dict[str, Any] = {name: Fact() for name in FACTS if getattr(posting, name).confidence is Confidence.GUESS}
    return replace(posting, **guessed) if guessed else posting


def _questions(search: Search) -> Iterator[tuple[str, Any]]:
    return ((name, search.wanted[name]) for name in CRITERIA if name in search.wanted)


def _reason(criterion: Criterion, sure: Posting, posting: Posting, wanted: Any, search: Search) -> Reason:
    fact = criterion.evidence(posting, wanted)
    verdict = ask(criterion, sure, wanted, search)
    return Reason(criterion.name, verdict, fact.evidence, "" if fact.source == "none" else fact.source, fact.rule)


def _readings(posting: Posting, torn: list[str]) -> Iterator[Posting]:
    """Yield the posting once for every combination of what its contradictory facts may mean."""
    for choice in product(*(_meanings(getattr(posting, name)) for name in torn)):
        reading: dict[str, Any] = dict(zip(torn, choice, strict=True))
        yield replace(posting, **reading)


def _contradictory(fact: Fact[Any]) -> bool:
    return bool(fact.alternatives) and "conflict" in fact.flags


def _meanings(fact: Fact[Any]) -> list[Fact[Any]]:
    """Return the fact once for every reading: the alternatives, and its value where there is but one of them."""
    values = fact.alternatives if len(fact.alternatives) > 1 else (fact.value, *fact.alternatives)
    settled = replace(fact, alternatives=(), flags=fact.flags - {"conflict"})
    return [replace(settled, value=value) for value in dict.fromkeys(values) if value is not None]


def _policy(verdict: Verdict, search: Search) -> str:
    if verdict.answer is Answer.UNKNOWN:
        return search.unknown[verdict.policy] if verdict.policy else "include"
    return "include" if verdict.answer is Answer.YES else "exclude"


def _answer(verdicts: Iterable[Verdict]) -> Answer:
    answers = {verdict.answer for verdict in verdicts}
    return next((answer for answer in (Answer.NO, Answer.UNKNOWN) if answer in answers), Answer.YES)
