"""For all tests."""

from __future__ import annotations

import gc


def pytest_collection_finish() -> None:
    """Spare the collector what was imported and collected: it stays, and each full round of it took half a second."""
    gc.collect()
    gc.freeze()
