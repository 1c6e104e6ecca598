"""Which of the spellings found in a text are technologies: their surroundings decide about the unsure ones."""

from __future__ import annotations

import re
from itertools import pairwise

from rolecall.normalise.stack_glued import SEAM
from rolecall.normalise.stack_scan import Mention, Scan

_NEIGHBOURHOOD = 60  # characters: another technology this near speaks for an ambiguous name
_OPENS = re.compile(r"(?:^|[\n:(])[\s*]*$")
_CLOSES = re.compile(r"[\s*.;]*(?:$|[\n()])")
_OPENS_TITLE = re.compile(r"(?:^|[,(|:/]|[-@] )\s*$")
_CLOSES_TITLE = re.compile(r"\s*(?:$|[,()|:/]| - )")


def believed(scan: Scan) -> list[Mention]:
    """Return the mentions of technologies in a text, in order."""
    found = [mention for i, mention in enumerate(scan.found) if not _vetoed(scan, i)]
    return [mention for i, mention in enumerate(found) if mention.firm or _supported(scan, found, i)]


def _vetoed(scan: Scan, index: int) -> bool:
    """Do the words around rule out a bare name, and no list ("Perl or Go for …", "React and Redux") speaks for it?"""
    mention = scan.found[index]
    alias, entry = mention.alias, mention.entry
    if not (entry.veto_before or entry.veto_after) or (alias.trust == "free" and alias.text != entry.name):
        return False
    if alias.trust == "ambiguous" and scan.low[mention.end : mention.end + 1] == SEAM:
        return True  # "GoFlex", parted as if a space were lost
    if scan.follows_on(mention, entry.veto_before):
        return True
    if not scan.leads_to(mention, entry.veto_after):
        return False
    rnd = "&" in scan.low[mention.end : mention.end + 2]  # "R&D" in whatever list
    return rnd or not (scan.follows_on(mention, entry.before) or _in_list(scan, index))


def _in_list(scan: Scan, index: int) -> bool:
    mention = scan.found[index]
    around = scan.found[max(0, index - 1) : index + 2]
    return mention.exact and any(
        (left.firm if right is mention else right.firm) and scan.joined(left, right) for left, right in pairwise(around)
    )


def _supported(scan: Scan, found: list[Mention], index: int) -> bool:
    mention = found[index]
    entry = mention.entry
    if not mention.exact and mention.alias.trust == "ambiguous" and not scan.text[mention.start].islower():
        return False
    if not mention.exact or entry.id == scan.employer:
        return _listed(scan, found, index, among_firm=True)
    if scan.follows_on(mention, entry.before) or scan.leads_to(mention, entry.after):
        return True
    if entry.near:
        return scan.is_near(mention, entry.near) or _listed(scan, found, index)
    return _listed(scan, found, index) or _near_another(found, index) or _whole_item(scan, mention)


def _listed(scan: Scan, found: list[Mention], index: int, *, among_firm: bool = False) -> bool:
    """Does it stand beside another technology of the same list?"""
    beside = found[max(0, index - 1) : index + 2]
    for left, right in pairwise(beside):
        other = left if right is found[index] else right
        if (other.firm or (other.exact and not among_firm)) and scan.joined(left, right):
            return found[index].exact or scan.follows(left, right)  # "…) and less", a word between, is a sentence
    return _in_row(scan, found, index)


def _in_row(scan: Scan, found: list[Mention], index: int) -> bool:
    """Does it stand in a row of tags, "php go python", with sure ones or the row's ends on both sides?"""
    mention, text = found[index], scan.text
    before = index > 0 and found[index - 1].firm and scan.beside(found[index - 1], mention)
    after = index + 1 < len(found) and found[index + 1].firm and scan.beside(mention, found[index + 1])
    opens = mention.start == 0 or text[max(0, mention.start - 2) : mention.start].endswith(("\n", "* "))
    closes = mention.end == len(text) or text[mention.end] == "\n"
    return (before and (after or closes)) or (after and opens)


def _near_another(found: list[Mention], index: int) -> bool:
    mention = found[index]
    return any(
        other.firm and other.start - mention.end <= _NEIGHBOURHOOD and mention.start - other.end <= _NEIGHBOURHOOD
        for other in found[max(0, index - 4) : index + 5]
    )


def _whole_item(scan: Scan, mention: Mention) -> bool:
    """Does it fill its line or brackets, stand alone after a colon, or make up a part of a title?"""
    opens, closes = (_OPENS_TITLE, _CLOSES_TITLE) if scan.title else (_OPENS, _CLOSES)
    begins = mention.start == 0 or opens.search(scan.text, max(0, mention.start - 6), mention.start) is not None
    return begins and closes.match(scan.text, mention.end) is not None
