"""`rolecall service install`: unit, configuration and credentials, written below a directory of the test's."""

from __future__ import annotations

import stat
import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from rolecall.cli import app
from rolecall.config import load
from rolecall.config.toml import quoted
from rolecall.errors import ConfigError, RolecallError
from rolecall.plugins import kinds
from rolecall.service import unit
from rolecall.service.moving import held, moved

TOKEN = "123456:canary-of-the-bot-that-nobody-may-see-0"

CONFIG = """\
# My own words stay.
[daemon]
zone = "Europe/London"   # and so do these

[channel.telegram]
token_file = "telegram-token" # from @BotFather

[channel.mail]
kind = "email"
at = ["07:30"]
host = "smtp.example.org"
user = "you@example.org"
password_env = "CANARY_PASSWORD"
sender = "you@example.org"
to = ["you@example.org"]

[[source]]
kind = "remoteok"

[[source]]
kind = "reed"
keywords = "python"
key = "canary-of-reed"

[[search]]
name = "Python"
stack.any = ["python"]
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "root"


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration with a secret beside it, one in the environment and one in itself."""
    monkeypatch.setenv("CANARY_PASSWORD", "canary-of-the-mail")
    (tmp_path / "telegram-token").write_text(TOKEN)
    path = tmp_path / "config.toml"
    path.write_text(CONFIG)
    path.chmod(0o600)
    return path


def run(*words: object, program: str = "/opt/rolecall/bin/rolecall", said: str = "") -> Result:
    """Run `rolecall service …`; a mistake of the user's is raised."""
    more = ["--program", program] if words[0] == "install" else []
    result = CliRunner().invoke(app, ["service", *map(str, words), *more], input=said)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert "canary" not in result.output
    return result


def installed(config: Path, root: Path) -> dict[str, Any]:
    run("install", "--from", config, "--root", root)
    return tomllib.loads((root / "etc/rolecall/config.toml").read_text())


def modes(root: Path) -> dict[str, int]:
    return {str(path.relative_to(root)): stat.S_IMODE(path.stat().st_mode) for path in root.rglob("*")}


# --- what is written ------------------------------------------------------------------------------------------


def test_it_writes_the_unit_that_we_ship_and_what_this_machine_adds_beside_it(config: Path, root: Path) -> None:
    installed(config, root)
    assert (root / "etc/systemd/system/rolecall.service").read_text() == unit.shipped()
    added = (root / "etc/systemd/system/rolecall.service.d/10-installed.conf").read_text()
    assert "LoadCredential=telegram-token:/etc/rolecall/credentials/telegram-token\n" in added
    assert "ExecStart" not in added


def test_a_program_elsewhere_is_the_one_that_is_started(config: Path, root: Path) -> None:
    run("install", "--from", config, "--root", root, program="/srv/jobs/bin/rolecall")
    added = (root / "etc/systemd/system/rolecall.service.d/10-installed.conf").read_text()
    assert "\nExecStart=\nExecStart=/srv/jobs/bin/rolecall run --config /etc/rolecall/config.toml\n" in added


def test_secrets_become_credentials_that_only_root_can_read(config: Path, root: Path) -> None:
    table = installed(config, root)
    found = {path.name: path.read_text().strip() for path in (root / "etc/rolecall/credentials").iterdir()}
    assert found == {"telegram-token": TOKEN, "mail-password": "canary-of-the-mail", "reed-key": "canary-of-reed"}
    assert table["channel"]["telegram"] == {"token_credential": "telegram-token"}
    assert table["channel"]["mail"]["password_credential"] == "mail-password"
    assert table["source"][1]["key_credential"] == "reed-key"
    assert "canary" not in (root / "etc/rolecall/config.toml").read_text()


def test_the_configuration_keeps_every_other_word_and_is_good_with_its_credentials(
    config: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(config, root)
    before, after = CONFIG.splitlines(), (root / "etc/rolecall/config.toml").read_text().splitlines()
    changed = [new for old, new in zip(before, after, strict=True) if old != new]
    assert changed == [
        'token_credential = "telegram-token" # from @BotFather',
        'password_credential = "mail-password"',
        'key_credential = "reed-key"',
    ]
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(root / "etc/rolecall/credentials"))
    assert not load(root / "etc/rolecall/config.toml", kinds()).off


def test_everything_has_the_mode_that_it_needs(config: Path, root: Path) -> None:
    installed(config, root)
    found = modes(root)
    assert found["etc/rolecall/credentials"] == 0o700
    assert {mode for path, mode in found.items() if "/credentials/" in path} == {0o600}
    readable = ("etc/rolecall/config.toml", "etc/systemd/system/rolecall.service")
    assert [found[path] for path in readable] == [0o644, 0o644]  # by a user that systemd makes up


