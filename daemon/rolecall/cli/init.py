"""`init`: a few questions, and a good configuration at the end."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from rolecall.errors import ConfigError, Deferred, DeliveryError, RolecallError
from rolecall.terminal import dim, strong

if TYPE_CHECKING:
    from rolecall.config.begin import Answers, Mail
    from rolecall.model import Period

T = TypeVar("T")

LEVELS = "junior mid senior lead staff principal"
MODES = "remote hybrid onsite"
NO_CHANNEL = "Later: [channel.…] in the configuration. Until then it prints what it finds."


def register(app: typer.Typer) -> None:
    app.command()(init)


def init(
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Where to write it.")] = Path(
        "config.toml"
    ),
    try_out: Annotated[
        bool, typer.Option("--try/--no-try", help="Ask Telegram and the mail server whether what you say is right.")
    ] = True,
) -> None:
    """Ask what you look for and where to tell you, and write a good configuration."""
    from rolecall.config.begin import configuration, summary

    if output.exists():
        raise RolecallError(f"{output} exists already; edit it, or name another file with --output")
    _can_be_written(output)
    typer.echo("A few questions. Enter alone takes what stands in brackets.\n")
    secrets: dict[str, str] = {}
    said = _ask(secrets, try_out=try_out)
    text = configuration(said)
    _write(output, text, secrets)
    typer.echo(f"\n{strong('Written:')} {output}{_beside(secrets)}. {summary(said)}")
    typer.echo(_next(output, said))


def _can_be_written(output: Path) -> None:
    """Raise where the answers could not be kept: that is better said before the questions."""
    folder = next(each for each in output.absolute().parents if each.exists())
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise RolecallError(f"cannot write {output}: {folder} is {'not writable' if folder.is_dir() else 'no folder'}")


def _ask(secrets: dict[str, str], *, try_out: bool) -> Answers:
    from rolecall.config.begin import REMOTE_BOARDS, Answers

    stack = _until(_stack, "Technologies: a job asks for at least one of them", "python")
    levels = _until(_words(LEVELS), f"Levels ({LEVELS})", "senior")
    modes = _until(_words(MODES), f"Where ({MODES})", "remote hybrid")
    home = (
        _until(_home, "Home: a town or postcode, for distances (- for none)", "London") if modes != ("remote",) else ""
    )
    salary = _until(_pounds("year", 5_000, 2_000_000), "Minimum salary a year (- for any)", "60000")
    rate = _until(_pounds("day", 50, 5_000), "Contracts too? Minimum day rate (- for no contracts)", "-")
    sponsorship = typer.confirm("Do you need a visa sponsor?", default=False)
    telegram = _telegram(secrets, try_out=try_out)
    mail = _mail(secrets, try_out=try_out)
    adzuna, reed = _keys(secrets)
    boards = REMOTE_BOARDS if "remote" in modes else ()
    return Answers(
        stack, levels, modes, home, None, salary, rate, sponsorship, telegram, mail, (*boards, *_employers(try_out)),
        adzuna, reed, contact=_optional("Your e-mail address, told to the boards so that they can reach you"),
    )  # fmt: skip


def _until(read: Callable[[str], T], question: str, default: str) -> T:
    """Ask until the answer can be read; each mistake is said in a sentence."""
    while True:
        try:
            return read(typer.prompt(question, default=default).strip())
        except ValueError as error:
            typer.echo(f"  {error}")


def _stack(text: str) -> tuple[str, ...]:
    from rolecall.normalise.vocabulary import resolve, suggest

    found = []
    for word in map(str.strip, text.strip(" ,").split("," if "," in text else None)):
        tech = resolve(word)
        if tech is None:
            near = suggest(word)
            raise ValueError(f"I do not know {word!r}" + (f"; did you mean {near[0]!r}?" if near else ""))
        found.append(tech)
    return tuple(dict.fromkeys(found))


def _words(known: str) -> Callable[[str], tuple[str, ...]]:
    def read(text: str) -> tuple[str, ...]:
        words = tuple(dict.fromkeys(text.lower().replace(",", " ").split()))
        if strange := [word for word in words if word not in known.split()]:
            raise ValueError(f"{strange[0]!r} is none of: {known}")
        return words

    return read


def _home(text: str) -> str:
    from rolecall.normalise.place import find, nearest

    if text == "-":
        return ""
    if find(text) is None:
        near = " or ".join(nearest(text)[:3])
        raise ValueError(f"I do not know {text!r}" + (f"; did you mean {near}?" if near else ""))
    return text


def _pounds(period: Period, least: int, most: int) -> Callable[[str], int | None]:
    def read(text: str) -> int | None:
        from rolecall.normalise.money import parse_money

        if text == "-":
            return None
        refused = ValueError(f"{text!r} is not an amount between £{least:,} and £{most:,}")
        try:
            money = parse_money(text)
        except ValueError:
            raise refused from None
        if money.period not in (None, period) or not least <= money.amount <= most:
            raise refused
        return round(money.amount)

    return read


# --- where to tell --------------------------------------------------------------------------------------------


def _telegram(secrets: dict[str, str], *, try_out: bool) -> bool:
    if not typer.confirm("Tell you by Telegram, each job at once?", default=True):
        return False
    typer.echo(dim("  Write /newbot to @BotFather in Telegram; it gives you a token."))
    token = typer.prompt("  The bot's token (- for later)", hide_input=True).strip()
    if token == "-":  # noqa: S105 (no token: the answer "none")
        typer.echo(f"  {NO_CHANNEL}")
        return False
    said = _bot(token) if try_out else ""
    typer.echo(f"  {said}" if said else "  The token was not tried.")
    secrets["telegram-token"] = token
    return True


def _bot(token: str) -> str:
    """Return a sentence about the bot behind the token; raises nothing: a wrong token can be mended later."""
    from rolecall.secret import Secret
    from rolecall_notifiers.telegram import Telegram

    async def ask() -> str:
        notifier = Telegram(Secret(token), "paired")
        await notifier.open()
        try:
            return f"Good: that is @{await notifier.bot_name()}."
        except Deferred as error:
            return f"Not tried: {error}. `rolecall check` tries it later."
        except DeliveryError as error:
            return f"{error}. The token stays in the file `telegram-token`, where you can mend it."
        finally:
            await notifier.close()

    return asyncio.run(ask())


def _mail(secrets: dict[str, str], *, try_out: bool) -> Mail | None:
    from rolecall.config.begin import Mail

    if not typer.confirm("A digest by e-mail every morning?", default=False):
        return None
    user = _until(_address, "  Your address, which is also the account's name", "")
    host = typer.prompt("  The SMTP server", default=f"smtp.{user.rpartition('@')[2]}").strip()
    secrets["smtp-password"] = typer.prompt("  Its password (an app password)", hide_input=True).strip()
    at = _until(_time, "  At what time", "07:30")
    mail = Mail(host, user, user, at)
    if try_out:
        typer.echo(f"  {_test_mail(mail, secrets['smtp-password'])}")
    return mail


def _address(text: str) -> str:
    if "@" not in text:
        raise ValueError(f"{text!r} is not an e-mail address")
    return text


def _time(text: str) -> str:
    from rolecall.schedule import parse_time

    return f"{parse_time(text):%H:%M}"


def _test_mail(mail: Mail, password: str) -> str:
    """Send a test mail; return a sentence about what became of it."""
    from datetime import UTC, datetime

    from rolecall.model import Message
    from rolecall.secret import Secret
    from rolecall_notifiers.email import Email

    text = "If you read this, Rolecall can write to you."
    message = Message("init-test", "notice", "Rolecall can write to you", text=text, created_at=datetime.now(UTC))
    try:
        asyncio.run(Email(mail.host, mail.user, mail.to, user=mail.user, password=Secret(password)).send(message))
    except DeliveryError as error:
        return f"No test mail was sent: {error}. You can mend that in the configuration."
    return f"A test mail is on its way to {mail.to}."


# --- what to watch --------------------------------------------------------------------------------------------


def _keys(secrets: dict[str, str]) -> tuple[str, bool]:
    """Ask for the keys of the two large boards that want one; return Adzuna's app_id, which is no secret."""
    typer.echo(dim("Adzuna (developer.adzuna.com) and Reed (reed.co.uk/developers) give free keys; Enter: none."))
    identity = _optional("  Adzuna's app_id")
    key = _optional("  Adzuna's app_key", secret=True) if identity else ""
    if reed := _optional("  Reed's key", secret=True):
        secrets["reed-key"] = reed
    if key:
        secrets["adzuna-app-key"] = key
    return identity if key else "", bool(reed)


