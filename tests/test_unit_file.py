"""The systemd unit, as systemd itself judges it."""

from __future__ import annotations

import re
import shutil
import subprocess

from rolecall.cli import CONFIG_ERROR, NO_PERMISSION
from rolecall.config import DaemonOptions
from tests.shared import ROOT, needs

UNIT = ROOT / "systemd" / "rolecall.service"
README = ROOT / "systemd" / "README.md"


def analyze(*args: str) -> str:
    needs(shutil.which("systemd-analyze"), "systemd-analyze")
    done = subprocess.run(
        ["systemd-analyze", *args, str(UNIT)], capture_output=True, text=True, check=False, timeout=120
    )
    return done.stdout + done.stderr


def test_systemd_finds_nothing_wrong_but_that_it_is_not_installed() -> None:
    problems = [line for line in analyze("verify").splitlines() if UNIT.name in line]
    assert [line for line in problems if "/opt/rolecall/bin/rolecall is not executable" not in line] == []


def test_its_exposure_is_low_and_the_one_the_readme_tells() -> None:
    found = re.search(r"exposure level for \S+: (\d+\.\d+)", analyze("security", "--offline=true"))
    assert found
    assert float(found[1]) <= 1.2
    assert f"an exposure of {found[1]}" in README.read_text(encoding="utf-8")


def value(key: str) -> str:
    found = re.search(rf"^{key}=(.*)$", UNIT.read_text(encoding="utf-8"), re.MULTILINE)
    assert found
    return found[1]


def test_it_knows_what_trying_again_does_not_mend() -> None:
    assert set(map(int, value("RestartPreventExitStatus").split())) == {NO_PERMISSION, CONFIG_ERROR}


def test_it_waits_longer_than_the_daemon_does() -> None:
    grace = DaemonOptions().grace.total_seconds()
    assert int(value("TimeoutStopSec")) > grace
    assert int(value("WatchdogSec")) > 2 * grace
