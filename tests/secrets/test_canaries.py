"""Canaries for secrets, the real daemon at DEBUG, everything going wrong: no canary is found anywhere."""

from __future__ import annotations

import asyncio
import base64
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web

from tests.fakes.board import Board
from tests.fakes.imap import FakeImap
from tests.fakes.smtp import CERTIFICATE, FakeSmtp
from tests.fakes.smtp import PASSWORD as SMTP_PASSWORD
from tests.fakes.smtp import USER as SMTP_USER
from tests.fakes.telegram import TOKEN, FakeTelegram, Fault
from tests.house import job, jobs
from tests.secrets.canary import leaks

COMMAND = str(Path(sys.executable).with_name("rolecall"))

SECRETS = {
    "TELEGRAM": TOKEN,
    "UNKNOWN_BOT": "987654321:AAcanary-token-of-a-bot-that-is-not-known-0",
    "SMTP": SMTP_PASSWORD,
    "WRONG_SMTP": 'cänary of/the+wrong mail "password" = 1\'',
    "IMAP": "cänary of/the+mailbox \\password\\ = 2'",
    "ADZUNA": "canary/of+adzuna=key&3",
    "REED": "canary-of-the-reed-key-4 ü",
    "WEBHOOK_KEY": "whsec_" + base64.b64encode(b"canary of the webhook 5").decode(),
    "WEBHOOK_PATH": "canary-path-of-the-webhook-6",
    "APPRISE": "canary-password-of-apprise-7",
}
HTTP_STATUSES = (401, 403, 404, 429, 500, 502)
FAULTS = (*HTTP_STATUSES, "reset", "echo", "redirect", "tls")

HEAD = """
[daemon]
database = "rolecall.db"
allow_private = true
host_pause = "0s"
summary_wait = "0s"
notice_wait = "0s"
tick = "0.2s"
grace = "2s"
log_level = "debug"

[[search]]
name = "Python"
stack.any = ["python"]
"""


def channels(telegram: FakeTelegram, mail: FakeSmtp, board: Board) -> str:
    smtp = f'kind = "email"\nhost = "localhost"\nport = {mail.port}\nsecurity = "tls"\nsender = "r@example.org"\n'
    smtp += f'to = ["you@example.org"]\ntimeout = 60\nuser = "{SMTP_USER}"\n'
    return f"""
[channel.telegram]
token_env = "TELEGRAM"
chat_id = 1
interval = 0
timeout = 60
base_url = "{telegram.base_url}"
[channel.unknown-bot]
kind = "telegram"
token_env = "UNKNOWN_BOT"
chat_id = 1
base_url = "{telegram.base_url}"
[channel.mail]
{smtp}ca_file = "{CERTIFICATE}"
password_env = "SMTP"
[channel.wrong-mail]
{smtp}ca_file = "{CERTIFICATE}"
password_env = "WRONG_SMTP"
[channel.tls-mail]
{smtp}password_env = "SMTP"
[channel.hook]
kind = "webhook"
url_env = "WEBHOOK_URL"
key_env = "WEBHOOK_KEY"
timeout = 60
[channel.apprise]
kind = "apprise"
url_env = "APPRISE_URL"
"""


def sources(board: Board, imap: FakeImap) -> str:
    text = f'\n[[source]]\nkind = "greenhouse"\nboard = "larkspur"\nbase = "{board.url}"\nevery = "0.5s"\n'
    for fault in FAULTS:
        base = board.url.replace("http:", "https:") if fault == "tls" else f"{board.url}/{fault}"
        text += (
            f'\n[[source]]\nkind = "adzuna"\napp_id = "x"\napp_key_env = "ADZUNA"\nlabel = "{fault}"\nbase = "{base}"\n'
        )
        text += f'\n[[source]]\nkind = "reed"\nkey_env = "REED"\nlabel = "{fault}"\nbase = "{base}"\n'
    for security in ("none", "tls"):
        text += f'\n[[source]]\nkind = "mail"\nhost = "127.0.0.1"\nport = {imap.port}\nuser = "mina"\n'
        text += f'label = "{security}"\npassword_env = "IMAP"\nsecurity = "{security}"\n'
    return text


