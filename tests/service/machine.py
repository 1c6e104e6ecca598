"""A machine of its own for the unit: a real systemd in namespaces, with Rolecall's wheel installed in it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.shared import ROOT, needs

BOOT = Path(__file__).with_name("boot.sh")
VENV = "/opt/rolecall"
PYTHON = "/opt/python"
LIVES = 7200  # seconds, at most
REFUSED = 77


@dataclass(frozen=True)
class Machine:
    """What a test may do with it, as its root: run programs, write files, wait for something."""

    pid: int  # of its systemd, as seen from here

    def run(self, *args: str, stdin: str = "", code: int | None = 0) -> subprocess.CompletedProcess[str]:
        """Run a program inside; it must end with `code` (None: anyhow)."""
        done = subprocess.run(
            ["nsenter", f"--target={self.pid}", "--all", "env", "--chdir=/", *args],
            input=stdin, capture_output=True, text=True, check=False, timeout=120,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"},
        )  # fmt: skip
        assert code is None or done.returncode == code, f"{args}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def write(self, path: str, text: str, mode: str = "644") -> None:
        """Write a file whole: whoever reads the folder sees no half of it."""
        self.run("install", f"--mode={mode}", "/dev/stdin", "/var/tmp/incoming", stdin=text)  # noqa: S108 # in there
        self.run("mkdir", "--parents", str(Path(path).parent))
        self.run("mv", "/var/tmp/incoming", path)  # noqa: S108

    def show(self, unit: str, name: str) -> str:
        return self.run("systemctl", "show", "--value", f"--property={name}", unit).stdout.strip()

    def journal(self, unit: str) -> str:
        """Return what the unit has said since its last start."""
        life = self.show(unit, "InvocationID")
        return self.run("journalctl", "--no-pager", "--output=cat", f"_SYSTEMD_INVOCATION_ID={life}").stdout

    def mode(self, path: str) -> str:
        """Return a file's mode and owner's number: "600 61234"."""
        return self.run("stat", "--format=%a %u", path).stdout.strip()


def until(there: Callable[[], object], what: str, seconds: float = 120) -> None:
    """Wait until something is so; fails, saying what it was, when it does not come."""
    deadline = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < deadline, f"in {seconds:.0f} s it did not come to: {what}"
        time.sleep(0.1)


@contextmanager
def booted(folder: Path) -> Iterator[Machine]:
    """Boot a machine with Rolecall in /opt/rolecall; skips where that cannot be, but for a missing tool in CI."""
    _need_the_tools()
    binds = _mounts(_wheel(folder))
    with subprocess.Popen(["bash", BOOT, str(LIVES), str(folder), *binds], stderr=subprocess.DEVNULL) as process:
        try:
            machine = Machine(_first_process(process))
            until(
                lambda: machine.run("systemctl", "is-system-running", code=None).stdout.strip() == "running", "running"
            )
            _install(machine)
            yield machine
        finally:
            _end(process)


def _end(boot: subprocess.Popen[bytes]) -> None:
    """Pull the plug; the script that booted it then tidies up."""
    for pid in _descendants(boot.pid):
        if _name(pid) == "systemd":
            os.kill(pid, signal.SIGKILL)
    boot.wait(120)


def _need_the_tools() -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root, to boot a systemd of its own")
    for tool in ("systemctl", "journalctl", "unshare", "nsenter"):
        needs(shutil.which(tool), tool)


def _first_process(boot: subprocess.Popen[bytes]) -> int:
    """Return the number of the systemd in its namespaces, as soon as there is one."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if boot.poll() == REFUSED:
            pytest.skip("namespaces, mounts or control groups are refused here: no systemd can be booted")
        for pid in _descendants(boot.pid):
            if _name(pid) == "systemd":
                return pid
        time.sleep(0.05)
    pytest.fail("no systemd was booted in 120 seconds")


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:  # it has ended
        return ""


def _descendants(pid: int) -> Iterator[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in map(int, children):
        yield child
        yield from _descendants(child)


# --- Rolecall in it -------------------------------------------------------------------------------------------


def _wheel(folder: Path) -> Path:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "wheel")],
        cwd=ROOT, check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    (wheel,) = (folder / "wheel").glob("*.whl")
    return wheel


def _parts() -> list[str]:
    """Return the folders of what this Python has installed."""
    return [path for path in dict.fromkeys(sys.path) if path.endswith("-packages") and Path(path).is_dir()]


def _mounts(wheel: Path) -> list[str]:
    """Return what is to be seen inside: this Python and its packages, which may lie below a hidden home."""
    python = [] if sys.base_prefix == "/usr" else [f"{sys.base_prefix}:{PYTHON}"]
    packages = [f"{path}:/opt/packages/{number}" for number, path in enumerate(_parts())]
    return [*python, *packages, f"{wheel.parent}:/opt/wheel"]


def _install(machine: Machine) -> None:
    """Make the virtual environment of systemd/README.md: the wheel is unpacked, its dependencies are those of here."""
    home = "/usr" if sys.base_prefix == "/usr" else PYTHON
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    python = f"{VENV}/bin/python"
    machine.run("ldconfig", f"{home}/lib")
    machine.run(f"{home}/bin/{version}", "-m", "venv", "--without-pip", VENV)
    site = f"{VENV}/lib/{version}/site-packages"
    machine.write(f"{site}/packages.pth", "".join(f"/opt/packages/{number}\n" for number in range(len(_parts()))))
    (wheel,) = machine.run("sh", "-c", "echo /opt/wheel/*.whl").stdout.split()
    machine.run(python, "-m", "pip", "--quiet", "install", "--no-deps", "--no-index", "--ignore-installed", wheel)
