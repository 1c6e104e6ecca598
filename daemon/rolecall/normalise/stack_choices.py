"""Lists of which one technology is enough: "Java or Kotlin", "a cloud (AWS/GCP)", "tools such as …"."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

from rolecall.normalise.stack_cues import Sentence
from rolecall.normalise.stack_scan import Mention
from rolecall.normalise.words import load

_PAIRS = frozenset(map(frozenset, load("stack")["rule"]["pairs"]))
_ONE_OF_REACH = 3  # words between "one of" and its list

Run = list[Mention]


def choices(sentence: Sentence) -> Iterator[Run]:
    """Yield the lists, or parts of lists, of which one is enough."""
    if len(sentence.mentions) == 1 or not _may_choose(sentence):
        return
    for run in _runs(sentence):
        if len(run) > 1:
            for part in [run] if _announced(sentence, run) else _parts(sentence, run):
                if len({mention.entry.id for mention in part}) > 1:
                    yield part


def _may_choose(sentence: Sentence) -> bool:
    """Is there anything that makes a choice? Most sentences hold nothing of the kind, which is soon known."""
    cues, scan, first, last = sentence.cues, sentence.scan, sentence.mentions[0], sentence.mentions[-1]
    cued = "one_of" in cues or "or_similar" in cues
    return cued or "/" in scan.low[first.end : last.start] or "or" in sentence.words[first.last : last.first]


def _runs(sentence: Sentence) -> Iterator[Run]:
    """Yield the lists: mentions with nothing but list signs between them."""
    run = sentence.mentions[:1]
    for left, right in pairwise(sentence.mentions):
        if not sentence.scan.joined(left, right):
            yield run
            run = []
        run.append(right)
    yield run


def _announced(sentence: Sentence, run: Run) -> bool:
    """Do words before or after the whole list say so?"""
    cues, first, last = sentence.cues, run[0].first, run[-1].last
    return any(0 < first - cue.last <= _ONE_OF_REACH for cue in cues.get("one_of", ())) or any(
        cue.first == last + 1 for cue in cues.get("or_similar", ())
    )


def _parts(sentence: Sentence, run: Run) -> Iterator[Run]:
    """Yield the parts that "or" or a slash makes a choice: "Python, and AWS or Azure" is one of two clouds."""
    for part in _split(run, lambda left, right: _between(sentence, left, right) == "and"):
        if any(_between(sentence, left, right) == "or" for left, right in pairwise(part)):
            yield part
        else:
            yield from _split(part, lambda left, right: not _slashed(sentence, left, right))


def _between(sentence: Sentence, left: Mention, right: Mention) -> str:
    words = sentence.words[left.last + 1 : right.first]
    return "or" if "or" in words else "and" if "and" in words else ""


def _split(run: Run, parted: Callable[[Mention, Mention], bool]) -> Iterator[Run]:
    part = run[:1]
    for left, right in pairwise(run):
        if parted(left, right):
            yield part
            part = []
        part.append(right)
    yield part


def _slashed(sentence: Sentence, left: Mention, right: Mention) -> bool:
    """Are they two things with a slash between, not one thing such as C/C++ or Python/Django?"""
    one, other = left.entry, right.entry
    related = one.id in (*other.implies, *other.weak) or other.id in (*one.implies, *one.weak)
    return not related and frozenset((one.id, other.id)) not in _PAIRS and "/" in sentence.gap(right.first)
