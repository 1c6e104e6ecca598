"""Labels that warn about an advert (design: section 17). They exclude nothing: a search or a mute may."""

from __future__ import annotations

from rolecall.normalise.rules import hits, rules
from rolecall.normalise.text import Doc

_NO_EMPLOYER = frozenset({"none", "null", "n/a", "nan", "-"})


def read_flags(doc: Doc) -> frozenset[str]:
    """Return the flags of quality.toml that apply: evergreen, training_course, commission_only, not_a_job …"""
    flags = {hit.rule.value for hit in hits(rules("quality"), doc.parts)}
    if doc.company.lower() in _NO_EMPLOYER:
        flags.add("not_a_job")
    return frozenset(flags)
