"""A mailbox on loopback: as much of IMAP4rev1 as reading takes, and it remembers every command it was given.

async with FakeImap() as fake: fake.add(raw); ... fake.port, fake.commands
"""

from __future__ import annotations

import asyncio
import re
import ssl
from base64 import b64decode
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Literal, Self

CERTIFICATE = Path(__file__).parent.parent / "fixtures" / "smtp" / "localhost.crt"
USER, PASSWORD = "mina", "pässword of no account"


@dataclass
class FakeImap:
    """`say`: answers by command ("LOGIN", "EXAMINE") instead of the usual one; `silent`: it accepts and says nothing.

    `drip`: one byte of greeting a tenth of a second, for ever. `idle`: it offers IDLE, and tells those who
    listen (`idlers`) of every mail that is added.
    """

    security: Literal["none", "starttls", "tls"] = "none"
    folder: str = "INBOX"
    validity: int = 7
    plain: bool = True
    silent: bool = False
    drip: bool = False
    idle: bool = False
    say: dict[str, str] = field(default_factory=dict)
    mails: dict[int, tuple[date, bytes]] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)
    idlers: list[asyncio.StreamWriter] = field(default_factory=list)
    port: int = 0
    _server: asyncio.Server | None = None

    def add(self, raw: bytes, uid: int = 0, on: date = date(2026, 11, 20)) -> int:
        uid = uid or max(self.mails, default=0) + 1
        self.mails[uid] = (on, raw)
        for idler in self.idlers:
            idler.write(f"* {len(self.mails)} EXISTS\r\n".encode())
        return uid

    def hang_up(self) -> None:
        """Break off every connection that idles."""
        for idler in self.idlers:
            idler.close()
        self.idlers.clear()

    async def __aenter__(self) -> Self:
        tls = _tls() if self.security == "tls" else None
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self.hang_up()
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, ssl.SSLError):
            if self.silent or self.drip:
                while self.drip or not await reader.read():
                    writer.write(b"*")
                    await writer.drain()
                    await asyncio.sleep(0.1)
            await self._converse(reader, writer)
        writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK ready\r\n")
        while line := (await reader.readline()).decode().rstrip("\r\n"):
            self.commands.append(line)
            if line == "DONE":
                self.idlers.remove(writer)
                continue
            tag, name, *rest = line.split(" ", 2)
            name = name.upper()
            if name == "AUTHENTICATE":
                writer.write(b"+ \r\n")
                given = b64decode(await reader.readline()).decode().split("\0")[1:]
                answer = [f"{tag} OK in" if given == [USER, PASSWORD] else f"{tag} NO [AUTHENTICATIONFAILED] no"]
            elif name == "STARTTLS":
                writer.write(f"{tag} OK now\r\n".encode())
                await writer.start_tls(_tls())
                continue
            elif name == "IDLE" and "IDLE" not in self.say:
                self.idlers.append(writer)
                writer.write(b"* OK still here\r\n+ idling\r\n")
                continue
            else:
                answer = self._answer(tag, name, rest[0] if rest else "")
            if name in self.say:
                answer = [f"{tag} {self.say[name]}"]
            writer.write("".join(f"{each}\r\n" for each in answer).encode("latin-1"))
            await writer.drain()
            if name == "LOGOUT":
                return

    def _answer(self, tag: str, name: str, rest: str) -> list[str]:
        done = f"{tag} OK done"
        match name:
            case "CAPABILITY":
                extra = (" AUTH=PLAIN" if self.plain else "") + (" STARTTLS" if self.security == "starttls" else "")
                extra += " IDLE" if self.idle else ""
                return [f"* CAPABILITY IMAP4rev1{extra}", done]
            case "LOGIN":
                return [done]
            case "EXAMINE" if rest == f'"{self.folder}"':
                facts = f"* {len(self.mails)} EXISTS", f"* OK [UIDVALIDITY {self.validity}] valid"
                return [*facts, f"{tag} OK [READ-ONLY] done"]
            case "UID" if rest.startswith("SEARCH"):
                return [f"* SEARCH {' '.join(map(str, self._found(rest)))}", done]
            case "UID" if rest.startswith("FETCH"):
                return [*self._fetched(rest), done]
            case "LOGOUT":
                return ["* BYE", done]
            case _:
                return [f"{tag} NO not here"]

    def _found(self, query: str) -> list[int]:
        since = re.search(r"SINCE (\S+)", query)
        begin = re.search(r"UID (\d+):\*", query)
        senders = re.findall(r'FROM "([^"]+)"', query)
        found = []
        for uid, (on, raw) in self.mails.items():
            sender = (re.search(rb"(?im)^From:(.*)$", raw) or [b"", b""])[1].decode("latin-1").lower()
            last = uid == max(self.mails)
            if since and on < datetime.strptime(since[1], "%d-%b-%Y").date():  # noqa: DTZ007 # a date
                continue
            if begin and uid < int(begin[1]) and not last:
                continue
            if not senders or any(each in sender for each in senders):
                found.append(uid)
        return found

    def _fetched(self, query: str) -> list[str]:
        _, uids, what = query.split(" ", 2)
        answers = []
        for number, (uid, (_, raw)) in enumerate(self.mails.items(), 1):
            if str(uid) not in uids.split(","):
                continue
            if "RFC822.SIZE" in what:
                answers.append(f"* {number} FETCH (UID {uid} RFC822.SIZE {len(raw)})")
            else:
                answers.append(f"* {number} FETCH (UID {uid} BODY[] {{{len(raw)}}}\r\n{raw.decode('latin-1')})")
        return answers


def _tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE, CERTIFICATE.with_suffix(".key"))
    return context
