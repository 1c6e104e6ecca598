"""What a text says in its opening beside the title: which role it is for, and whether for a time only.

A board may show two adverts under one title that is right for one of them; and adverts made from one template differ in
nothing else.
"""

from __future__ import annotations

import re

from rolecall.dedupe.titles import title_stems
from rolecall.dedupe.words import WORDS, fold, words
from rolecall.model import Print

_LOOKED_AT = 500  # characters: boards cut others' texts there
_TEMPORARY = tuple(phrase.encode() for phrase in WORDS["temporary"])
_CUES = "|".join(rf"(?<=\b(?i:{cue}) a)" for cue in WORDS["role_cues"])
_ROLE = re.compile(rf" a(?:{_CUES})n? (?:[a-z][a-z-]+ ){{0,2}}((?:[A-Z][\w+#/&-]*[ ,]){{2,5}})")
_NOUNS = frozenset(WORDS["role_nouns"])


def named_role(text: str) -> str:
    """Return the role that a text says it is for ("looking for a Tax Manager"), folded; "" where it says none."""
    for found in _ROLE.finditer(text[:_LOOKED_AT]):
        role = words(fold(found[1]))
        if not _NOUNS.isdisjoint(role):
            return " ".join(role)
    return ""


def is_temporary(folded: bytes) -> bool:
    """Return whether a text says in its opening that the job ends."""
    opening = folded[:_LOOKED_AT]
    return any(phrase in opening for phrase in _TEMPORARY)


def other_role(a: Print, b: Print) -> bool:
    """Return whether one text is for the role of its title and the other, under the same title, for another one."""
    if not (a.role and b.role) or a.role == b.role:
        return False
    one, other = set(title_stems(a.role)), set(title_stems(b.role))
    return set(title_stems(a.title)) in (one, other) and not (one <= other or other <= one)


def other_term(a: Print, b: Print) -> bool:
    """Return whether one job ends and the other does not say so; nobody knows of what was stored by older releases."""
    return None not in (a.temporary, b.temporary) and a.temporary != b.temporary
