"""A post office that others wrote: exim4 takes mails in, dovecot gives them out by IMAP. Debian's packages, loopback.

    async with PostOffice() as post: ... post.smtp, post.imap, await post.mails()

`Breaking` stands in front of the mail server and breaks connections at the worst moment, when a mail is handed over.
"""

from __future__ import annotations

import asyncio
import email
import grp
import imaplib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections import deque
from contextlib import ExitStack, suppress
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from smtplib import SMTP
from typing import Literal, Self

PROGRAMS = ("exim4", "dovecot")
PASSWORD = "a-password-of-no-mailbox"
HERE = Path(__file__).parent
_SYSTEM = "/usr/sbin"  # where both live, and where a user's path may not lead


def program(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:{_SYSTEM}")


class PostOffice:
    """Both servers in a folder of their own, run by nobody when root starts them."""

    def __init__(self) -> None:
        self.smtp, self.imap = _free_port(), _free_port()
        self._stack = ExitStack()

    async def __aenter__(self) -> Self:
        with ExitStack() as stack:
            self.folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="post-")))  # sockets: short path
            await asyncio.to_thread(self._start, stack)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self._stack.close)

    def _start(self, stack: ExitStack) -> None:
        """Let nobody own the folder, and start both; each is up when its port answers."""
        user = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        for folder in (self.folder, self.folder / "spool", self.folder / "mail"):
            folder.mkdir(mode=0o755, exist_ok=True)
            os.chown(folder, user.pw_uid, user.pw_gid)
        self._run(stack, [str(program("exim4")), "-C", str(self._configuration("exim.conf", user)), "-bdf"])
        self._run(stack, [str(program("dovecot")), "-F", "-c", str(self._configuration("dovecot.conf", user))])
        for port in (self.smtp, self.imap):
            _wait_for(port)

    def _configuration(self, name: str, user: pwd.struct_passwd) -> Path:
        text = (HERE / name).read_text(encoding="utf-8")
        group = grp.getgrgid(user.pw_gid).gr_name
        words = {"FOLDER": self.folder, "SMTP": self.smtp, "IMAP": self.imap, "PASSWORD": PASSWORD}
        for word, value in (words | {"USER": user.pw_name, "GROUP": group}).items():
            text = text.replace(f"@{word}@", str(value))
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def _run(self, stack: ExitStack, command: list[str]) -> None:
        said = stack.enter_context((self.folder / f"{Path(command[0]).name}.said").open("wb"))
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        stack.callback(_end, process)

    # --- what a person does with it

    def busy(self, is_so: bool) -> None:
        """Put off whoever's name begins with "defer", or do so no more."""
        flag = self.folder / "busy"
        flag.touch() if is_so else flag.unlink(missing_ok=True)

    async def post(self, raw: bytes, to: str) -> None:
        """Hand a mail in, as anybody could."""
        await asyncio.to_thread(self._post, raw, to)

    def _post(self, raw: bytes, to: str) -> None:
        with SMTP("127.0.0.1", self.smtp, local_hostname="sender.example", timeout=120) as client:
            client.sendmail("somebody@example.org", [to], raw)

    async def mails(self) -> list[EmailMessage]:
        """Return what lies in the mailbox, read by IMAP."""
        return await asyncio.to_thread(self._mails)

    def _mails(self) -> list[EmailMessage]:
        with imaplib.IMAP4("127.0.0.1", self.imap, timeout=120) as client:
            client.login("mina", PASSWORD)
            client.select(readonly=True)
            _, (found,) = client.search(None, "ALL")
            if not found:
                return []
            _, parts = client.fetch(b",".join(found.split()).decode(), "(BODY.PEEK[])")
        raws = [part[1] for part in parts if isinstance(part, tuple)]
        return [email.message_from_bytes(raw, policy=default) for raw in raws]  # type: ignore[misc]


class Breaking:
    """Passes a conversation on to the mail server. For the next mails, in order:

    "cut": the connection breaks in the middle of the mail, which has not arrived. "lost": the mail has arrived, and
    the connection breaks before the answer. None: nothing breaks. After them all is well.
    """

    def __init__(self, port: int, *breaks: Literal["cut", "lost"] | None) -> None:
        self._to, self.breaks = port, deque(breaks)
        self.port = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _serve(self, client: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
        """One line, one answer, and so on: the client asks nothing ahead of an answer."""
        server, ask = await asyncio.open_connection("127.0.0.1", self._to)
        with suppress(ConnectionError):
            answer.write(await _reply(server))
            while line := await client.readline():
                ask.write(line)
                said = await _reply(server)
                answer.write(said)
                if said.startswith(b"354") and not await self._mail(client, answer, server, ask):
                    break
        for end in (answer, ask):
            end.transport.abort()

    async def _mail(
        self, client: asyncio.StreamReader, answer: asyncio.StreamWriter, server: asyncio.StreamReader,
        ask: asyncio.StreamWriter,
    ) -> bool:  # fmt: skip
        """Pass one mail on; False when the connection breaks here."""
        content = [await client.readline()]
        while content[-1] not in (b".\r\n", b""):
            content.append(await client.readline())
        fate = self.breaks.popleft() if self.breaks else None
        ask.writelines(content[: len(content) // 2] if fate == "cut" else content)
        await ask.drain()
        if fate == "cut":
            return False
        said = await _reply(server)
        if fate is None:
            answer.write(said)
        return fate is None


async def _reply(server: asyncio.StreamReader) -> bytes:
    """Return one answer, of several lines perhaps: in all but the last a hyphen follows the code."""
    lines = [await server.readline()]
    while lines[-1][3:4] == b"-":
        lines.append(await server.readline())
    return b"".join(lines)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait_for(port: int, seconds: float = 120) -> None:
    """Wait until somebody greets there."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 5) as there:
            if there.recv(1):
                return
        time.sleep(0.05)
    raise TimeoutError(f"no server on port {port} within {seconds:.0f} s")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
