"""All criteria, in the order in which `why` shows them. A new one: a function in one of these modules."""

from __future__ import annotations

from rolecall.match import pay, role, terms, where
from rolecall.match.criterion import CRITERIA, Criterion

__all__ = ["CRITERIA", "Criterion", "pay", "role", "terms", "where"]