def _optional(question: str, *, secret: bool = False) -> str:
    return str(typer.prompt(question, default="", show_default=False, hide_input=secret)).strip()


def _employers(try_out: bool) -> tuple[dict[str, str], ...]:
    """Ask for employers to be watched, and look for their boards."""
    names = typer.prompt(
        "Employers to watch, with commas between (names or careers pages)", default="", show_default=False
    )
    found: list[dict[str, str]] = []
    for name in filter(None, (part.strip() for part in names.split(","))):
        if not try_out:
            typer.echo(f"  not looked for: `rolecall discover {name} --add` finds it")
            continue
        found += _boards_of(name)
    return tuple(found)


def _boards_of(name: str) -> list[dict[str, str]]:
    from rolecall.cli.discover import search_for
    from rolecall.config import DaemonOptions

    typer.echo(f"  {name}: looking …")
    try:
        result = asyncio.run(search_for(name, DaemonOptions()))
    except RolecallError as error:
        typer.echo(f"  {name}: {error}")
        return []
    if not result.found:
        typer.echo(f"  {name}: no board that Rolecall reads was found")
        return []
    best = result.found[0]
    typer.echo(f"  {name}: {best.name}, {best.postings} postings")
    return [dict(best.table)]


# --- writing --------------------------------------------------------------------------------------------------


