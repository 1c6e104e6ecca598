"""`rolecall run` on a machine that has never seen Rolecall."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROLECALL = str(Path(sys.executable).with_name("rolecall"))

CONFIG = """
[channel.console]

[[source]]
kind = "folder"
path = "."

[[search]]
name = "Python"
stack.any = ["python"]
"""


def run_once(folder: Path, config: str, home: Path) -> subprocess.CompletedProcess[str]:
    (folder / "config.toml").write_text(config)
    (folder / "jobs.jsonl").write_text('{"id": "1", "title": "Python Developer", "company": "Larkspur"}\n')
    own = ("XDG_STATE_HOME", "STATE_DIRECTORY")
    environment = {key: value for key, value in os.environ.items() if key not in own} | {"HOME": str(home)}
    command = [ROLECALL, "run", "--once"]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


def test_the_first_run_makes_the_default_state_directory(tmp_path: Path) -> None:
    done = run_once(tmp_path, CONFIG, tmp_path / "home")
    assert done.returncode == 0, done.stderr
    state = tmp_path / "home/.local/state/rolecall"
    assert (state / "rolecall.db").is_file()
    assert state.stat().st_mode & 0o077 == 0, "for nobody else"


def test_a_directory_that_the_user_named_is_not_made(tmp_path: Path) -> None:
    done = run_once(tmp_path, '[daemon]\ndatabase = "typo/rolecall.db"\n' + CONFIG, tmp_path)
    assert done.returncode == 1
    assert "typo does not exist" in done.stderr
    assert not (tmp_path / "typo").exists()


def test_a_home_that_can_hold_nothing_is_said_in_one_line(tmp_path: Path) -> None:
    done = run_once(tmp_path, CONFIG, Path("/dev/null"))
    assert done.returncode == 1
    assert done.stderr.splitlines() == ["rolecall: /dev/null/.local/state/rolecall cannot be made: Not a directory"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_configuration_that_may_not_be_read_ends_with_78_so_that_systemd_does_not_try_again(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.touch(mode=0)
    done = subprocess.run(
        [ROLECALL, "run", "--config", str(path)], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 78
    assert done.stderr == f"rolecall: {path}: cannot be read: Permission denied.\n"
