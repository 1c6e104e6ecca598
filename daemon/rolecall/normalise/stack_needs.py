"""How a mention of a technology is meant: wanted, welcome, being left, ruled out, or one of several."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rolecall.model import Need
from rolecall.normalise.stack_mentions import LIST_GAP, Mention
from rolecall.normalise.text import Line, Zone
from rolecall.normalise.words import load

_CUE = load("stack")["cue"]
_REACH = 300  # characters of one sentence that are read on either side of a mention


def _any(key: str) -> str:
    return "(?:" + "|".join(_CUE[key]) + ")"


_NOT = re.compile(rf"(?:\bnon-|\b{_any('not')}\W+(?:[\w'-]+[ ,/(]+){{0,3}}?)[\"'(]?$", re.IGNORECASE)
_LEGACY = re.compile(rf"\b{_any('legacy')}\b(?:(?!\b{_any('legacy_ends')}\b)[^.;:\n]){{0,40}}$", re.IGNORECASE)
_LEGACY_AFTER = re.compile(r"[ (-]{1,2}legacy\b", re.IGNORECASE)
_NICE_BEFORE = re.compile(rf"\b{_any('nice_before')}\b", re.IGNORECASE)
_NICE_AFTER = re.compile(rf"\b{_any('nice_after')}\b", re.IGNORECASE)
_MUST = re.compile(rf"\b{_any('must')}\b", re.IGNORECASE)
_TRAINABLE = re.compile(rf"\b{_any('trainable')}\b", re.IGNORECASE)
_ONE_OF = re.compile(rf"\b{_any('one_of')}[:\s(,]*$", re.IGNORECASE)
_OR_SIMILAR = re.compile(rf"[\s,(]*\b{_any('or_similar')}\b", re.IGNORECASE)
_OR = re.compile(r"\bor\b", re.IGNORECASE)
_FIXED = frozenset(map(frozenset, _CUE["fixed_pairs"]))
_END = re.compile(r"(?<!\be\.g)(?<!\bi\.e)(?<!\betc)[.!?;](?=\s)|\n")

WEIGHTS = {Zone.STACK: 1.5, Zone.TAIL: 0.5, Zone.NOISE: 0.0}
NEED_WEIGHTS = {Need.MUST: 2.0, Need.NEUTRAL: 1.0, Need.NICE: 0.7, Need.LEGACY: 0.3, Need.NOT: 0.0}


@dataclass(slots=True)
class Meaning:
    """What one mention means."""

    mention: Mention
    need: Need
    weight: float
    rule: str
    group: int | None = None
    trainable: bool = False


def read(text: str, lines: Sequence[Line], mentions: Sequence[Mention], first_group: int = 0) -> list[Meaning]:
    """Return what each of the `mentions` in `text` means; groups are numbered from `first_group`."""
    starts = [line.start for line in lines]
    found: list[Meaning] = []
    for sentence in _sentences(text, mentions):
        line = lines[max(0, bisect_right(starts, sentence[0].start) - 1)]
        found += _read_sentence(text, line, sentence)
    _number_groups(text, found, first_group)
    return found


def _sentences(text: str, mentions: Sequence[Mention]) -> Iterator[list[Mention]]:
    """Yield the mentions that share a sentence."""
    together: list[Mention] = []
    for mention in mentions:
        if together and (
            mention.start - together[-1].end > _REACH or _END.search(text, together[-1].end, mention.start)
        ):
            yield together
            together = []
        together.append(mention)
    if together:
        yield together


def _read_sentence(text: str, line: Line, mentions: list[Mention]) -> list[Meaning]:
    start = _start(text, mentions[0].start, line)
    end = _stop(text, mentions[-1].end)
    must = [m.start() for m in _MUST.finditer(text, start, end)]
    nice = list(_nice_spans(text, start, end, must))
    trainable = _TRAINABLE.search(text, start, end) is not None
    return [_meaning(text, start, line, mention, nice, bool(must), trainable) for mention in mentions]


def _meaning(
    text: str, start: int, line: Line, mention: Mention, nice: list[tuple[int, int]], must: bool, trainable: bool
) -> Meaning:
    need, rule = _need(text, start, mention, line.zone, nice, must)
    if trainable and need is Need.MUST:
        need = Need.NEUTRAL
    weight = WEIGHTS.get(line.zone, NEED_WEIGHTS[need]) if need is Need.NEUTRAL else NEED_WEIGHTS[need]
    return Meaning(mention, need, weight, rule, trainable=trainable)


def _need(
    text: str, start: int, mention: Mention, zone: Zone, nice: list[tuple[int, int]], must: bool
) -> tuple[Need, str]:
    reach = max(start, mention.start - 80)
    before = text[reach : mention.start]
    if _NOT.search(before):
        return Need.NOT, "stack.not"
    if _LEGACY.search(before) or _LEGACY_AFTER.match(text, mention.end):
        return Need.LEGACY, "stack.legacy"
    if any(left <= mention.start < right for left, right in nice):
        return Need.NICE, "stack.nice"
    if zone is Zone.NICE:
        return Need.NICE, "stack.zone.nice"
    if must:
        return Need.MUST, "stack.must"
    if zone is Zone.MUST:
        return Need.MUST, "stack.zone.must"
    return Need.NEUTRAL, f"stack.{zone.value}"


def _nice_spans(text: str, start: int, end: int, must: list[int]) -> Iterator[tuple[int, int]]:
    """Yield the spans that "ideally …" and "… is a plus" make welcome: to the sentence's end, from its start."""
    for cue in _NICE_BEFORE.finditer(text, start, end):
        yield cue.end(), end
    for cue in _NICE_AFTER.finditer(text, start, end):
        last_must = max((m for m in must if m < cue.start()), default=start)
        bracket = text.rfind("(", start, cue.start())
        if bracket >= 0 and not text[bracket + 1 : cue.start()].strip():
            last_must = max(last_must, max(text.rfind(sep, start, bracket) for sep in ",;"))
        yield last_must, cue.start()


