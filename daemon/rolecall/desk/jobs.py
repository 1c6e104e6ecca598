"""Presses about a job: what a person says of it, undone, split, explained. Pressed twice, each works once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from hashlib import blake2b
from typing import cast

from rolecall import people, route, views
from rolecall.desk.visit import NotUnderstood, Visit
from rolecall.people import Decision, DecisionKind, MarkKind
from rolecall.render.buttons import choice_of_copies
from rolecall.render.names import board_name
from rolecall.render.talk import explained, job_texts
from rolecall.stored import StoredJob, StoredPosting
from rolecall.talk import Face, Pressed, Reply
from rolecall.vacancy import merged

_DONE = {
    "saved": "Saved.",
    "applied": "Applied. It never comes again.",
    "dismissed": "Dismissed. It never comes again.",
    "snoozed": "It comes again tomorrow.",
}


async def mark(visit: Visit, job_id: str, kind: str) -> Pressed:
    """Save a job, say that one applied, dismiss it, or put it off for a day."""
    job = await visit.job(job_id)
    decision = _decision(visit, cast("DecisionKind", kind), job)
    if kind == "snoozed":
        person = visit.config.person(visit.person)
        decision = replace(decision, again=route.again(person, visit.config, visit.now, visit.channel))
    changed = await visit.record(decision)
    after = await visit.job(job.id)
    if not changed and kind == "snoozed" and all(mark.kind != kind for mark in people.of(visit.person, after.marks)):
        raise NotUnderstood("No search of yours tells of it any more, so it would not come back.")
    word = _DONE[kind] if changed else f"It is so already: {_state(visit, after, cast('MarkKind', kind))}."
    return Pressed(word, await visit.face(after))


async def mute(visit: Visit, job_id: str) -> Pressed:
    """Mute a job's employer, or the agency that advertises it. It is no word on the job: each has its own way back."""
    job = await visit.job(job_id)
    posting = merged(job).posting
    kind: DecisionKind = "muted_agency" if posting.agency.value else "muted_company"
    changed = await visit.record(Decision(visit.id, kind, (), visit.now, visit.person, posting.raw.company))
    word = f"{posting.raw.company} is muted." if changed else f"{posting.raw.company} is muted already."
    return Pressed(word, await visit.face(job))


async def undo(visit: Visit, kind: str, job_id: str) -> Pressed:
    """Take back the latest word on a job, if it is still the one that the button names; or unmute its employer."""
    job = await visit.job(job_id)
    decisions = await _unmutes(visit, job) if kind == "muted" else [_undo(visit, job, cast("DecisionKind", kind))]
    taken_back = [await visit.record(each) for each in decisions]
    word = "Taken back." if any(taken_back) else "There is nothing of that kind to take back any more."
    return Pressed(word, await visit.face(await visit.job(job.id)))


def _undo(visit: Visit, job: StoredJob, of: DecisionKind) -> Decision:
    decision = _decision(visit, "undo", job)
    return replace(decision, id=f"{decision.id}:{of}", of=of)


async def _unmutes(visit: Visit, job: StoredJob) -> list[Decision]:
    """Return what lets a job's employer be heard again, whoever muted it and by whatever job or command."""
    company = merged(job).posting.raw.company
    mutes = await visit.store.mutes(["", visit.person])
    return [
        Decision(f"{visit.id}:{number}", "unmuted", (), visit.now, visit.person, mute.said)
        for number, mute in enumerate(mutes)
        if people.muted(visit.person, company, [mute])
    ]


async def split(visit: Visit, job_id: str, reference: str = "") -> Pressed:
    """Say that one of a job's adverts is another job; where it may be several, ask which."""
    job = await visit.job(job_id)
    shown = merged(job).posting.key
    others = [copy for copy in job.postings if _key(copy) != shown and copy.closed_at is None]
    if not reference and len(others) > 1:
        return Pressed("Which of them is another job?", Face(choice_of_copies(job.id, _named(others))))
    chosen = next((copy for copy in others if reference in ("", _reference(copy))), None)
    if chosen is None:
        return Pressed("It is a job of its own already.", await visit.face(job))
    decision = Decision(visit.id, "split", (_key(chosen),), visit.now, visit.person)
    await visit.record(decision)
    board = board_name(chosen.raw.source, chosen.raw.url)
    return Pressed(f"The advert at {board} is a job of its own.", await visit.face(await visit.job(job.id), apart=True))


def _named(copies: Sequence[StoredPosting]) -> list[tuple[str, str]]:
    """Return how the copies are told apart: by their boards, by their places too where one board has several."""
    boards = [board_name(copy.raw.source, copy.raw.url) for copy in copies]
    return [
        (_reference(copy), f"{board} · {copy.raw.location}" if boards.count(board) > 1 else board)
        for copy, board in zip(copies, boards, strict=True)
    ]


async def back(visit: Visit, job_id: str) -> Pressed:
    return Pressed("", await visit.face(await visit.job(job_id)))


async def why(visit: Visit, job_id: str) -> Pressed:
    """Explain what the searches think of a job."""
    return Pressed("", replies=await explain(visit, job_id))


async def explain(visit: Visit, job: str) -> tuple[Reply, ...]:
    """Return why a job matched or did not, by its id or an address; raises `NotUnderstood`."""
    found = await views.why(visit.store, visit.config, job, visit.person)
    if found is None:
        raise NotUnderstood("I know no job with that address or id.")
    return tuple(Reply(text.html) for text in explained(found.posting.raw, found.matches, found.notes))


async def card(visit: Visit, job_id: str) -> Pressed:
    """Open one job of a list, with its buttons."""
    job = await visit.job(job_id)
    shown = await views.card(visit.store, visit.config, job, visit.now, visit.person)
    face = await visit.face(job)
    texts = job_texts(replace(shown, buttons=face.keyboard), face.state or "")
    return Pressed("", replies=tuple(Reply(text.html, text.keyboard) for text in texts))


def _decision(visit: Visit, kind: DecisionKind, job: StoredJob) -> Decision:
    return Decision(visit.id, kind, (_key(job.postings[0]),), visit.now, visit.person)


def _state(visit: Visit, job: StoredJob, kind: MarkKind) -> str:
    marks = [mark for mark in people.of(visit.person, job.marks) if mark.kind == kind]
    return people.state(visit.person, marks, visit.now, visit.zone) or kind


def _key(copy: StoredPosting) -> tuple[str, str]:
    return (copy.raw.source, copy.raw.id)


def _reference(copy: StoredPosting) -> str:
    """Return a short name of an advert that fits into what a press may say."""
    return blake2b("\n".join(_key(copy)).encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
