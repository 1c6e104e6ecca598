"""docs/reliability.md names tests that exist, and counts what is counted."""

from __future__ import annotations

import re

import pytest

from tests.shared import ROOT

PAGE = ROOT / "docs" / "reliability.md"
NAMED = sorted(set(re.findall(r"(tests/[\w/]+\.py)(?:::(\w+))?", PAGE.read_text(encoding="utf-8"))))


@pytest.mark.parametrize(("path", "name"), NAMED, ids="::".join)
def test_every_test_that_the_page_names_exists(path: str, name: str) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    assert not name or re.search(rf"^(?:async )?def {name}\(", text, re.MULTILINE)
