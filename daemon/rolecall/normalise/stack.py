"""Which technologies a posting names, and how it means them (design: understanding.md, section 9)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from rolecall.model import Need, Tech
from rolecall.normalise import stack_needs, vocabulary
from rolecall.normalise.stack_needs import Meaning
from rolecall.normalise.stack_scan import Scan
from rolecall.normalise.text import Doc, Line, Zone
from rolecall.normalise.vocabulary import Vocabulary

_TITLE_WEIGHT = 3.0
_TAG_WEIGHT = 0.5
_IMPLIED_SHARE = 0.5  # an implied technology weighs half of what names it
_STRENGTH = (Need.MUST, Need.NEUTRAL, Need.NICE, Need.LEGACY, Need.NOT)
_MAX_TAGS = 60


def read_stack(doc: Doc, known: Vocabulary | None = None) -> tuple[Tech, ...]:
    """Return the technologies of a posting, most wanted first, then those that follow from them.

    A technology named several times counts once, as it is wanted most; a tag counts only where the text is silent.
    """
    known = known or vocabulary.VOCABULARY
    employer = vocabulary.resolve(doc.company, known) if doc.company else None
    title = _read(doc.title, (Line(doc.title, 0, Zone.NEUTRAL),), known, employer, 0)
    groups = 1 + max((m.group for m in title if m.group is not None), default=-1)
    body = _read(doc.body, doc.lines, known, employer, groups)
    named = _strongest([_tech(m, doc.title, title=True) for m in title] + [_tech(m, doc.body) for m in body])
    if doc.raw.tags:
        named = _strongest([*named, *_tags(doc.raw.tags, known, {tech.id for tech in named})])
    return (*named, *_implied(named, known))


def _read(text: str, lines: Sequence[Line], known: Vocabulary, employer: str | None, first_group: int) -> list[Meaning]:
    return stack_needs.read(Scan(text, known, employer), lines, first_group)


def _tech(meaning: Meaning, text: str, *, title: bool = False) -> Tech:
    wanted = title and meaning.need in (Need.NEUTRAL, Need.MUST)
    return Tech(
        id=meaning.mention.entry.id,
        need=Need.MUST if wanted else meaning.need,
        weight=_TITLE_WEIGHT if wanted else meaning.weight,
        evidence=text[meaning.mention.start : meaning.mention.end],
        rule="stack.title" if wanted else meaning.rule,
        group=meaning.group,
        trainable=meaning.trainable,
    )


def _tags(tags: Sequence[str], known: Vocabulary, named: set[str]) -> list[Tech]:
    resolved = ((tag, vocabulary.resolve(tag, known)) for tag in tags[:_MAX_TAGS])
    return [
        Tech(key, Need.NEUTRAL, _TAG_WEIGHT, tag[:160], "stack.tag")
        for tag, key in resolved
        if key and key not in named
    ]


def _strongest(found: Iterable[Tech]) -> list[Tech]:
    """Return one `Tech` per id: the most wanted mention, in which it may yet be one of a group elsewhere."""
    best: dict[str, Tech] = {}
    for tech in found:
        other = best.get(tech.id, tech)
        first = min(other, tech, key=_order)
        best[tech.id] = replace(first, trainable=True) if other.trainable or tech.trainable else first
    return sorted(best.values(), key=_order)


def _order(tech: Tech) -> tuple[int, float, bool]:
    return _STRENGTH.index(tech.need), -tech.weight, tech.group is not None


def _implied(named: Sequence[Tech], known: Vocabulary) -> list[Tech]:
    """Return what follows from the named ones and is not named itself; surely before weakly."""
    seen = {tech.id for tech in named}
    found: dict[str, Tech] = {}
    for tech in named:
        if tech.need is Need.NOT:
            continue
        for key, weak in known.closure[tech.id].items():
            if key not in seen and (key not in found or (found[key].weak and not weak)):
                found[key] = Tech(
                    key,
                    tech.need,
                    tech.weight * _IMPLIED_SHARE,
                    tech.evidence,
                    "stack.implied",
                    tech.id,
                    weak,
                    tech.group,
                )
    return list(found.values())