def test_root_at_a_command_line_reads_the_credentials_where_systemd_takes_them(config: Path, root: Path) -> None:
    installed(config, root)
    assert not load(root / "etc/rolecall/config.toml", kinds()).off


# --- done again -----------------------------------------------------------------------------------------------


def test_done_again_it_changes_nothing(config: Path, root: Path) -> None:
    installed(config, root)
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*")}
    again = run("install", "--root", root)
    assert "Everything is as it should be." in again.output
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*")} == before


def test_the_same_command_once_more_is_no_mistake_also_when_the_secrets_are_gone(config: Path, root: Path) -> None:
    installed(config, root)
    (config.parent / "telegram-token").unlink()
    assert "Everything is as it should be." in run("install", "--from", config, "--root", root).output


def test_a_configuration_that_you_edited_stays_as_it_is(config: Path, root: Path) -> None:
    installed(config, root)
    own = root / "etc/rolecall/config.toml"
    own.write_text(own.read_text().replace('"Python"', '"My search"'))
    run("install", "--root", root)
    assert '"My search"' in own.read_text()
    with pytest.raises(RolecallError, match="is yours, and stays"):
        run("install", "--from", config, "--root", root)
    assert '"My search"' in own.read_text()


def test_an_old_unit_is_brought_up_to_date_and_the_difference_is_shown(config: Path, root: Path) -> None:
    installed(config, root)
    place = root / "etc/systemd/system/rolecall.service"
    place.write_text(unit.shipped().replace("NoNewPrivileges=yes\n", "# my own\n"))
    said = run("install", "--root", root).output
    assert "changed  /etc/systemd/system/rolecall.service" in said
    assert "  +NoNewPrivileges=yes" in said
    assert "  -# my own" in said
    assert place.read_text() == unit.shipped()


def test_a_mode_that_lets_others_in_is_set_right(config: Path, root: Path) -> None:
    installed(config, root)
    secret = root / "etc/rolecall/credentials/telegram-token"
    secret.chmod(0o644)
    assert (
        "mode     /etc/rolecall/credentials/telegram-token (0644, shall be 0600)"
        in run("install", "--root", root).output
    )
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600


def test_a_dry_run_says_it_all_and_writes_nothing(config: Path, root: Path) -> None:
    said = run("install", "--from", config, "--root", root, "--dry-run").output
    assert "new      /etc/systemd/system/rolecall.service (file, 0644)" in said
    assert "new      /etc/rolecall/credentials/telegram-token (secret, 0600)" in said
    assert f"then: systemctl --root={root} enable rolecall.service" in said
    assert not root.exists()


def test_the_secrets_that_lie_about_are_named_and_left_to_you(config: Path, root: Path) -> None:
    said = run("install", "--from", config, "--root", root).output
    assert f"`rm {config.parent / 'telegram-token'}`" in said
    assert (config.parent / "telegram-token").exists()


def test_uninstalled_the_unit_is_gone_and_what_is_yours_stays(config: Path, root: Path) -> None:
    installed(config, root)
    run("uninstall", "--root", root)
    left = {path.name for path in root.rglob("*") if path.is_file()}
    assert left == {"config.toml", "telegram-token", "mail-password", "reed-key"}
    assert "not installed" in run("uninstall", "--root", root).output


def test_status_knows_a_unit_of_another_version(config: Path, root: Path) -> None:
    installed(config, root)
    assert "of this Rolecall" in run("status", "--root", root).output
    (root / "etc/systemd/system/rolecall.service").write_text("[Service]\n")
    assert "of another version" in run("status", "--root", root).output


# --- what cannot work -----------------------------------------------------------------------------------------


def problems(config: Path, root: Path, text: str) -> str:
    config.write_text(text)
    with pytest.raises(ConfigError) as refused:
        run("install", "--from", config, "--root", root)
    assert not root.exists()
    return str(refused.value)


def test_a_virtual_environment_below_home_is_refused(config: Path, root: Path) -> None:
    with pytest.raises(ConfigError, match=r"cannot see /home/you/.venv/bin/rolecall: home directories are hidden"):
        run("install", "--from", config, "--root", root, program="/home/you/.venv/bin/rolecall")


@pytest.mark.parametrize("program", ["/srv/my jobs/bin/rolecall", "/srv/%h/bin/rolecall", "/srv/$HOME/rolecall"])
def test_a_path_that_systemd_would_read_otherwise_is_refused(program: str, config: Path, root: Path) -> None:
    with pytest.raises(ConfigError, match="cannot stand in a unit file"):
        run("install", "--from", config, "--root", root, program=program)


