"""Bad configuration: every problem at once, each with its path, what was expected and a suggestion."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest

from rolecall.config import Config, find, load, read, secrets_of
from rolecall.errors import ConfigError
from rolecall.model import RawPosting
from rolecall.normalise import normalise, pay, vocabulary
from rolecall.plugins import kinds
from tests.shared import ROOT

GOOD = """
[channel.console]

[channel.digest]
kind = "html"
folder = "digests"
at = ["07:30", "17:00"]

[[source]]
kind = "greenhouse"
board = "larkfield"
every = "45m"

[[search]]
name = "Python"
stack.any = ["python"]
min_salary = "£70k"
notify = ["console", "digest"]
"""


def config(text: str, path: Path | None = None) -> Config:
    return read(tomllib.loads(text), kinds(), path)


def problems(text: str, path: Path | None = None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        config(text, path)
    return [str(problem) for problem in caught.value.problems]


def test_a_good_configuration_is_read() -> None:
    read_ = config(GOOD)
    assert [entry.source.name for entry in read_.sources] == ["greenhouse:larkfield"]
    assert read_.sources[0].every == timedelta(minutes=45)
    assert [(c.name, c.digests, c.at) for c in read_.channels] == [
        ("console", False, ()),
        ("digest", True, (time(7, 30), time(17, 0))),
    ]
    assert read_.owner == "console"


def test_the_example_works_as_it_is() -> None:
    example = load(ROOT / "config.example.toml", kinds())
    assert len(example.sources) >= 8
    assert example.searches[0].notify == ("console",)


def test_the_example_names_every_kind_and_its_options_are_real() -> None:
    text = (ROOT / "config.example.toml").read_text(encoding="utf-8")
    uncommented = "\n".join(
        line.removeprefix("# ") if line.startswith(("# [", "# kind", "# board", "# url", "# path")) else line
        for line in text.splitlines()
    )
    for kind in [*kinds().sources, *kinds().notifiers]:
        assert f'"{kind}"' in uncommented or f"[channel.{kind}]" in uncommented, kind


def test_all_problems_are_named_at_once_each_with_its_place_and_a_suggestion() -> None:
    found = problems(
        """
        [deamon]
        [daemon]
        zone = "Europe/Lodnon"
        digest_at = ["25:00"]
        tick = "soon"
        [channel.telegrm]
        [[source]]
        kind = "greenhouse"
        bord = "larkfield"
        [[source]]
        kind = "myspace"
        [[search]]
        name = "x"
        stack.any = ["pyhton"]
        colour = "blue"
        notify = ["nobody"]
        """
    )
    text = "\n".join(found)
    for expected in (
        "deamon: is not a part of the configuration. Did you mean 'daemon'?",
        "daemon.zone: 'Europe/Lodnon' is not a time zone",
        "daemon.digest_at[1]: '25:00' is not a time of day",
        "daemon.tick: 'soon' is not a length of time",
        "channel.telegrm.kind: 'telegrm' is not a kind. Did you mean 'telegram'?",
        "source[1].bord: is not an option here. Did you mean 'board'?",
        "source[1].board: is required.",
        "source[2].kind: 'myspace' is not a kind. Kinds are: ",
        'search[1].stack.any[1]: "pyhton" is not a technology I know. Did you mean "Python"?',
        "search[1].colour: is not a key I know.",
        "search[1].notify: there is no channel 'nobody'.",
    ):
        assert expected in text, f"{expected!r} is missing in:\n{text}"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("[channel.console]", "[channel]\nconsole = 3"), "channel.console: is not a table"),
        (('every = "45m"', 'every = "1s"'), "source[1].every: is too often for greenhouse:larkfield."),
        (('every = "45m"', "every = 45"), "source[1].every: '45' is not a length of time"),
        (('board = "larkfield"', "board = 7"), "source[1].board: should be a valid string, not 7."),
        (('notify = ["console", "digest"]', 'notify = ["consle"]'), "Did you mean 'console'?"),
        (("[channel.console]", '[daemon]\ndigest_at = ["25:00"]\n[channel.console]'), "digest_at[1]: '25:00' is not a"),
        (('kind = "html"', 'kind = "html"\nevery = "0s"'), "channel.digest.every: no time at all is not possible here"),
        (('kind = "html"', 'kind = "html"\nevery = "9999999d"'), "channel.digest.every: '9999999d' is too long"),
        (("[channel.console]", '[daemon]\ntick = "0s"\n[channel.console]'), "daemon.tick: no time at all"),
        (("[channel.console]", f'[daemon]\ngrace = "{"9" * 99}d"\n[channel.console]'), "is too long; a hundred years"),
        (("[channel.console]", '[daemon]\ndigest_at = "07:30"\n[channel.console]'), 'Write ["07:30"].'),
        (('kind = "greenhouse"', ""), "source[1].kind: is required. Kinds are: "),
        (('kind = "html"', 'kind = "html"\ncolor = 1'), "channel.digest.color: is not an option here."),
    ],
)
def test_one_mistake_is_one_sentence(change: tuple[str, str], expected: str) -> None:
    found = problems(GOOD.replace(*change))
    assert len(found) == 1, found
    assert expected in found[0]


def test_the_same_source_or_search_twice_is_a_problem() -> None:
    source, search = GOOD.partition("[[source]]")[2], GOOD.partition("[[search]]")[2]
    assert any("listed twice" in p for p in problems(GOOD + "[[source]]" + source.partition("[[search]]")[0]))
    assert any("used twice" in p for p in problems(GOOD + "[[search]]" + search))


def test_a_relative_folder_is_meant_from_the_configuration_file(tmp_path: Path) -> None:
    channel = config(GOOD, tmp_path / "config.toml").channel("digest")
    assert channel is not None
    assert channel.notifier == kinds().notifiers["html"](folder=tmp_path / "digests")


def test_no_digest_time_at_all_is_refused() -> None:
    assert "daemon.digest_at" in problems("[daemon]\ndigest_at = []\n" + GOOD)[0]


def test_a_disabled_source_is_left_out() -> None:
    assert config(GOOD.replace('every = "45m"', "enabled = false")).sources == ()


# --- secrets --------------------------------------------------------------------------------------------------

TELEGRAM = "[channel.telegram]\nchat_id = 1\n"
TOKEN = "12345678:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr"  # invented


def token_of(read_: Config) -> str:
    return secrets_of(read_)[0]


def test_a_secret_comes_from_a_file_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    assert token_of(config(TELEGRAM + 'token_file = "token"', tmp_path / "config.toml")) == TOKEN


def test_a_secret_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TOKEN", TOKEN)
    assert token_of(config(TELEGRAM + 'token_env = "BOT_TOKEN"')) == TOKEN


def test_a_secret_comes_from_a_systemd_credential(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "telegram-token").write_text(TOKEN)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert token_of(config(TELEGRAM + 'token_credential = "telegram-token"')) == TOKEN


@pytest.mark.parametrize(("mode", "refused"), [(0o600, False), (0o640, True), (0o644, True)])
def test_an_inline_secret_is_accepted_only_where_nobody_else_can_read_it(
    tmp_path: Path, mode: int, refused: bool
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(TELEGRAM + f'token = "{TOKEN}"')
    path.chmod(mode)
    if not refused:
        assert token_of(load(path, kinds())) == TOKEN
        return
    with pytest.raises(ConfigError, match="chmod 600") as caught:
        load(path, kinds())
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('token_file = "absent"', "channel.telegram.token_file: the secret in absent cannot be read"),
        ('token_env = "NOT_SET_ANYWHERE"', "the environment variable NOT_SET_ANYWHERE is not set"),
        ('token_credential = "x"', "$CREDENTIALS_DIRECTORY"),
        ('token_env = "HOME"\ntoken_file = "x"', "given in more than one way"),
        ("", "channel.telegram.token: is required. Give it as token_file, token_env or token_credential."),
    ],
)
def test_a_secret_that_cannot_be_read_is_said_once(line: str, expected: str) -> None:
    found = problems(TELEGRAM + line)
    assert expected in found[0]
    assert len(found) == 1


REED = "\n[[source]]\nkind = 'reed'\nlabel = 'python'\n"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("", "it has no key: give it key_file, key_env or key_credential"),
        ('key_env = "NOT_SET_ANYWHERE"', "the environment variable NOT_SET_ANYWHERE is not set"),
        ('key_credential = "reed"', "there is no $CREDENTIALS_DIRECTORY"),
        ('key_file = "absent"', "the secret in absent cannot be read: No such file or directory"),
    ],
)
def test_a_source_without_its_key_is_off_and_all_else_is_good(line: str, why: str) -> None:
    read_ = config(GOOD + REED + line)
    assert [entry.source.name for entry in read_.sources] == ["greenhouse:larkfield"]
    (off,) = read_.off
    assert off.source.name == "reed:python"
    assert why in off.why
    assert secrets_of(read_) == [], "an empty secret would black out the whole log"


def test_a_key_may_come_in_every_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_text("invented\n")
    monkeypatch.setenv("REED_KEY", "invented")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    for line in ('key_file = "key"', 'key_env = "REED_KEY"', 'key_credential = "key"'):
        read_ = config(GOOD + REED + line, tmp_path / "config.toml")
        assert (read_.off, secrets_of(read_)) == ((), ["invented"])


@pytest.mark.parametrize(
    "line", ['key_env = "HOME"\nkey_file = "x"', 'key_fil = "x"', 'key_env = "X"\ndistance = "far"']
)
def test_a_mistake_beside_a_missing_key_is_still_a_problem(line: str) -> None:
    assert len(problems(GOOD + REED + line)) == 1


def test_no_secret_shows_in_the_text_form_of_a_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TOKEN", TOKEN)
    assert TOKEN not in repr(config(TELEGRAM + 'token_env = "BOT_TOKEN"'))


# --- finding --------------------------------------------------------------------------------------------------


def test_the_configuration_is_found_here_before_the_home_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "xdg" / "rolecall"
    home.mkdir(parents=True)
    (home / "config.toml").write_text(GOOD)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    monkeypatch.chdir(tmp_path)
    assert find() == home / "config.toml"
    (tmp_path / "config.toml").write_text(GOOD)
    assert find() == Path("config.toml")


def test_no_configuration_names_every_place_that_was_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match="`rolecall init`") as caught:
        find()
    assert str(tmp_path / "rolecall") in str(caught.value)


@pytest.mark.parametrize("content", [b"[channel", b'a = "'])
def test_what_is_no_toml_is_one_clear_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match="is not valid TOML"):
        load(path, kinds())


@pytest.mark.parametrize(("content", "line"), [(b"\xff\xfe", 1), ("# ok\nzone = 'Zürich'".encode("latin-1"), 2)])
def test_what_is_not_utf_8_is_said_so_with_its_line(tmp_path: Path, content: bytes, line: int) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=f"is not UTF-8 in line {line}. Save it as UTF-8."):
        load(path, kinds())


def test_a_folder_is_no_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is a folder, not a file"):
        find(tmp_path)


@pytest.mark.parametrize("port", [0, 70_000])
def test_a_port_that_there_is_not_is_a_problem(port: int) -> None:
    mail = f'[channel.mail]\nkind = "email"\nhost = "h"\nsender = "a@b.example"\nto = "a@b.example"\nport = {port}\n'
    assert problems(mail) == [f"channel.mail: port is a number from 1 to 65535, not {port}."]


WRONG: list[Any] = ["[[channel]]", "source = 3", "daemon = []", "[source]", "search = 'x'"]


@pytest.mark.parametrize("text", WRONG)
def test_a_part_of_the_wrong_shape_is_a_problem_not_a_crash(text: str) -> None:
    assert problems(text)


# --- pay and vocabulary ---------------------------------------------------------------------------------------


@pytest.fixture
def shipped() -> Iterator[None]:
    yield
    vocabulary.use(vocabulary.SHIPPED)
    pay.use(pay.Factors())


OURS = """
[[vocabulary.tech]]
id = "larkframe"
name = "Larkframe"
implies = ["python"]
"""


@pytest.mark.usefixtures("shipped")
def test_a_technology_of_ones_own_can_be_searched_for_and_is_read() -> None:
    read_ = config(OURS + GOOD.replace('["python"]', '["larkframe"]'))
    assert read_.searches[0].wanted["stack"]
    stack = normalise(RawPosting("x", "1", "Engineer", description="We use Larkframe.")).stack
    assert {"larkframe", "python"} <= {tech.id for tech in stack}


@pytest.mark.usefixtures("shipped")
def test_a_bad_vocabulary_is_refused_and_the_old_one_stays() -> None:
    assert any("vocabulary" in p for p in problems(OURS.replace('"larkframe"', '"Lark Frame!"') + GOOD))
    assert any("nonsense" in p for p in problems(OURS.replace('["python"]', '["nonsense"]') + GOOD))
    assert vocabulary.resolve("Larkframe") is None


@pytest.mark.usefixtures("shipped")
def test_the_factors_of_pay_are_the_users() -> None:
    config("[pay]\nworking_days = 200\nhours_per_day = 8\nforeign_tolerance = '5%'\n" + GOOD)
    found = normalise(RawPosting("x", "1", "Developer", description="Contract, £500 per day.")).salary.value
    assert found is not None
    assert found.annual_gbp == (100_000, 100_000)


@pytest.mark.usefixtures("shipped")
@pytest.mark.parametrize("line", ["working_days = 900", "foreign_tolerance = 'lots'", "hours = 8"])
def test_impossible_factors_are_refused(line: str) -> None:
    assert problems(f"[pay]\n{line}\n" + GOOD)[0].startswith("pay.")
