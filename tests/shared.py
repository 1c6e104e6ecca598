"""What tests need that is not part of the project, material and programs: absent, they skip, saying so."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


def shared(*parts: str) -> Path:
    """Return a path below ../shared; skips the calling test where it does not exist."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"needs {path}, which is not part of the project")
    return path


def needs(program: object, what: str) -> None:
    """Skip the calling test where a program is absent; in CI (`CI=true`), which installs them all, it fails."""
    if program:
        return
    if os.environ.get("CI"):
        pytest.fail(f"CI must have {what}")
    pytest.skip(f"needs {what}, which is not here")
