"""All criteria. A new one is a function in one of these modules; a new module is a word in `_MODULES`."""

from __future__ import annotations

from collections.abc import Mapping

from rolecall.match import pay, role, terms, where
from rolecall.match.criterion import REGISTERED, Criterion

_MODULES = (role, where, pay, terms)

CRITERIA: Mapping[str, Criterion] = {
    made.name: made for module in _MODULES for made in REGISTERED if made.judge.__module__ == module.__name__
}
"""Every criterion by its config key, in the order in which `why` shows them."""