def _write(output: Path, text: str, secrets: dict[str, str]) -> None:
    """Write the configuration and a file for each secret, readable by their owner only; all of it is good."""
    _checked(text)
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        for name, secret in secrets.items():
            _private(output.parent / name, secret + "\n")
        _private(output, text)
    except OSError as error:
        raise RolecallError(f"cannot write {error.filename}: {error.strerror}") from None


def _private(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(text)


def _checked(text: str) -> None:
    """Raise where the configuration would not be good: better no file than a bad one."""
    import tomllib

    from rolecall.config import read
    from rolecall.config.plugin import secret_names
    from rolecall.plugins import kinds

    known, table = kinds(), tomllib.loads(text)
    named: Iterable[tuple[Any, Any]] = [(t, known.notifiers[t.get("kind", n)]) for n, t in table["channel"].items()]
    for part, plugin in [*named, *((t, known.sources[t["kind"]]) for t in table["source"])]:
        for secret in secret_names(plugin):
            if part.pop(f"{secret}_file", None):
                part[secret] = "written beside"
    try:
        read(table, known)
    except ConfigError as error:
        raise RolecallError(f"these answers do not go together: {error}") from None


def _beside(secrets: dict[str, str]) -> str:
    return f" and, for your eyes only, {', '.join(secrets)}" if secrets else ""


def _next(output: Path, said: Answers) -> str:
    config = "" if output == Path("config.toml") else f" -c {output}"
    steps = [f"rolecall check{config}      # tries every source and channel"]
    if said.telegram:
        steps.append(f"rolecall telegram pair{config}")
    steps.append(f"rolecall run{config}")
    return "Next:\n" + "\n".join(f"  {step}" for step in steps)
