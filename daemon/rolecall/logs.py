"""Logging: the standard library, one event word and fields a line; secrets are taken out of the finished record."""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import threading
from base64 import b64encode
from collections.abc import Iterable, Iterator
from types import TracebackType
from urllib.parse import quote, quote_plus

_TOKEN = re.compile(r"(?<!\d)\d{6,12}:[A-Za-z0-9_-]{30,}")  # a Telegram bot token, also in ".../bot123:abc/getMe"
_NOISY = ("apscheduler", "httpx", "httpcore", "telegram", "asyncio", "aiosmtplib", "apprise", "urllib3")
_PRIORITIES = {"CRITICAL": 2, "ERROR": 3, "WARNING": 4, "INFO": 6, "DEBUG": 7}


class Redacting(logging.Formatter):
    """Formats a record, traceback included, and replaces every known secret by `***`."""

    def __init__(self, fmt: str, secrets: Iterable[str]) -> None:
        super().__init__(fmt, "%Y-%m-%dT%H:%M:%S%z")  # the times in a line are in UTC, its own is the machine's
        known = {spelling for secret in secrets if len(secret) >= 4 for spelling in _spellings(secret)}
        self._secrets = sorted(known, key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return _one_record(_TOKEN.sub("***", text), record)


def _spellings(secret: str) -> Iterator[str]:
    """Yield a secret as others may write it: in an address, in quotes, behind a login in base64."""
    yield from (secret, quote(secret), quote(secret, safe=""), quote_plus(secret))
    yield from (repr(secret)[1:-1], json.dumps(secret)[1:-1], b64encode(f"{secret}:".encode()).decode())


def _one_record(text: str, record: logging.LogRecord) -> str:
    """A feed may try to write log lines of its own: a record is one line, and the lines of a traceback are indented."""
    visible = ["".join(c if c.isprintable() else " " for c in line) for line in text.split("\n")]
    return ("\n    " if record.exc_info or record.exc_text or record.stack_info else " ").join(visible)


def journal_listens() -> bool:
    """Does standard error lead to the journal, and nowhere else? (systemd.exec(5), $JOURNAL_STREAM)"""
    try:
        stream = os.fstat(sys.stderr.fileno())
    except (OSError, ValueError):  # closed, or no file
        return False
    return os.environ.get("JOURNAL_STREAM") == f"{stream.st_dev}:{stream.st_ino}"


def complain(sentence: str) -> None:
    """Print a command's last words to standard error, as an error where the journal listens."""
    sys.stderr.write(f"{'<3>' if journal_listens() else ''}rolecall: {sentence}\n")


class _Journal(Redacting):
    """journald reads a priority in angle brackets (sd-daemon(3)), line by line, and adds the time itself."""

    def format(self, record: logging.LogRecord) -> str:
        priority = f"<{_PRIORITIES.get(record.levelname, 6)}>"
        return priority + super().format(record).replace("\n", f"\n{priority}")


def set_up(level: str, secrets: Iterable[str] = ()) -> None:
    """Send all logs to standard error, or in journald's form when it is listening; also what ends the process."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        _Journal("%(name)s %(message)s", secrets)
        if journal_listens()
        else Redacting("%(asctime)s %(levelname)-7s %(message)s", secrets)
    )
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in _NOISY:
        noisy = logging.getLogger(name)
        noisy.setLevel(max(logging.WARNING, noisy.level, logging.getLevelName(level.upper())))
    sys.excepthook = _last_words
    threading.excepthook = lambda hurt: _aside(hurt.exc_type, hurt.exc_value, hurt.exc_traceback)
    sys.unraisablehook = lambda hurt: _aside(hurt.exc_type, hurt.exc_value, hurt.exc_traceback)
    logging.captureWarnings(True)


def _last_words(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """A bug that ends the process is a record like any other, so it holds no secret either."""
    logging.getLogger(__name__).critical("ended-by-a-bug", exc_info=(kind, error, trace))


def _aside(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    """Nor does one that nobody waits for: of a thread, of something that is thrown away."""
    logging.getLogger(__name__).error("bug-aside", exc_info=(kind, error or kind(), trace))
