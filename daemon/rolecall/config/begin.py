"""A first configuration from a few answers: pure. Secrets go to files of their own beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rolecall.config.toml import value

Table = Mapping[str, Any]

REMOTE_BOARDS: tuple[Table, ...] = (
    {"kind": "remoteok"},
    {"kind": "remotive"},
    {"kind": "jobicy"},
    {"kind": "himalayas"},
    {"kind": "feed", "preset": "weworkremotely"},
    {"kind": "hackernews"},
)
"""Boards that need no key and have jobs for backend developers who work from home."""


@dataclass(frozen=True, slots=True)
class Mail:
    """An SMTP account and whom to write to."""

    host: str
    user: str
    to: str
    at: str = "07:30"


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person said. `home` "" = anywhere; floors None = not asked for; `keys`: source kind → what is searched."""

    stack: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    home: str = ""
    max_miles: int | None = None
    min_salary: int | None = None
    min_day_rate: int | None = None
    sponsorship: bool = False
    telegram: bool = False
    mail: Mail | None = None
    boards: tuple[Table, ...] = ()
    adzuna: str = ""  # the app_id; the key is a secret
    reed: bool = False
    zone: str = "Europe/London"
    contact: str = ""


@dataclass(frozen=True, slots=True)
class _Part:
    head: str
    table: Table
    word: str = ""
    lines: list[str] = field(default_factory=list)


def configuration(said: Answers) -> str:
    """Return the configuration as TOML; `rolecall check` finds it good."""
    parts = [*_daemon(said), *_channels(said), *_sources(said), *_searches(said)]
    head = "# Rolecall, written by `rolecall init`. Everything that can be said here: config.example.toml\n"
    return "\n".join([head, *map(_written, parts)])


def _written(part: _Part) -> str:
    lines = [f"# {part.word}"] if part.word else []
    return "\n".join([*lines, part.head, *(f"{key} = {value(each)}" for key, each in part.table.items())]) + "\n"


def _daemon(said: Answers) -> Iterator[_Part]:
    table = {"zone": said.zone} | ({"contact": said.contact} if said.contact else {})
    yield _Part("[daemon]", table)


def _channels(said: Answers) -> Iterator[_Part]:
    if said.telegram:
        word = "each job at once; `rolecall telegram pair` binds your chat"
        yield _Part("[channel.telegram]", {"token_file": "telegram-token", "chat_id": "paired"}, word)
    if said.mail is not None:
        mail = said.mail
        table = {
            "kind": "email", "at": [mail.at], "host": mail.host, "user": mail.user,
            "password_file": "smtp-password", "sender": mail.user, "to": [mail.to],
        }  # fmt: skip
        yield _Part("[channel.digest]", table, "one digest a day")
    if not said.telegram:
        yield _Part("[channel.console]", {}, "prints what it finds")


def _sources(said: Answers) -> Iterator[_Part]:
    keyed = " ".join(said.stack[:1]) or "software developer"
    where = {"where": said.home} if said.home else {}
    if said.adzuna:
        table = {"kind": "adzuna", "what": f"{keyed} developer", **where}
        yield _Part("[[source]]", {**table, "app_id": said.adzuna, "app_key_file": "adzuna-app-key"})
    if said.reed:
        place = {"location": said.home} if said.home else {}
        yield _Part("[[source]]", {"kind": "reed", "keywords": f"{keyed} developer", **place, "key_file": "reed-key"})
    yield from (_Part("[[source]]", board) for board in said.boards)


def _searches(said: Answers) -> Iterator[_Part]:
    if said.min_salary is not None or said.min_day_rate is None:
        yield _Part("[[search]]", _search(said, "Permanent" if said.min_day_rate else "My next job", permanent=True))
    if said.min_day_rate is not None:
        yield _Part("[[search]]", _search(said, "Contract", permanent=False))


def _search(said: Answers, name: str, *, permanent: bool) -> Table:
    pay: Table = {"min_salary": said.min_salary} if permanent else {"min_day_rate": said.min_day_rate}
    wanted = {
        "name": name,
        "stack.any": list(said.stack),
        "levels": list(said.levels),
        "modes": list(said.modes),
        "home": said.home,
        "max_miles": said.max_miles,
        "contract": (["permanent", "fixed_term"] if permanent else ["contract"]) if said.min_day_rate else [],
        **pay,
        "need_sponsorship": said.sponsorship or None,
    }
    return {key: each for key, each in wanted.items() if each not in (None, "", [])}


def summary(said: Answers) -> str:
    """Return in one sentence what will be watched and told."""
    told = _listed(["Telegram"] * said.telegram + ["a daily mail"] * (said.mail is not None)) or "this terminal"
    count = len(said.boards) + bool(said.adzuna) + said.reed
    return f"{count} boards will be watched, and you will be told by {told}."


def _listed(words: Iterable[str]) -> str:
    found: Sequence[str] = list(words)
    return " and ".join(found)
