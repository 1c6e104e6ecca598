"""Who may read what: which files are taken, which refused, and how those are made that Rolecall writes."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from rolecall.config import Config, load
from rolecall.doctor import Finding, examine_all
from rolecall.errors import ConfigError
from rolecall.plugins import kinds
from tests.house import NOON

COMMAND = Path(sys.executable).with_name("rolecall")
TOKEN = "123456789:AAcanary-token-of-no-bot-at-all-0000000"

FROM_FILE = '[channel.telegram]\ntoken_file = "token"\nchat_id = 1\n[daemon]\ndatabase = "rolecall.db"\n'
INLINE = FROM_FILE.replace('token_file = "token"', f'token = "{TOKEN}"')


def loaded(folder: Path, text: str = FROM_FILE, mode: int = 0o600, secret: bytes = TOKEN.encode()) -> Config:
    (folder / "config.toml").write_bytes(text.encode())
    (folder / "config.toml").chmod(mode)
    if not (folder / "token").exists():
        (folder / "token").write_bytes(secret)
        (folder / "token").chmod(0o600)
    return load(folder / "config.toml", kinds())


def token(config: Config) -> str:
    return str(config.channels[0].notifier.token.reveal())  # type: ignore[attr-defined] # of the Telegram channel


def refusal(folder: Path, text: str = FROM_FILE, mode: int = 0o600, secret: bytes = TOKEN.encode()) -> str:
    with pytest.raises(ConfigError) as refused:
        loaded(folder, text, mode, secret)
    assert TOKEN not in str(refused.value)
    return str(refused.value)


# --- what is read ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [0o400, 0o600, 0o640, 0o644, 0o666])
def test_a_configuration_without_secrets_may_be_read_by_anybody(tmp_path: Path, mode: int) -> None:
    assert token(loaded(tmp_path, mode=mode)) == TOKEN


@pytest.mark.parametrize("mode", [0o640, 0o644, 0o604, 0o666])
def test_a_secret_in_a_configuration_that_others_can_read_is_refused_with_the_command_that_helps(
    tmp_path: Path, mode: int
) -> None:
    assert f"run `chmod 600 {tmp_path / 'config.toml'}`" in refusal(tmp_path, INLINE, mode)


@pytest.mark.parametrize("mode", [0o400, 0o600])
def test_a_secret_in_a_configuration_of_ones_own_is_taken(tmp_path: Path, mode: int) -> None:
    assert token(loaded(tmp_path, INLINE, mode)) == TOKEN


@pytest.mark.parametrize(
    "content",
    [b"%s", b"%s\n", b"%s\r\n", b"\xef\xbb\xbf%s\r\n", b"\n %s \n\n"],
    ids=["bare", "newline", "of Windows", "of Notepad", "blanks"],
)
def test_a_secret_is_what_is_written_whatever_the_editor_adds(tmp_path: Path, content: bytes) -> None:
    assert token(loaded(tmp_path, secret=content.replace(b"%s", TOKEN.encode()))) == TOKEN


@pytest.mark.parametrize("before", ["\ufeff", "# a comment\r\n"], ids=["of Notepad", "of Windows"])
def test_so_is_the_configuration(tmp_path: Path, before: str) -> None:
    assert token(loaded(tmp_path, before + FROM_FILE)) == TOKEN


@pytest.mark.parametrize(("content", "why"), [(b"", "is empty"), (b" \r\n", "is empty"), (b"\xff\xfe\x00", "not text")])
def test_a_secret_file_without_a_secret_is_refused(tmp_path: Path, content: bytes, why: str) -> None:
    assert why in refusal(tmp_path, secret=content)


def test_a_secret_file_may_be_a_link_and_not_a_folder_or_missing(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text(TOKEN)
    (tmp_path / "token").symlink_to("kept")
    assert token(loaded(tmp_path)) == TOKEN
    (tmp_path / "kept").unlink()
    (tmp_path / "config.toml").write_text(FROM_FILE)
    with pytest.raises(ConfigError, match="No such file"):
        load(tmp_path / "config.toml", kinds())
    (tmp_path / "token").unlink()
    (tmp_path / "token").mkdir()
    assert "Is a directory" in refusal(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root can read everything")
def test_a_secret_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(TOKEN)
    (tmp_path / "token").chmod(0)
    assert "Permission denied" in refusal(tmp_path)


@pytest.mark.parametrize("mode", [0o640, 0o644, 0o666])
def test_the_doctor_says_who_else_can_read_a_secret_file(tmp_path: Path, mode: int) -> None:
    """It is taken: containers bring theirs with mode 0444, and a group may be the daemon's own."""
    (tmp_path / "token").write_text(TOKEN)
    (tmp_path / "token").chmod(mode)
    assert _said_of(loaded(tmp_path), "secret").level == "bad"


def test_the_doctor_says_who_else_can_write_the_configuration(tmp_path: Path) -> None:
    assert _said_of(loaded(tmp_path, mode=0o644), "configuration").level == "ok"
    assert _said_of(loaded(tmp_path, mode=0o666), "configuration").level == "bad"


def _said_of(config: Config, what: str) -> Finding:
    return next(finding for finding in examine_all(config, NOON) if finding.what == what)


# --- a secret in the wrong place ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        f'tokn = "{TOKEN}"', f'token = ["{TOKEN}"]', f'token_env = "{TOKEN}"', f'token = {{ is = "{TOKEN}" }}',
        f'timeout = "{TOKEN}"', f'interval = ["{TOKEN}"]', f'zone = "{TOKEN}"',
    ],
)  # fmt: skip
def test_a_secret_in_the_wrong_place_is_not_repeated(tmp_path: Path, line: str) -> None:
    assert refusal(tmp_path, f"[channel.telegram]\n{line}\nchat_id = 1\n")


# --- what is written ------------------------------------------------------------------------------------------


def test_what_rolecall_writes_is_for_its_user_alone_also_where_the_umask_is_open(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        '[daemon]\ndatabase = "rolecall.db"\n[channel.pages]\nkind = "html"\nfolder = "pages"\n'
        '[[source]]\nkind = "folder"\npath = "inbox"\n[[search]]\nname = "x"\nstack.any = ["python"]\n'
    )
    (tmp_path / "inbox").mkdir(0o755)
    given = {path.name for path in tmp_path.iterdir()}
    for args in (("run", "--once"), ("test", "pages"), ("mute", "Invented Works"), ("backup", "kept.db")):
        subprocess.run(
            [COMMAND, *args], cwd=tmp_path, umask=0, check=args[0] != "run", capture_output=True, timeout=120
        )
    made = {path.name: path for path in tmp_path.iterdir() if path.name not in given}
    assert {"rolecall.db", "rolecall.db.lock", "kept.db", "pages"} <= made.keys()
    for name, path in made.items():
        open_to_others = stat.S_IMODE(path.stat().st_mode) & 0o077
        assert open_to_others == (0o055 if name == "pages" else 0), f"{name} {path.stat().st_mode:o}"
