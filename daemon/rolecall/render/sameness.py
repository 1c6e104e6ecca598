"""Why adverts are taken for one vacancy, in words."""

from __future__ import annotations

from collections.abc import Sequence

_ALIKE = ("company", "title", "place", "pay")


def because_text(because: Sequence[str]) -> str:
    """Return "same company and title, 93% of the text" for ("company", "title", "text 0.93")."""
    alike = [each for each in because if each in _ALIKE]
    same = [f"same {', '.join(alike[:-1])} and {alike[-1]}" if len(alike) > 1 else f"same {alike[0]}"] if alike else []
    return ", ".join([*same, *(_said(each) for each in because if each not in _ALIKE)])


def _said(reason: str) -> str:
    kind, _, share = reason.partition(" ")
    if kind == "text":
        return f"{round(100 * float(share))}% of the text"
    return "under another company name" if kind == "another" else reason
