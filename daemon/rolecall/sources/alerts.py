"""The jobs in a job-alert e-mail, by its layout alone: near a job's link stand its title, its employer and its place.

Two layouts cover what boards send (design: sources.md 6.5). Either the title is the link and the rest follows it, or
the lines come first and a link that only says "View job" ends them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2s
from urllib.parse import urlencode

from rolecall.sources.adverts import Advert, advert
from rolecall.sources.letters import Letter, Line

NEAR = 10  # lines that may belong to one job
MAX_TITLE, MAX_FACT = 200, 120


@dataclass(frozen=True, slots=True)
class Card:
    """One job as a mail shows it; what is not shown is empty. `more`: the lines that say something else."""

    advert: Advert
    title: str
    company: str = ""
    place: str = ""
    salary: str = ""
    more: tuple[str, ...] = ()


def cards(letter: Letter) -> tuple[Card, ...]:
    """Return the jobs of a mail, each once, from that of its two versions which shows more of them."""
    plain, rich = (tuple(_once(_cards(lines))) for lines in (letter.plain, letter.rich))
    return plain if len(plain) >= len(rich) else rich


def _once(found: Iterator[Card]) -> Iterator[Card]:
    seen = set()
    for card in found:
        if card.advert.id not in seen:
            seen.add(card.advert.id)
            yield card


# --- where a job begins and ends ----------------------------------------------------------------------------------


@dataclass(slots=True)
class _Span:
    """The lines, first to last, that link to one job."""

    advert: Advert
    first: int
    last: int
    titled: int | None  # the line whose link is a text of its own, not "View job"


def _cards(lines: Sequence[Line]) -> Iterator[Card]:
    spans = _spans(lines)
    for number, span in enumerate(spans):
        before = spans[number - 1].last + 1 if number else 0
        after = spans[number + 1].first if number + 1 < len(spans) else len(lines)
        said = _below(lines, span, after) if span.titled is not None else _above(lines, span, before, after)
        card = _card(span.advert, said)
        if card is not None:
            yield card


def _spans(lines: Sequence[Line]) -> list[_Span]:
    spans: list[_Span] = []
    for at, line in enumerate(lines):
        found = next(filter(None, map(advert, line.links)), None)
        if found is None:
            continue
        titled = at if not _is_noise(line.text) else None
        last = spans[-1] if spans else None
        if last is not None and _same_job(last, found, titled):
            last.last = at
            last.titled = titled if last.titled is None else last.titled
        else:
            spans.append(_Span(found, at, at, titled))
    return spans


def _same_job(last: _Span, found: Advert, titled: int | None) -> bool:
    """A link that does not say which job it is belongs to the job before it, unless it has a title of its own."""
    if found.id or last.advert.id:
        return found == last.advert
    return found.board == last.advert.board and (titled is None or last.titled is None)


def _below(lines: Sequence[Line], span: _Span, end: int) -> list[str]:
    start = span.titled or 0
    said = [lines[start].text]
    for line in lines[start + 1 : min(end, start + 1 + 2 * NEAR)]:
        if _ends(line):
            break
        said += [] if _is_noise(line.text) else [line.text]
    return said


def _above(lines: Sequence[Line], span: _Span, start: int, end: int) -> list[str]:
    """Return the last paragraph above the link that says enough, else what stands right below the link."""
    paragraphs: list[list[str]] = [[]]
    for line in lines[max(start, span.first - 2 * NEAR) : span.first]:
        if _ends(line):
            paragraphs = [[]]
        elif not line.text:
            paragraphs.append([])
        elif not _is_noise(line.text):
            paragraphs[-1].append(line.text)
    whole = [each for each in paragraphs if each]
    said = next((each for each in reversed(whole) if len(each) > 1), whole[-1] if whole else [])
    if len(said) == 1:
        for line in lines[span.last + 1 : end]:
            if not line.text or _ends(line):
                break
            said = said if _is_noise(line.text) else [*said, line.text]
    return said


_RULE = re.compile(r"[-=_*~–—·\s]{5,}")
_FOOTER = re.compile(
    r"\bunsubscribe\b|^(?:see|view|show|browse) (?:all|more)\b|\bmanage\b.{0,30}\balerts?\b"
    r"|^(?:edit|pause|delete) (?:this|your)\b"
    r"|\byou(?:'|’| a)?re receiving\b|\breceived this e-?mail\b|\bthis e-?mail (?:was|is|has)\b"
    r"|\bprivacy (?:policy|notice|statement|cent)|©|\(c\) ?\d{4}"
    r"|\ball rights reserved\b|\bregistered (?:office|in england)\b"
    r"|^(?:other|similar|recommended|more) (?:jobs|searches|roles)\b"
    r"|\bterms (?:and|&) conditions\b|^(?:download|get) (?:the|our) app\b"
    r"|^job search smarter\b",
    re.IGNORECASE,
)
_AGE = r"(?:minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w|months?)"
_CROWD = r"(?:alumni|alum|connections?|applicants?|reviews?|people|followers?)"
_NOISE = re.compile(
    r"(?:view|see|read|open)(?: this| the| full)?(?: job| role| vacancy| advert| details| more)?(?: details| now)?"
    r"|send (?:my )?application|more info(?:rmation)?|find out more|learn more"
    r"|(?:apply|quick apply|easy apply|easily apply|1-click apply)(?: now| here| with .{0,30}| on .{0,30}| online)?"
    r"|save(?: job| for later)?|share|not interested|hide|new|new job|hot|urgent|urgently hiring"
    r"|promoted|sponsored|featured|premium|top job|early applicant|be an early applicant|be among the first .{0,40}"
    r"|hiring multiple candidates|actively (?:recruiting|hiring)|responded? .{0,40}|typically responds .{0,40}"
    rf"|responsive employer|\d[\d,]*\+? (?:\w+ ){{0,2}}{_CROWD}(?: .{{0,40}})?"
    r"|(?:posted:? ?|added:? ?|listed:? ?)?"
    rf"(?:just (?:now|posted|added)|today|yesterday|\d{{1,2}}\+? ?{_AGE}(?: ago)?)"
    r"|(?:posted|added|listed|date posted|expires|closing)\b(?! by\b).{0,40}|[\d.]{1,4} ?(?:★|stars?)?|[\W_]*|job alert"
    r"|in your network",
    re.IGNORECASE,
)


def _is_noise(text: str) -> bool:
    """Tell words about the mail or the crowd from words about the job."""
    return len(text) < 80 and _NOISE.fullmatch(text.strip(" .:>»›→•·|")) is not None


def _ends(line: Line) -> bool:
    """Tell a line that no job goes beyond: a rule, a footer, a link to something that is no job."""
    if line.text and (_RULE.fullmatch(line.text) or (len(line.text) < 200 and _FOOTER.search(line.text))):
        return True
    return bool(line.links) and not any(map(advert, line.links)) and any("alert" in link for link in line.links)


# --- what the lines say -------------------------------------------------------------------------------------------

_LABEL = re.compile(
    r"(?P<what>company|employer|recruiter|hiring company|advertiser|location|where|salary|pay|rate|package|posted by|by"
    r"|from)(?:\s*:\s*|(?<=by)\s+)(?P<said>\S.{0,200})",
    re.IGNORECASE,
)
_COMPANY = ("company", "employer", "recruiter", "hiring company", "advertiser", "posted by", "by", "from")
_LABELS = {
    **dict.fromkeys(_COMPANY, "company"),
    **dict.fromkeys(("location", "where"), "place"),
    **dict.fromkeys(("salary", "pay", "rate", "package"), "salary"),
}
_PAY = re.compile(
    r"[£$€]\s?\d|\b\d{2,3}k\b|\bper (?:annum|day|hour|year)\b|\b(?:a|/) ?(?:day|year|hour)\b|^competitive\b"
    r"|\bnegotiable\b|^salary (?:not|un)",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"\b(?:[Rr]emote|[Hh]ybrid|[Oo]n-?site|[Hh]ome[- ]based|[Ww]ork from home|United Kingdom|England|Scotland|Wales"
    r"|Northern Ireland|London|UK)\b"
    r"|\b[A-Z]{1,2}\d[A-Z\d]?(?: ?\d[A-Z]{2})?\b|^[A-Z][\w' -]+, [A-Z]",
)
_FIRM = re.compile(
    r"\b(?:ltd|limited|plc|llp|inc|gmbh|group|recruitment|resourcing|consulting|consultants|solutions|technologies"
    r"|university)\b",
    re.IGNORECASE,
)


def _card(found: Advert, said: Sequence[str]) -> Card | None:
    """Return what the lines say of one job, its title first; None when nothing can be its title."""
    if not said or not said[0] or len(said[0]) > MAX_TITLE or not re.search(r"[^\W\d_]{2}", said[0]):
        return None
    facts: dict[str, str] = {}
    rest: list[str] = []
    for line in _pieces(said[1:NEAR]):
        label = _LABEL.fullmatch(line)
        name = _LABELS[label["what"].lower()] if label else "salary" if _is_pay(line) else ""
        if name and name not in facts:
            facts[name] = label["said"] if label else line
        else:
            rest.append(line)
    _guess(facts, rest)
    return _identified(Card(found, said[0], more=tuple(rest), **facts))


def _is_pay(line: str) -> bool:
    return len(line) <= MAX_FACT and _PAY.search(line) is not None


def _pieces(lines: Sequence[str]) -> Iterator[str]:
    """Yield the facts in lines such as "Larkfield · Leeds (Hybrid)"; longer lines are text and stay whole."""
    for line in lines:
        if len(line) > MAX_FACT:
            yield line
            continue
        parts = re.split(r"\s+[·•|]\s+", line)
        if len(parts) == 1 and not _is_pay(line):
            parts = re.split(r"\s+[-–—]\s+", line, maxsplit=1)
        yield from (part for part in parts if part and not _is_noise(part))


def _guess(facts: dict[str, str], rest: list[str]) -> None:
    """Take employer and place from the first short lines: in this order, unless the words say that it is the other."""
    free = [line for line in rest[:3] if len(line) <= MAX_FACT]
    wanted = [name for name in ("company", "place") if name not in facts]
    if len(wanted) == 2 and len(free) > 1 and _looks_swapped(*free[:2]):
        wanted.reverse()
    if len(wanted) == 2 and len(free) == 1 and _PLACE.search(free[0]) and not _FIRM.search(free[0]):
        wanted = ["place"]
    for name, line in zip(wanted, free, strict=False):
        facts[name] = line
        rest.remove(line)


def _looks_swapped(first: str, second: str) -> bool:
    place, firm = bool(_PLACE.search(first)), bool(_FIRM.search(second))
    return (place and not _FIRM.search(first) and not _PLACE.search(second)) or (firm and not _FIRM.search(first))


def _identified(card: Card) -> Card:
    """Give a job whose link does not name it an identity made of what is shown, and an address to look it up.

    Such links are redirects made for one reader: they are not followed, and not kept.
    """
    if card.advert.id:
        return card
    shown = "\n".join((card.title, card.company, card.place)).casefold()
    identity = f"shown-{blake2s(shown.encode(), digest_size=8).hexdigest()}"
    url = f"https://uk.indeed.com/jobs?{urlencode({'q': f'{card.title} {card.company}'.strip()})}"
    return replace(card, advert=replace(card.advert, id=identity, url=url if card.advert.board == "Indeed" else ""))
