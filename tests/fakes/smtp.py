"""A mail server on loopback (aiosmtpd) that refuses and drops on demand.

In a test:              async with FakeSmtp() as fake: ... fake.port, fake.mails
As a process of its own: python -m tests.fakes.smtp PORT LOGFILE
"""

from __future__ import annotations

import asyncio
import email
import json
import signal
import ssl
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, Literal, Self, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

CERTIFICATE = Path(__file__).parent.parent / "fixtures" / "smtp" / "localhost.crt"
USER, PASSWORD = "mina", "a-password-of-no-account"


@dataclass(frozen=True, slots=True)
class Mail:
    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage
    size: int


@dataclass
class FakeSmtp:
    """`refuse`: an answer by recipient, sender or "DATA" ("550 no such user"), each as often as it is listed.

    `drops`: for the next messages, drop the connection "before" the message is accepted or "after" it was.
    """

    security: Literal["none", "tls", "starttls"] = "none"
    port: int = 0
    login: bool = False
    heard: Callable[[Mail], None] | None = None
    meets: Callable[[EmailMessage], str] = lambda message: ""  # as `drops` or `refuse`, where those have nothing
    mails: list[Mail] = field(default_factory=list)
    refuse: dict[str, deque[str]] = field(default_factory=dict)
    drops: deque[Literal["before", "after"]] = field(default_factory=deque)
    _server: asyncio.Server | None = None

    def refusing(self, what: str, *answers: str) -> None:
        self.refuse.setdefault(what, deque()).extend(answers)

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        tls = _tls() if self.security == "tls" else None
        self._server = await loop.create_server(self._session, "127.0.0.1", self.port, ssl=tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()

    def _session(self) -> SMTP:
        return SMTP(
            self,
            hostname="fake.example",
            tls_context=_tls() if self.security == "starttls" else None,
            require_starttls=self.security == "starttls",
            authenticator=_authenticate if self.login else None,
            auth_required=self.login,
            auth_require_tls=self.security == "starttls",  # aiosmtpd does not see implicit TLS
            timeout=30,
        )

    # --- aiosmtpd's hooks ---------------------------------------------------------------------------------------

    async def handle_MAIL(self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _: Any) -> str:  # noqa: N802
        if answer := self._refusal(address):
            return answer
        envelope.mail_from = address
        return "250 ok"

    async def handle_RCPT(self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _: Any) -> str:  # noqa: N802
        if answer := self._refusal(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if answer := self._refusal("DATA"):
            return answer
        drop = self.drops.popleft() if self.drops else self.meets(_parsed(envelope)) or None
        if drop not in (None, "before", "after"):
            return drop
        if drop != "before":
            self._accept(envelope)
        if drop is not None:
            cast("asyncio.Transport", server.transport).abort()
            await asyncio.sleep(0)
        return "250 queued"

    def _refusal(self, what: str) -> str | None:
        waiting = self.refuse.get(what)
        return waiting.popleft() if waiting else None

    def _accept(self, envelope: Envelope) -> None:
        content = cast("bytes", envelope.content)
        mail = Mail(str(envelope.mail_from), tuple(envelope.rcpt_tos), _parsed(envelope), len(content))
        self.mails.append(mail)
        if self.heard is not None:
            self.heard(mail)


def _parsed(envelope: Envelope) -> EmailMessage:
    return email.message_from_bytes(cast("bytes", envelope.content), policy=default)


def _tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE, CERTIFICATE.with_suffix(".key"))
    return context


def _authenticate(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:
    given = (data.login, data.password) if isinstance(data, LoginPassword) else ()
    return AuthResult(success=given == (USER.encode(), PASSWORD.encode()), handled=False)


async def _serve(port: int, log: Path) -> None:
    with log.open("a", encoding="utf-8", buffering=1) as file:

        def write(mail: Mail) -> None:
            named = {key: str(mail.message[key]) for key in ("Message-ID", "Subject", "Date", "From", "To")}
            line = named | {"recipients": mail.recipients, "size": mail.size, "time": time.time()}
            file.write(json.dumps(line, ensure_ascii=False) + "\n")

        stopped = asyncio.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(name, stopped.set)
        async with FakeSmtp(port=port, heard=write) as fake:
            sys.stdout.write(f"READY 127.0.0.1:{fake.port}\n")
            sys.stdout.flush()
            await stopped.wait()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), Path(sys.argv[2])))
