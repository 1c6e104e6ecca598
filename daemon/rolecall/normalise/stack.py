"""Which technologies a posting names, and how it means them (design: understanding.md, section 9)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rolecall.model import Need, Tech
from rolecall.normalise import stack_needs, vocabulary
from rolecall.normalise.stack_needs import TAG, TITLE, Meaning
from rolecall.normalise.stack_scan import Scan
from rolecall.normalise.text import Doc
from rolecall.normalise.vocabulary import Vocabulary
from rolecall.normalise.words import load
from rolecall.normalise.zones import NEUTRAL

_IMPLIED_SHARE = 0.5  # an implied technology weighs half of what names it
_MAX_TAGS = 60
_COMPANY_ENDS = frozenset(load("stack")["rule"]["company_ends"])


def read_stack(doc: Doc, known: Vocabulary | None = None) -> tuple[Tech, ...]:
    """Return the technologies of a posting, most wanted first, then those that follow from them.

    A technology named several times counts once, as it is wanted most; a tag counts only where the text is silent.
    """
    known = known or vocabulary.VOCABULARY
    employer = _employer(doc.company, known)
    title = stack_needs.read(Scan(doc.parts[0], known, employer), NEUTRAL)
    title = [meaning for meaning in title if not _named_first(doc, meaning)]
    groups = 1 + max((meaning.group for meaning in title if meaning.group is not None), default=-1)
    body = stack_needs.read(Scan(doc.parts[-1], known, employer), doc.zones, groups)
    named = _strongest([*map(_in_title, title), *body, *_tags(doc.raw.tags, known)])
    return (*named, *_implied(named, known))


def technologies(stack: Iterable[Tech]) -> tuple[Tech, ...]:
    """Return the technologies a posting names itself: no practices (CI/CD, microservices), nothing that only follows.

    Practices stay in `Posting.stack`, so that a search may ask for them; they are not what people call a stack.
    """
    return tuple(tech for tech in stack if tech.implied_by is None and not vocabulary.is_practice(tech.id))


def _employer(company: str, known: Vocabulary) -> str | None:
    """Return the technology that the advertiser is named after: Snowflake Inc., dbt Labs."""
    words = vocabulary.fold(company).split()
    while len(words) > 1 and words[-1] in _COMPANY_ENDS:
        words.pop()
    return known.by_name.get(" ".join(words))


def _named_first(doc: Doc, meaning: Meaning) -> bool:
    """Is it in the advertiser's name, with which a header begins: "Oracle + Dyn | DevOps"?"""
    header = "|" in doc.title and bool(doc.company) and doc.title.startswith(doc.company)
    return header and meaning.evidence in doc.company and meaning.evidence not in doc.title[len(doc.company) :]


def _in_title(meaning: Meaning) -> Meaning:
    wanted = meaning.sense.need in (Need.NEUTRAL, Need.MUST)
    if wanted:
        meaning.sense = TITLE
    return meaning


def _tags(tags: Sequence[str], known: Vocabulary) -> list[Meaning]:
    resolved = ((tag, vocabulary.resolve(tag, known)) for tag in tags[:_MAX_TAGS])
    return [Meaning(key, tag[:160], TAG) for tag, key in resolved if key]


def _strongest(found: Iterable[Meaning]) -> list[Tech]:
    """Return one `Tech` per id: its most wanted mention, one outside lists to choose from before one in them."""
    best: dict[str, Meaning] = {}
    for meaning in found:
        other = best.setdefault(meaning.id, meaning)
        if other is not meaning:
            first, second = (meaning, other) if _order(meaning) < _order(other) else (other, meaning)
            first.trainable |= second.trainable
            best[meaning.id] = first
    return [_tech(meaning) for meaning in sorted(best.values(), key=_order)]


def _order(meaning: Meaning) -> tuple[int, float, bool]:
    return meaning.sense.rank, -meaning.sense.weight, meaning.group is not None


def _tech(meaning: Meaning) -> Tech:
    _, need, weight, rule = meaning.sense
    return Tech(meaning.id, need, weight, meaning.evidence, rule, group=meaning.group, trainable=meaning.trainable)


def _implied(named: Sequence[Tech], known: Vocabulary) -> list[Tech]:
    """Return what follows from the named ones and is not named itself; surely before weakly."""
    seen = {tech.id for tech in named}
    found: dict[str, tuple[Tech, bool]] = {}
    for tech in named:
        if tech.need is not Need.NOT:
            for key, weak in known.closure[tech.id].items():
                if key not in seen and (key not in found or (found[key][1] and not weak)):
                    found[key] = tech, weak
    return [
        Tech(key, t.need, t.weight * _IMPLIED_SHARE, t.evidence, "stack.implied", t.id, weak, t.group)
        for key, (t, weak) in found.items()
    ]
