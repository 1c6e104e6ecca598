"""The log holds no secret and no line that a feed wrote."""

from __future__ import annotations

import io
import logging
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from rolecall.logs import Redacting

CANARY = "canary-of-the-mail-password"
BOT = "987654321:AAcanary-token-that-nobody-told-us-about-0"


@pytest.fixture
def log() -> tuple[logging.Logger, io.StringIO]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Redacting("%(asctime)s %(levelname)-7s %(message)s", [CANARY, "abc"]))
    logger = logging.Logger("test")
    logger.addHandler(handler)
    return logger, stream


def test_a_secret_is_taken_out_of_messages_arguments_and_tracebacks(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = log
    logger.info(f"login with {CANARY}")
    logger.info("login with %s", CANARY)
    try:
        try:
            raise ValueError(f"{CANARY} is wrong")
        except ValueError as error:
            raise KeyError(CANARY) from error
    except KeyError:
        logger.exception("trouble with %s", [CANARY])
    text = stream.getvalue()
    assert text.count("***") >= 5
    assert "Traceback" in text
    assert "canary" not in text.replace("CANARY", "")


def test_a_bot_token_that_nobody_told_us_about_is_taken_out_too(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = log
    logger.warning("POST https://api.telegram.org/bot%s/sendMessage", BOT)
    assert stream.getvalue().endswith("https://api.telegram.org/bot***/sendMessage\n")


def test_a_word_too_short_to_be_a_secret_does_not_riddle_the_log(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = log
    logger.info("abc")
    assert "abc" in stream.getvalue()


FORGED = "x\n2026-01-01T00:00:00 INFO    sent\r\x1b[2J\u2028<3>forged\x00\u202e"


def test_a_feed_cannot_write_lines_of_its_own(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = log
    logger.warning("poll-failed error=%s", FORGED)
    assert stream.getvalue().count("\n") == 1
    assert not set("\r\x1b\u2028\x00\u202e") & set(stream.getvalue())


def test_nor_by_a_traceback(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = log
    try:
        raise ValueError(FORGED)
    except ValueError:
        logger.exception("poll-bug %s", FORGED)
    first, *rest = stream.getvalue().removesuffix("\n").split("\n")
    assert "poll-bug" in first
    assert all(line.startswith("    ") for line in rest)
    assert not set("\r\x1b\u2028\x00\u202e") & set(stream.getvalue())


def run(program: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=os.environ | env, check=False, timeout=120
    )


def test_a_bug_that_ends_the_process_tells_no_secret_either() -> None:
    ended = run(f"from rolecall import logs; logs.set_up('info', ['{CANARY}']); raise ValueError('%s' % '{CANARY}')")
    assert ended.returncode == 1
    assert "ended-by-a-bug" in ended.stderr
    assert "ValueError: ***" in ended.stderr
    assert CANARY not in ended.stderr


SAYS = "from rolecall import logs; logs.set_up('info'); import logging; logging.error('x'); logs.complain('y')"
FAILS = "from rolecall import logs; logs.set_up('info'); raise ValueError('z')"


def test_the_journal_gets_priorities_and_no_second_time(tmp_path: Path) -> None:
    assert journal_of(SAYS, tmp_path) == ["<3>root x", "<3>rolecall: y"]
    trace = journal_of(FAILS, tmp_path)
    assert len(trace) > 3
    assert all(line.startswith("<2>") for line in trace)


def journal_of(program: str, folder: Path) -> list[str]:
    """Run a program whose standard error is what its $JOURNAL_STREAM says; return the lines that it wrote."""
    with (folder / "journal").open("w+") as journal:
        stream = os.fstat(journal.fileno())
        env = os.environ | {"JOURNAL_STREAM": f"{stream.st_dev}:{stream.st_ino}"}
        subprocess.run([sys.executable, "-c", program], stderr=journal, env=env, check=False, timeout=120)
    return (folder / "journal").read_text().splitlines()


def test_what_does_not_go_to_the_journal_has_times_and_levels_though_systemd_started_it() -> None:
    log, last = run(SAYS, JOURNAL_STREAM="8:1").stderr.splitlines()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4} ERROR   x", log)
    assert last == "rolecall: y"


def test_talkative_libraries_stay_quiet_and_quieter_ones_as_they_were() -> None:
    said = run(
        "import logging; logging.getLogger('telegram').setLevel('CRITICAL')\n"
        "from rolecall import logs; logs.set_up('debug')\n"
        "for name in ('httpx', 'telegram', 'rolecall'): logging.getLogger(name).info('said by %s', name)\n"
        "logging.getLogger('telegram').error('loud')\n"
    )
    assert [line.split()[-1] for line in said.stderr.splitlines()] == ["rolecall"]
