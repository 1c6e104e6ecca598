"""What a board's structured fields say about the mode (understanding.md 7.2, sources.md 2.11)."""

from __future__ import annotations

from rolecall.model import Json, Mode, RawPosting
from rolecall.normalise.mode_text import Signal
from rolecall.normalise.place_fields import walk

STRENGTH = 5.0

ALWAYS_REMOTE = frozenset({"remotive", "remoteok", "weworkremotely", "himalayas", "jobicy", "workingnomads"})
WORDS: dict[str, tuple[str, ...]] = {
    "ashby": ("workplaceType",),
    "lever": ("workplaceType",),
    "workable": ("workplace_type", "workplace"),
    "teamtailor": ("remoteStatus", "remote_status"),
    "workday": ("remoteType",),
    "pinpoint": ("workplace_type",),
    "oracle": ("WorkplaceType", "workplaceType"),
    "devitjobs": ("workplace",),
    "bamboohr": ("workplace",),
    "schema": ("jobLocationType",),
}
TRUE: dict[str, dict[str, Mode]] = {
    "recruitee": {"remote": Mode.REMOTE, "hybrid": Mode.HYBRID, "on_site": Mode.ONSITE},
    "smartrecruiters": {
        "location.remote": Mode.REMOTE,
        "location.hybrid": Mode.HYBRID,
        "remote": Mode.REMOTE,
        "hybrid": Mode.HYBRID,
    },
    "workable": {"telecommuting": Mode.REMOTE},
    "breezy": {"is_remote": Mode.REMOTE, "location.is_remote": Mode.REMOTE},
    "arbeitnow": {"remote": Mode.REMOTE},
    "landingjobs": {"remote": Mode.REMOTE},
    "findwork": {"remote": Mode.REMOTE},
}
_MEANING = {
    **dict.fromkeys(
        ("remote", "fully", "fullyremote", "telecommute", "telecommuting", "orwremote", "remoteonly"), Mode.REMOTE
    ),
    **dict.fromkeys(("hybrid", "orahybrid", "orwhybrid", "flexible"), Mode.HYBRID),
    **dict.fromkeys(("onsite", "inoffice", "office", "orwonsite", "oraonsite"), Mode.ONSITE),
}


def field_signal(raw: RawPosting) -> Signal | None:
    """Return what the board's own field says; None where it says nothing ("unspecified", Teamtailor's "none")."""
    if raw.board in ALWAYS_REMOTE:
        return Signal("field", f"source={raw.board}", "mode.field.board", STRENGTH, frozenset({Mode.REMOTE}))
    if not raw.fields:
        return None
    return _by_word(raw) or _by_flags(raw)


def remote_or_hybrid(raw: RawPosting) -> bool:
    """Does Ashby say `isRemote` without a workplace type? It means remote or hybrid, never "fully remote"."""
    return raw.board == "ashby" and raw.fields.get("isRemote") is True


def _by_word(raw: RawPosting) -> Signal | None:
    for path in WORDS.get(raw.board, ()) + WORDS["schema"]:
        values = [
            value for value in walk(raw.fields, path) for value in (value if isinstance(value, list) else [value])
        ]
        modes = {_meaning(value) for value in values}
        if len(modes) == 1 and (mode := modes.pop()) is not None:
            return Signal("field", f"{path}={values[0]}", "mode.field", STRENGTH, frozenset({mode}))
    return None


def _by_flags(raw: RawPosting) -> Signal | None:
    true = {path: mode for path, mode in TRUE.get(raw.board, {}).items() if True in walk(raw.fields, path)}
    if not true:
        return None
    modes = frozenset(true.values())
    if Mode.HYBRID in modes and raw.board != "recruitee":
        modes = frozenset({Mode.HYBRID})
    return Signal("field", ", ".join(f"{path}=true" for path in true), "mode.field", STRENGTH, modes)


def _meaning(value: Json) -> Mode | None:
    folded = "".join(c for c in value.lower() if c.isalpha()) if isinstance(value, str) else ""
    return _MEANING.get(folded)
