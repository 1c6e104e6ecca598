"""One conversation with a mail server: connected, logged in, a folder examined; every trouble as one sentence.

imaplib blocks, so a conversation runs in a thread; when its time is up, its socket is shut under it.
"""

from __future__ import annotations

import imaplib
import re
import socket
import ssl
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn, TypeVar
from urllib.parse import unquote, urlsplit

from rolecall.errors import Refused, SourceError, Unreachable, Unreadable
from rolecall.fetch.body import JSON_LIMIT
from rolecall.model import Request

T = TypeVar("T")

SESSION_LIMIT = JSON_LIMIT + 2_000_000  # bytes of everything a server says
STEP = 15.0  # seconds without a byte

_FOR_NOW = ("[UNAVAILABLE]", "[LIMIT]", "[INUSE]", "[SERVERBUG]")  # RFC 5530


class Client(imaplib.IMAP4):
    """imaplib with its socket in reach and a limit to what it takes in."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._left = SESSION_LIMIT
        super().__init__(session.host, session.port, timeout=STEP)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        plain = self._session.socket = socket.create_connection((self.host, self.port), timeout)
        if self._session.security != "tls":
            return plain
        context = ssl.create_default_context()
        secure = context.wrap_socket(plain, server_hostname=self.host, do_handshake_on_connect=False)
        self._session.socket = secure
        secure.do_handshake()
        return secure

    def read(self, size: int) -> bytes:
        self._take(size)
        return super().read(size)

    def readline(self) -> bytes:
        line = super().readline()
        self._take(len(line))
        return line

    def _take(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise Unreadable(f"{self.host} sends more than was asked for")


class Session:
    """The connection that a request asks for: its headers hold `user`, `password` and `security`."""

    def __init__(self, request: Request) -> None:
        parts = urlsplit(request.url)
        self.request = request
        self.security = request.headers["security"]
        self.host, self.port = parts.hostname or "", parts.port or 993
        self.folder = unquote(parts.path.removeprefix("/"))
        self.socket: socket.socket | None = None

    def cut(self) -> None:
        """End the conversation from outside, whatever the thread is waiting for."""
        if self.socket is not None:
            with suppress(OSError):
                socket.socket.shutdown(self.socket, socket.SHUT_RDWR)

    def run(self, talk: Callable[[Client], T]) -> T:
        """Connect, log in, and return what `talk` does. Raises `Unreachable`, `Unreadable` or `Refused`."""
        try:
            client = Client(self)
            try:
                self._log_in(client)
                return talk(client)
            finally:
                with suppress(imaplib.IMAP4.error, OSError, SourceError):
                    client.logout()
        except ssl.SSLError as error:
            raise Unreachable(f"{self.host} has no valid certificate, or speaks no TLS ({error.reason})") from None
        except socket.gaierror:
            raise Unreachable(f"{self.host} is not known to the name service") from None
        except TimeoutError:
            raise Unreachable(f"{self.host} did not answer within {STEP:.0f} s") from None
        except OSError as error:
            raise Unreachable(f"{self.host} cannot be connected ({error.strerror or type(error).__name__})") from None
        except imaplib.IMAP4.abort:
            raise Unreachable(f"{self.host} broke off the connection") from None
        except imaplib.IMAP4.error:
            raise Unreadable(f"{self.host} does not speak IMAP as it should") from None

    def _log_in(self, client: Client) -> None:
        """Log in, in the clear only where the configuration says so; the password is in no message."""
        if self.security == "starttls":
            client.starttls(ssl.create_default_context())
            self.socket = client.sock
        user, password = self.request.headers["user"], self.request.headers["password"]
        try:
            if "AUTH=PLAIN" in client.capabilities:  # takes any characters
                client.authenticate("PLAIN", lambda _: f"\0{user}\0{password}".encode())
            else:
                client.login(user, password)
        except imaplib.IMAP4.abort:
            raise
        except (imaplib.IMAP4.error, UnicodeError) as error:
            self._refused(str(error))

    def _refused(self, answer: str) -> NoReturn:
        if any(code in answer.upper() for code in _FOR_NOW):
            raise Unreachable(f"{self.host} takes no log-in now")
        raise Refused(f"{self.host} refuses the user name or the password (some need an app password)")

    def examine(self, client: Client) -> int:
        """Open the folder for reading only; return its UIDVALIDITY."""
        status, _ = client.select(_mailbox(self.folder), readonly=True)
        if status != "OK":
            raise Refused(f"{self.host} has no folder {self.folder!r}")
        _, values = client.response("UIDVALIDITY")
        number = values[0] if values else None
        if not isinstance(number, bytes) or not number.isdigit():
            raise Unreadable(f"{self.host} gives its mails no lasting numbers (UIDVALIDITY)")
        return int(number)


def _mailbox(name: str) -> str:
    """Return a folder's name as IMAP writes it: modified UTF-7 (RFC 3501 5.1.3), quoted."""

    def shifted(run: re.Match[str]) -> str:
        return "&" + b64encode(run[0].encode("utf-16-be")).decode().rstrip("=").replace("/", ",") + "-"

    coded = re.sub(r"[^\x20-\x7e]+", shifted, name.replace("&", "&-"))
    return '"' + coded.replace("\\", "\\\\").replace('"', '\\"') + '"'
