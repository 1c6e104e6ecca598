"""For all tests: none depends on how fast a machine is."""

from __future__ import annotations

import gc

from hypothesis import HealthCheck, settings

settings.register_profile("unhurried", settings(deadline=None, suppress_health_check=[HealthCheck.too_slow]))
settings.load_profile("unhurried")


def pytest_collection_finish() -> None:
    """Spare the collector what was imported and collected: it stays, and each full round of it took half a second."""
    gc.collect()
    gc.freeze()
