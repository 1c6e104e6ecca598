"""Whether the word files can be read: every pattern compiles, every value means something to its reader."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from typing import Any

from rolecall.errors import Problem
from rolecall.model import ClearanceLevel, ContractType, Ir35
from rolecall.normalise import ladder
from rolecall.normalise.rules import rules

_VALUES: dict[str, Callable[[str], Any]] = {
    "level": ladder.level,
    "contract": lambda value: value == "temp" or ContractType(value),
    "ir35": Ir35,
    "clearance": lambda value: ClearanceLevel[value.upper()],
    "visa": lambda value: ("yes", "no", "right_to_work").index(value),
    "agency": lambda value: ("agency", "direct").index(value),
    "hours": str,
    "quality": str,
}
"""The files made of rules, and what turns a rule's value into what it means (raises where it means nothing)."""


def problems() -> Iterator[Problem]:
    """Yield what is wrong with the files of rules, a user's included: file, rule and reason."""
    for name, meaning in _VALUES.items():
        try:
            found = rules(name).rules
        except (tomllib.TOMLDecodeError, ValueError, KeyError, TypeError) as error:
            yield Problem(f"{name}.toml", str(error))
            continue
        for rule in found:
            try:
                meaning(rule.value)
            except (ValueError, KeyError):
                yield Problem(f"{name}.toml", f"rule {rule.name}: no such value: {rule.value!r}")
