"""Muting by command: employers and agencies a person hears no more of."""

from __future__ import annotations

from html import escape

from rolecall.desk.visit import NotUnderstood, Visit
from rolecall.people import Decision, DecisionKind
from rolecall.talk import Reply


async def mute(visit: Visit, words: str) -> tuple[Reply, ...]:
    """Mute an employer ("/mute Acme"), an agency under all its names ("/mute agency Acme"), or list who is muted."""
    if not words:
        return (await _list(visit),)
    kind: DecisionKind = "muted_agency" if words.casefold().startswith("agency ") else "muted_company"
    name = words.split(maxsplit=1)[1] if kind == "muted_agency" else words
    decision = Decision(visit.id, kind, (), visit.now, visit.person, name)
    if not decision.mute.name:
        raise NotUnderstood("That is no name.")
    done = await visit.record(decision)
    return (Reply(f"{escape(name)} is muted{'' if done else ' already'}. /unmute {escape(name)} takes it back."),)


async def unmute(visit: Visit, words: str) -> tuple[Reply, ...]:
    if not words:
        return (await _list(visit),)
    done = await visit.record(Decision(visit.id, "unmuted", (), visit.now, visit.person, words))
    return (Reply(f"{escape(words)} is {'heard of again' if done else 'not muted: /mute lists who is'}."),)


async def _list(visit: Visit) -> Reply:
    muted = await visit.store.mutes(["", visit.person])
    if not muted:
        return Reply("Nobody is muted by a button or command. Write /mute and a name.")
    lines = (f"🔇 {escape(each.said)}" + (" (agency)" if each.kind == "agency" else "") for each in muted)
    return Reply("\n".join(list(lines)[:100]))
