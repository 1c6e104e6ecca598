"""One machine for all tests of the service."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.service.machine import Machine, booted


@pytest.fixture(scope="package")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    with booted(tmp_path_factory.mktemp("machine")) as booted_machine:
        yield booted_machine