@pytest.mark.parametrize("name", ["../telegram-token", "bot token", "%h"])
def test_nor_may_a_credential_have_such_a_name(name: str, config: Path, root: Path) -> None:
    said = problems(config, root, CONFIG.replace('token_file = "telegram-token"', f'token_credential = "{name}"'))
    assert f"channel.telegram.token_credential: {name!r} cannot stand in a unit file" in said


def test_a_database_elsewhere_is_refused(config: Path, root: Path) -> None:
    said = problems(config, root, CONFIG.replace("[daemon]\n", '[daemon]\ndatabase = "rolecall.db"\n'))
    assert "daemon.database: the service may write below /var/lib/rolecall only. Leave it out." in said


def test_a_channel_that_writes_elsewhere_is_refused(config: Path, root: Path) -> None:
    said = problems(config, root, CONFIG + '[channel.pages]\nkind = "html"\nfolder = "digests"\nat = ["07:30"]\n')
    assert (
        'channel.pages.folder: the service may write below /var/lib/rolecall only. Write "/var/lib/rolecall/d' in said
    )


def test_a_folder_at_home_is_refused(config: Path, root: Path) -> None:
    said = problems(config, root, CONFIG + '[[source]]\nkind = "folder"\npath = "/home/you/inbox"\n')
    assert "the service cannot see /home/you/inbox" in said


def test_a_secret_that_is_not_to_be_had_is_named_where_nobody_can_be_asked(config: Path, root: Path) -> None:
    (config.parent / "telegram-token").unlink()
    with pytest.raises(RolecallError, match=r"channel.telegram.token_file: the secret in .* cannot be read"):
        run("install", "--from", config, "--root", root)


def test_it_is_asked_for_where_somebody_is_there(config: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rolecall.cli.gather._somebody_is_there", lambda: True)
    (config.parent / "telegram-token").unlink()
    run("install", "--from", config, "--root", root, said=f"{TOKEN}\n")
    assert (root / "etc/rolecall/credentials/telegram-token").read_text() == f"{TOKEN}\n"


def test_only_root_installs_and_everybody_may_look(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(RolecallError, match="only root may do that: use sudo, or see what it would do with --dry-run"):
        run("install", "--from", config)
    assert "then: systemctl enable --now rolecall.service" in run("install", "--from", config, "--dry-run").output


def test_secrets_of_a_configuration_in_place_are_moved_only_when_asked(config: Path, root: Path) -> None:
    own = root / "etc/rolecall/config.toml"
    own.parent.mkdir(parents=True)
    own.write_text(CONFIG)
    own.chmod(0o600)
    (own.parent / "telegram-token").write_text(TOKEN)
    with pytest.raises(ConfigError, match=r'channel.telegram.token_file: .* Write token_credential = "telegram-token"'):
        run("install", "--root", root)
    assert own.read_text() == CONFIG
    run("install", "--from", own, "--root", root)
    assert tomllib.loads(own.read_text())["channel"]["telegram"] == {"token_credential": "telegram-token"}


def test_a_secret_in_a_table_on_one_line_is_refused_with_what_to_write(config: Path, root: Path) -> None:
    said = problems(config, root, 'channel.telegram = { token_file = "telegram-token" }\n')
    assert 'channel.telegram.token_file: is not for the service to read. Write token_credential = "telegram' in said


def test_a_bad_configuration_is_not_installed(config: Path, root: Path) -> None:
    assert "stak" in problems(config, root, CONFIG.replace("stack.any", "stak.any"))


# --- whatever else stands in the file -------------------------------------------------------------------------

names = st.text("abcXYZ-_ .#'\"[]=", min_size=1, max_size=12)


@given(names, names, st.sampled_from(["", '# token_file = "x"\n', 'note = """\ntoken_file = "telegram-token"\n"""\n']))
def test_moving_changes_the_lines_of_secrets_or_nothing_at_all(channel: str, file: str, noise: str) -> None:
    text = f"[channel.{quoted(channel)}]\nkind = 'telegram'\n{noise}token_file = {quoted(file)} # mine\n"
    table = tomllib.loads(text)
    secrets = held(table, kinds())
    after, left = moved(text, secrets)
    if left:
        assert after == text
    else:
        del table["channel"][channel]["token_file"]
        table["channel"][channel]["token_credential"] = secrets[0].credential
        assert tomllib.loads(after) == table
        assert after.endswith("# mine\n")
