"""`rolecall init`: a few answers become a good configuration."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from rolecall.cli import app
from rolecall.cli import init as dialogue
from rolecall.config import load
from rolecall.config.begin import REMOTE_BOARDS, Answers, Mail, configuration
from rolecall.errors import RolecallError
from rolecall.plugins import kinds
from tests.fakes.telegram import TOKEN, FakeTelegram


def run(path: Path, *answers: str, tried: bool = False) -> Any:
    words = ["init", "-o", str(path), *([] if tried else ["--no-try"])]
    return CliRunner().invoke(app, words, input="\n".join(answers) + "\n")


def test_enter_alone_gives_a_good_configuration(tmp_path: Path) -> None:
    result = run(tmp_path / "config.toml", *[""] * 7, "n", "n", "", "", "", "")
    assert result.exit_code == 0, result.output
    config = load(tmp_path / "config.toml", kinds())
    (search,) = config.searches
    assert {"stack", "levels", "modes", "home", "min_salary"} <= search.wanted.keys()
    assert [channel.kind for channel in config.channels] == ["console"]
    assert len(config.sources) == len(REMOTE_BOARDS)
    assert "rolecall run" in result.stdout


def test_everything_said_is_in_it_and_secrets_lie_beside_it_for_their_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new" / "config.toml"
    result = run(
        path, "go, postgres", "senior lead", "hybrid", "Leeds", "£72k", "550", "y",
        "y", "123:telegram-secret", "y", "me@example.org", "", "smtp-secret", "6:45",
        "abc", "adzuna-secret", "reed-secret", "", "me@example.org",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    config = load(path, kinds())
    assert [search.name for search in config.searches] == ["Permanent", "Contract"]
    assert {channel.kind for channel in config.channels} == {"telegram", "email"}
    assert {entry.source.kind for entry in config.sources} == {"adzuna", "reed"}
    assert config.daemon.contact == "me@example.org"
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    said = path.read_text() + result.stdout
    assert not any(secret in said for secret in ("telegram-secret", "smtp-secret", "adzuna-secret", "reed-secret"))
    assert "rolecall telegram pair" in result.stdout


def test_a_mistake_is_said_and_asked_again(tmp_path: Path) -> None:
    result = run(
        tmp_path / "config.toml", "pyton", "python", "guru", "senior", "", "Leds", "Leeds", "lots", "50000", "", "",
        "n", "n", "", "", "", "",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    for words in ("I do not know 'pyton'", "'guru' is none of", "I do not know 'Leds'", "not an amount between"):
        assert words in result.stdout


def test_technologies_of_several_words_stand_between_commas(tmp_path: Path) -> None:
    result = run(tmp_path / "config.toml", "spring boot, ruby on rails,", *[""] * 6, "n", "n", "", "", "", "")
    assert result.exit_code == 0, result.output
    assert 'stack.any = ["spring_boot", "rails"]' in (tmp_path / "config.toml").read_text()


def test_where_nothing_can_be_written_nothing_is_asked(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = run(tmp_path / "file" / "config.toml")
    assert isinstance(result.exception, RolecallError)
    assert "is no folder" in str(result.exception)
    assert result.stdout == ""


def test_what_is_there_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("mine")
    result = run(tmp_path / "config.toml")
    assert isinstance(result.exception, RolecallError)
    assert (tmp_path / "config.toml").read_text() == "mine"


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as fake:
        yield fake


@pytest.mark.parametrize(("token", "said"), [(TOKEN, "Good: that is @"), ("1:wrong", "where you can mend it")])
async def test_the_bots_token_is_tried(
    telegram: FakeTelegram, monkeypatch: pytest.MonkeyPatch, token: str, said: str
) -> None:
    import rolecall_notifiers.telegram as channel

    real = channel.Telegram
    monkeypatch.setattr(channel, "Telegram", lambda token, chat: real(token, chat, base_url=telegram.base_url))
    assert said in await asyncio.to_thread(dialogue._bot, token)


async def test_where_telegram_is_out_of_reach_the_token_is_not_called_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    import rolecall_notifiers.telegram as channel

    real = channel.Telegram
    monkeypatch.setattr(channel, "Telegram", lambda token, chat: real(token, chat, base_url="http://127.0.0.1:9/bot"))
    said = await asyncio.to_thread(dialogue._bot, TOKEN)
    assert said.startswith("Not tried: Telegram cannot be reached: 127.0.0.1 cannot be connected")
    assert "mend" not in said


_NAMES = st.sampled_from(["python", "go", "csharp", "node"])


@given(
    stack=st.lists(_NAMES, unique=True).map(tuple),
    levels=st.lists(st.sampled_from(dialogue.LEVELS.split()), unique=True).map(tuple),
    modes=st.lists(st.sampled_from(dialogue.MODES.split()), unique=True).map(tuple),
    home=st.sampled_from(["", "Leeds", "SW1A 1AA"]),
    salary=st.none() | st.integers(5_000, 2_000_000),
    rate=st.none() | st.integers(50, 5_000),
    telegram=st.booleans(),
    mail=st.none() | st.just(Mail("smtp.example.org", "me@example.org", "me@example.org")),
    adzuna=st.sampled_from(["", 'a"b']),
    reed=st.booleans(),
)
def test_whatever_is_answered_the_configuration_is_good(
    stack: tuple[str, ...], levels: tuple[str, ...], modes: tuple[str, ...], home: str, salary: int | None,
    rate: int | None, telegram: bool, mail: Mail | None, adzuna: str, reed: bool,
) -> None:  # fmt: skip
    said = Answers(
        stack, levels, modes, home, None, salary, rate, sponsorship=False, telegram=telegram, mail=mail,
        boards=REMOTE_BOARDS, adzuna=adzuna, reed=reed,
    )  # fmt: skip
    dialogue._checked(configuration(said))