def misbehaves(fault: int | str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Answer badly, and repeat all that was asked: address, key, login."""

    async def answer(request: web.Request) -> web.StreamResponse:
        page = f"<html>what was asked: {request.url} {dict(request.headers)}</html>"
        if fault == "reset" and request.transport is not None:
            request.transport.abort()
        if fault == "redirect":
            return web.Response(status=302, headers={"Location": f"http://127.0.0.1:9{request.raw_path}"})
        status = fault if isinstance(fault, int) else 200
        return web.Response(status=status, reason=request.raw_path, text=page, headers={"X-Asked": request.raw_path})

    return answer


def environment(board: Board) -> dict[str, str]:
    port = board.url.rpartition(":")[2]
    urls = {
        "WEBHOOK_URL": f"{board.url}/hook/{SECRETS['WEBHOOK_PATH']}",
        "APPRISE_URL": f"json://mina:{SECRETS['APPRISE']}@127.0.0.1:{port}/apprise",
    }
    return os.environ | SECRETS | urls | {"PYTHONFAULTHANDLER": "1", "PYTHONASYNCIODEBUG": "1", "PYTHONDEVMODE": "1"}


async def command(folder: Path, *args: str, env: dict[str, str]) -> bytes:
    """Run a command to its end; return all it said."""
    process = await asyncio.create_subprocess_exec(
        COMMAND, *args, cwd=folder, env=env, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    output, _ = await asyncio.wait_for(process.communicate(), 120)
    return output


def everything(folder: Path) -> dict[str, bytes]:
    """Return every file that the daemon left: all but the configuration."""
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != "config.toml"}


def said(folder: Path) -> str:
    return (folder / "log").read_text(errors="replace")


async def until(folder: Path, process: asyncio.subprocess.Process, *words: str) -> None:
    for _ in range(1_800):
        missing = [word for word in words if word not in said(folder)]
        if not missing:
            return
        assert process.returncode is None, said(folder)[-2000:]
        await asyncio.sleep(0.1)
    pytest.fail(f"not in the log: {missing}")


async def test_no_secret_is_found_anywhere_whatever_goes_wrong(tmp_path: Path) -> None:
    async with (
        Board() as board,
        FakeTelegram() as telegram,
        FakeSmtp(security="tls", login=True) as mail,
        FakeImap() as imap,
    ):
        imap.say = {"AUTHENTICATE": f"NO {base64.b64encode(SECRETS['IMAP'].encode()).decode()} is wrong"}
        for fault in FAULTS:
            board.on(f"/{fault}/v1/api/jobs/gb/search/1", misbehaves(fault))
            board.on(f"/{fault}/api/1.0/search", misbehaves(fault))
        board.on(f"/hook/{SECRETS['WEBHOOK_PATH']}", misbehaves(500))
        board.on("/apprise", misbehaves(403))
        board.serve("/v1/boards/larkspur/jobs", jobs(job(1), job(2)))
        telegram.then(Fault.GATEWAY_PAGE, Fault.HTML, Fault.CUT, Fault.RESET_AFTER, Fault.NOT_OK, Fault.FLOOD_BARE)
        mail.drops.extend(["before", "after"])
        env = environment(board)
        (tmp_path / "config.toml").write_text(HEAD + channels(telegram, mail, board) + sources(board, imap))
        places: dict[str, bytes] = {}
        with (tmp_path / "log").open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                COMMAND, "run", cwd=tmp_path, env=env, stdout=log, stderr=log
            )
        try:
            await until(
                tmp_path, process,
                *(f"poll-failed source={kind}:{fault}" for kind in ("adzuna", "reed") for fault in FAULTS),
                "poll-failed source=mail:none", "poll-failed source=mail:tls",
                "channel-suspended channel=unknown-bot", "channel-suspended channel=wrong-mail",
                "channel-suspended channel=tls-mail", "send-deferred channel=hook", "send-deferred channel=apprise",
                "send-deferred channel=telegram", "send-deferred channel=mail",
            )  # fmt: skip
            places["argv"] = Path(f"/proc/{process.pid}/cmdline").read_bytes()  # noqa: ASYNC240
            for args in (
                ("status",), ("status", "--json"), ("doctor",), ("doctor", "--json"), ("check",), ("list", "--json"),
                ("backup", "backup.db"), ("test", "hook"), ("test", "apprise"), ("test", "telegram"),
            ):  # fmt: skip
                places[" ".join(args)] = await command(tmp_path, *args, env=env)
            (tmp_path / "config.toml").write_text((tmp_path / "config.toml").read_text() + BAD)
            places["bad configuration"] = await command(tmp_path, "check", env=env)
            process.send_signal(signal.SIGHUP)
            await until(tmp_path, process, "reload-refused")
            process.send_signal(signal.SIGABRT)
            await asyncio.wait_for(process.wait(), 120)
        finally:
            if process.returncode is None:
                process.kill()
        assert "Fatal Python error: Aborted" in (tmp_path / "log").read_text(errors="replace")
        assert b"is not an option here" in places["bad configuration"]
        assert leaks(SECRETS, places | everything(tmp_path)) == []


BAD = f"""
[channel.slips]
kind = "telegram"
tokn = "{SECRETS["UNKNOWN_BOT"]}"
token = ["{SECRETS["UNKNOWN_BOT"]}"]
chat_id = 1
[channel.more-slips]
kind = "telegram"
token_env = "{SECRETS["UNKNOWN_BOT"]}"
chat_id = 1
[channel.still-more]
kind = "telegram"
token_env = "TELEGRAM"
chat_id = ["{SECRETS["UNKNOWN_BOT"]}"]
"""

BUG = """
import sys, threading
from rolecall import deliver, cli
from rolecall.life import daemon
def bug(self, *args):
    said = [c.notifier.token.reveal() for c in self.house.config.channels if c.name == "telegram"]
    threading.Thread(target=lambda: 1 / len(said[:0] or {said[0]: 1}.pop(said[0] + "?", ""))).start()
    raise RuntimeError(f"{said} {self.house.config!r}")
daemon.Daemon.status = bug
sys.argv = ["rolecall", "run"]
cli.main()
"""


async def test_the_traceback_of_a_bug_holds_no_secret(tmp_path: Path) -> None:
    async with (
        Board() as board,
        FakeTelegram() as telegram,
        FakeSmtp(security="tls", login=True) as mail,
        FakeImap() as imap,
    ):
        (tmp_path / "config.toml").write_text(HEAD + channels(telegram, mail, board) + sources(board, imap))
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", BUG, cwd=tmp_path, env=environment(board),
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        output, _ = await asyncio.wait_for(process.communicate(), 120)
    assert process.returncode == 1, output.decode()
    assert b"RuntimeError" in output
    assert output.count(b"Traceback") >= 2, "of the thread, too"
    assert leaks(SECRETS, {"what it said": output} | everything(tmp_path)) == []


@pytest.mark.parametrize("form", ["{}", "{!r}", "Basic {}"])
def test_the_search_finds_what_it_looks_for(form: str) -> None:
    secret = 'ä "secret"/+ with\\all & that'
    coded = base64.b64encode(f"mina:{secret}:x".encode()).decode()
    written = form.format(coded if "Basic" in form else secret)
    assert leaks({"it": secret}, {"here": written.encode()})