def _start(text: str, position: int, line: Line) -> int:
    """Return where the sentence around `position` begins."""
    start = max(line.start, position - _REACH)
    for end in _END.finditer(text, start, position):
        start = end.end()
    return start


def _stop(text: str, position: int) -> int:
    end = _END.search(text, position, position + _REACH)
    return end.start() if end else min(len(text), position + _REACH)


def _number_groups(text: str, found: list[Meaning], number: int) -> None:
    for run in _runs(text, found):
        for group in _groups(text, run):
            for meaning in group:
                meaning.group = number
            number += 1


def _runs(text: str, found: list[Meaning]) -> Iterator[list[Meaning]]:
    """Yield the lists: mentions with nothing but list signs between them."""
    run: list[Meaning] = []
    for meaning in found:
        if run and not _is_joined(text, run[-1].mention, meaning.mention):
            yield run
            run = []
        run.append(meaning)
    yield run


def _is_joined(text: str, left: Mention, right: Mention) -> bool:
    return (
        right.start - left.end <= 14
        and "\n" not in text[left.end : right.start]
        and LIST_GAP.fullmatch(text, left.end, right.start) is not None
    )


def _groups(text: str, run: list[Meaning]) -> Iterator[list[Meaning]]:
    """Yield the parts of one list of which one is enough."""
    if len(run) < 2:
        return
    gaps = [text[left.mention.end : right.mention.start] for left, right in pairwise(run)]
    cue = _ONE_OF.search(text, max(0, run[0].mention.start - 40), run[0].mention.start)
    if cue or any(map(_OR.search, gaps)) or _OR_SIMILAR.match(text, run[-1].mention.end):
        yield run
        return
    part = [run[0]]
    for (left, right), gap in zip(pairwise(run), gaps, strict=True):
        if "/" in gap and frozenset((left.mention.entry.id, right.mention.entry.id)) not in _FIXED:
            part.append(right)
            continue
        if len(part) > 1:
            yield part
        part = [right]
    if len(part) > 1:
        yield part
