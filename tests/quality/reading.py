"""One posting read field by field, each reader called only when its fact is asked for.

So one field can be measured alone (`python -m tests.quality salary`), and while another is still being written.
"""

from __future__ import annotations

from functools import cached_property
from importlib import import_module
from typing import Any

from rolecall.model import Fact, RawPosting
from rolecall.normalise.text import Doc, prepare


def reader(module: str, name: str) -> Any:
    return getattr(import_module(f"rolecall.normalise.{module}"), name)


class Reading:
    """The facts of one raw posting, read lazily, in the dependence of `rolecall.normalise.normalise`."""

    def __init__(self, raw: RawPosting) -> None:
        self.raw = raw

    @cached_property
    def doc(self) -> Doc:
        return prepare(self.raw)

    @cached_property
    def location(self) -> Any:
        return reader("place", "read_location")(self.doc)

    @cached_property
    def mode(self) -> Any:
        return reader("mode", "read_mode")(self.doc, self.location)

    @cached_property
    def uk(self) -> Any:
        return reader("mode", "read_uk")(self.doc, self.mode, self.location)

    @cached_property
    def contract(self) -> Any:
        return reader("contract", "read_contract")(self.doc)

    @cached_property
    def ir35(self) -> Any:
        return reader("contract", "read_ir35")(self.doc, self.contract)

    @cached_property
    def salary(self) -> Any:
        return reader("salary", "read_salary")(self.doc, self.contract)

    @cached_property
    def stack(self) -> Any:
        return reader("stack", "read_stack")(self.doc)

    @cached_property
    def family(self) -> Any:
        return reader("family", "read_family")(self.doc, self._or(self, "stack", ()))

    @cached_property
    def _level(self) -> Any:
        return reader("level", "read_level")(self.doc, self.family, self._or(self, "salary", Fact()))

    @property
    def level(self) -> Any:
        return self._level[0]

    @property
    def floor(self) -> Any:
        return self._level[1]

    @cached_property
    def hours(self) -> Any:
        return reader("hours", "read_hours")(self.doc, self._or(self, "salary", Fact()))

    @cached_property
    def flags(self) -> Any:
        return reader("quality", "read_flags")(self.doc)

    def __getattr__(self, name: str) -> Any:
        if name not in {"clearance", "visa", "agency", "closing"}:
            raise AttributeError(name)
        return reader(name, f"read_{name}")(self.doc)

    @staticmethod
    def _or(reading: Reading, name: str, absent: Any) -> Any:
        """A helpful neighbour's fact, or `absent` while that reader does not exist."""
        try:
            return getattr(reading, name)
        except ModuleNotFoundError:
            return absent
