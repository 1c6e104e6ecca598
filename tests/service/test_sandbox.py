"""What the unit's sandbox denies, tried from inside it; the directives are those of the unit file that we ship."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.service import probes
from tests.service.machine import VENV, Machine
from tests.shared import ROOT

UNIT = ROOT / "systemd" / "rolecall.service"
PROGRAM = "/opt/probes.py"
PYTHON = f"{VENV}/bin/python"

LIFE = re.compile(
    r"^(Type|NotifyAccess|Exec\w+|WatchdogSec|Restart\w*|TimeoutStopSec|LoadCredential)=.*$", re.MULTILINE
)
DENIED = {"EPERM", "EACCES", "EROFS", "ENOENT", "EAFNOSUPPORT"}
NAMES = [probe.__name__ for probe in probes.PROBES]

# Outside, these depend on what the machine around it lets its root do; one of them finds nobody's home.
NOT_FOR_EVERY_ROOT = {"load_a_kernel_module", "look_into_the_kernels_clock", "take_the_processor_for_itself"}


@pytest.fixture(scope="module")
def prepared(machine: Machine) -> Machine:
    machine.write(PROGRAM, Path(probes.__file__).read_text(encoding="utf-8"))
    machine.write("/etc/rolecall/config.toml", "")
    machine.run("install", "-d", "-m", "700", "/etc/rolecall/credentials")
    return machine


@pytest.fixture(scope="module")
def inside(prepared: Machine) -> dict[str, str]:
    """How each attempt ended in a unit that has all the directives of ours, but for what makes it a daemon."""
    unit = LIFE.sub("", UNIT.read_text(encoding="utf-8"))
    run = f"[Service]\nType=oneshot\nExecStart={PYTHON} {PROGRAM}\nStandardOutput=truncate:/run/probes.json\n"
    prepared.write("/etc/systemd/system/probes.service", unit.replace("[Service]\n", run))
    prepared.run("systemctl", "daemon-reload")
    prepared.run("systemctl", "start", "probes.service")
    found: dict[str, str] = json.loads(prepared.run("cat", "/run/probes.json").stdout)
    return found


@pytest.fixture(scope="module")
def outside(prepared: Machine) -> dict[str, str]:
    """How each attempt ends for root without a sandbox."""
    found: dict[str, str] = json.loads(prepared.run(PYTHON, PROGRAM).stdout)
    return found


@pytest.mark.parametrize("attempt", NAMES)
def test_the_sandbox_denies(attempt: str, inside: dict[str, str]) -> None:
    assert inside[attempt] in DENIED


@pytest.mark.parametrize("attempt", [name for name in NAMES if name not in NOT_FOR_EVERY_ROOT])
def test_without_the_sandbox_the_same_attempt_succeeds(attempt: str, outside: dict[str, str]) -> None:
    assert outside[attempt] == "allowed"
