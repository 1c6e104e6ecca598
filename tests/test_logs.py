"""The log holds no secret and no line that a feed wrote."""

from __future__ import annotations

import io
import logging
import os
import subprocess
import sys

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
        [sys.executable, "-c", program], capture_output=True, text=True, env=os.environ | env, check=False, timeout=30
    )


def test_a_bug_that_ends_the_process_tells_no_secret_either() -> None:
    ended = run(f"from rolecall import logs; logs.set_up('info', ['{CANARY}']); raise ValueError('%s' % '{CANARY}')")
    assert ended.returncode == 1
    assert "ended-by-a-bug" in ended.stderr
    assert "ValueError: ***" in ended.stderr
    assert CANARY not in ended.stderr


def test_the_journal_gets_priorities_and_no_second_time() -> None:
    said = run(
        "from rolecall import logs; logs.set_up('info'); import logging; logging.error('x')", JOURNAL_STREAM="8:1"
    )
    assert said.stderr == "<3>root x\n"


def test_talkative_libraries_stay_quiet_and_quieter_ones_as_they_were() -> None:
    said = run(
        "import logging; logging.getLogger('telegram').setLevel('CRITICAL')\n"
        "from rolecall import logs; logs.set_up('debug')\n"
        "for name in ('httpx', 'telegram', 'rolecall'): logging.getLogger(name).info('said by %s', name)\n"
        "logging.getLogger('telegram').error('loud')\n"
    )
    assert [line.split()[-1] for line in said.stderr.splitlines()] == ["rolecall"]
