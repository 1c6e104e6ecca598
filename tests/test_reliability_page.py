"""docs/reliability.md names tests that exist, and counts what is counted."""

from __future__ import annotations

import re

import pytest

from tests.fuzz.targets import targets
from tests.hostile.document import CASES
from tests.hostile.payloads import LINKS, PAYLOADS
from tests.hostile.test_kinds import BODIES, CRASHES
from tests.shared import ROOT
from tests.soak import curve
from tests.test_guard import EVIL, LITERALS, TARGETS
from tests.test_migrations import RELEASED
from tests.test_sandbox import ATTACKS

PAGE = ROOT / "docs" / "reliability.md"
TEXT = " ".join(PAGE.read_text(encoding="utf-8").split())
NAMED = sorted(set(re.findall(r"(tests/[\w/]+\.py)(?:::(\w+))?", TEXT)))
COUNTED = (
    f"{len(CASES)} answers of a board",
    f"{len(CRASHES)} answers that crash",
    f"{len(BODIES)} bad answers",
    f"{len(ATTACKS)} attacks",
    f"{len(EVIL)} addresses",
    f"{len(LITERALS)} spellings",
    f"{len(TARGETS)} redirects",
    f"{len(PAYLOADS)} payloads and {len(LINKS)} links",
    f"{len(targets())} targets",
    f"{len(RELEASED)} so far",
    f"grows by at most {curve.GROWTH:.0%}".replace("%", " %"),
    f"within {curve.TOLERANCE:.0%}".replace("%", " %"),
    f"{curve.BEGINNING} MB + texts / {curve.FILLED} + {curve.POSTING} bytes a posting + {curve.ALERT} bytes an alert",
)


@pytest.mark.parametrize(("path", "name"), NAMED, ids="::".join)
def test_every_test_that_the_page_names_exists(path: str, name: str) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    assert not name or re.search(rf"^(?:async )?def {name}\(", text, re.MULTILINE)


@pytest.mark.parametrize("words", COUNTED)
def test_what_the_page_counts_is_counted_rightly(words: str) -> None:
    assert words in TEXT
