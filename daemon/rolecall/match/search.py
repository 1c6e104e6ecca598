"""One `[[search]]` table of the configuration becomes a `Search`, or all that is wrong with it at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from hashlib import blake2b
from typing import Any

from rolecall.errors import ConfigError, Problem
from rolecall.match.criteria import CRITERIA
from rolecall.match.read import read, read_into, unknown_keys
from rolecall.match.values import Unfit
from rolecall.match.wants import DEFAULT_POLICIES, NOT_MATCHED, Policy, Search

__all__ = ["Search", "read_search"]

_OPTIONS = tuple(field.name for field in fields(Search) if field.name not in ("name", "wanted", "fingerprint"))


def read_search(table: Mapping[str, object], path: str) -> Search:
    """Return the saved search that `table` describes. Raises `ConfigError` with every problem; `path` is its place."""
    settings = dict(table)
    problems = unknown_keys(settings, ["name", *CRITERIA, *_OPTIONS], path)
    wanted = _wanted(settings, path, problems)
    unknown = _policies(settings.pop("unknown", {}), f"{path}.unknown", problems)
    name = _name(settings, path, problems)
    options, more = read_into(Search, {key: settings[key] for key in _OPTIONS if key in settings}, path)
    problems += more + _alone(wanted, options, path)
    if problems:
        raise ConfigError(problems)
    search = Search(name=name, wanted=wanted, unknown=unknown, **options)
    return replace(search, fingerprint=_fingerprint(search))


def _wanted(settings: dict[str, object], path: str, problems: list[Problem]) -> dict[str, Any]:
    wanted = dict[str, Any]()
    if "clearance_eligible" in settings:
        settings.setdefault("clearance_held", "none")
    for name, criterion in CRITERIA.items():
        try:
            value = read(criterion.kind, settings[name], f"{path}.{name}") if name in settings else criterion.default
        except Unfit as unfit:
            problems += unfit.problems
            continue
        if value is not None and (value != frozenset() or criterion.default is not None):  # an empty list asks nothing
            wanted[name] = value
    return wanted


def _policies(value: object, path: str, problems: list[Problem]) -> Mapping[str, Policy]:
    if not isinstance(value, dict):
        problems.append(Problem(path, 'a table is wanted: { salary = "digest" }.'))
        return DEFAULT_POLICIES
    problems += unknown_keys(value, list(DEFAULT_POLICIES), path)
    chosen = dict(DEFAULT_POLICIES)
    for key in DEFAULT_POLICIES.keys() & value.keys():
        try:
            chosen[key] = read(Policy, value[key], f"{path}.{key}")
        except Unfit as unfit:
            problems += unfit.problems
    return chosen


def _name(settings: Mapping[str, object], path: str, problems: list[Problem]) -> str:
    name = settings.get("name")
    if isinstance(name, str) and name.strip():
        return name.strip()
    problems.append(Problem(f"{path}.name", "a search needs a name.", 'Write name = "Senior Python".'))
    return ""


def _alone(wanted: Mapping[str, object], options: Mapping[str, object], path: str) -> list[Problem]:
    """Return options that do nothing because what they belong to is not there."""
    belongs = {"max_miles": "home", "salary_match": "min_salary", "salary_slack": "min_salary", "level_exact": "levels"}
    return [
        Problem(f"{path}.{option}", f"does nothing without {needed}.")
        for option, needed in belongs.items()
        if option in options and needed not in wanted and not (needed == "min_salary" and "min_day_rate" in wanted)
    ]


def _fingerprint(search: Search) -> str:
    told = {field.name: _plain(getattr(search, field.name)) for field in fields(search)}
    for key in NOT_MATCHED:
        del told[key]
    return blake2b(repr(sorted(told.items())).encode(), digest_size=8).hexdigest()


def _plain(value: Any) -> Any:
    """Return `value` as something whose `repr` is the same in every process."""
    if isinstance(value, Mapping):
        return sorted((key, _plain(each)) for key, each in value.items())
    if isinstance(value, frozenset):
        return sorted(map(str, map(_plain, value)))
    if isinstance(value, re.Pattern):
        return value.pattern
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if is_dataclass(value) and not isinstance(value, type):
        return _plain({field.name: getattr(value, field.name) for field in fields(value)})
    return value.name if isinstance(value, Enum) else str(value)
