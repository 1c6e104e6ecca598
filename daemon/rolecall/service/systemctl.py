"""Tells systemd about the unit."""

from __future__ import annotations

import subprocess
from pathlib import Path

from rolecall.errors import RolecallError
from rolecall.service.unit import NAME


def commands(root: Path, verb: str) -> list[list[str]]:
    """Return the commands that make systemd see the unit, and start it now and at every boot, or the reverse."""
    if root != Path("/"):
        return [["systemctl", f"--root={root}", verb, NAME]]
    return [["systemctl", "daemon-reload"], ["systemctl", verb, "--now", NAME]]


def run(command: list[str]) -> str:
    """Run a command and return what it prints. Raises `RolecallError` with what it says."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 # words of our own
    except OSError as error:
        raise RolecallError(f"{command[0]} cannot be run: {error.strerror}") from error
    if done.returncode:
        said = " ".join((done.stderr or done.stdout).split())
        raise RolecallError(f"`{' '.join(command)}` failed: {said or done.returncode}")
    return done.stdout
