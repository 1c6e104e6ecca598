"""imaps:// and imap:// requests: the new mails of one folder, read without leaving a trace.

The folder is only examined and mails are only peeked at: no flag changes, nothing is deleted. What is new is told by
UIDVALIDITY and UID, kept as the request's `etag` and so saved in the transaction that saves the postings. The host is
the user's own word and no answer can lead elsewhere, so it may lie on this machine too, as mail bridges do.

imaplib blocks, so a session runs in a thread; when its time is up, its socket is shut under it. IDLE is not used.
"""

from __future__ import annotations

import asyncio
import imaplib
import json
import re
import socket
import ssl
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from functools import reduce
from typing import NoReturn
from urllib.parse import unquote, urlsplit

from rolecall.errors import Refused, SourceError, Unreachable, Unreadable
from rolecall.fetch.body import JSON_LIMIT
from rolecall.model import Reply, Request, Validators
from rolecall.ports import DIRECTORY

MAILS = 100  # read in one go, the rest next time
MAIL_LIMIT = 2_000_000  # bytes; a longer one is no job alert
SESSION_LIMIT = JSON_LIMIT + 2_000_000  # bytes of everything a server says
STEP = 15.0  # seconds without a byte
DEADLINE = 60.0  # seconds for all of it

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_SIZE = re.compile(rb"RFC822\.SIZE (\d{1,12})")
_UID = re.compile(rb"UID (\d{1,10})")
_FOR_NOW = ("[UNAVAILABLE]", "[LIMIT]", "[INUSE]", "[SERVERBUG]")  # RFC 5530


async def read(request: Request, validators: Validators, now: datetime, deadline: float = DEADLINE) -> Reply:
    """Return the new mails as one JSON object, UID → the raw mail as Latin-1 text; 304 when there are none.

    The request's headers hold `user`, `password`, `security` ("tls", "starttls", "none"), `days` (how old a mail may
    be) and `senders` (words of which From must hold one; "" for all). Raises `Unreachable`, `Unreadable`, `Refused`.
    """
    session = _Session(request)
    try:
        async with asyncio.timeout(deadline):
            return await asyncio.to_thread(session.run, validators, now)
    except TimeoutError:
        raise Unreachable(f"{session.host} did not answer within {deadline:.0f} s") from None
    finally:
        session.cut()


class _Client(imaplib.IMAP4):
    """imaplib with its socket in reach and a limit to what it takes in."""

    def __init__(self, session: _Session) -> None:
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


class _Session:
    """One connection: log in, examine, search, peek, log out."""

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

    def run(self, validators: Validators, now: datetime) -> Reply:
        try:
            client = _Client(self)
            try:
                return self._converse(client, validators, now)
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

    def _converse(self, client: _Client, validators: Validators, now: datetime) -> Reply:
        self._log_in(client)
        validity = self._examine(client)
        before = _cursor(validators.etag, validity)
        uids = self._search(client, before, now)
        if not uids and before is not None:
            return Reply(self.request.url, 304, {}, b"", now)
        # At first the newest are enough; later none may be passed over.
        mails = dict(self._mails(client, uids[-MAILS:] if before is None else uids[:MAILS]))
        headers = {"etag": f"{validity}:{max(mails, default=before or 0)}", "content-type": DIRECTORY}
        body = json.dumps({str(uid): text for uid, text in mails.items()}, ensure_ascii=False).encode()
        return Reply(self.request.url, 200, headers, body, now)

    def _log_in(self, client: _Client) -> None:
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

    def _examine(self, client: _Client) -> int:
        """Open the folder for reading only; return its UIDVALIDITY."""
        status, _ = client.select(_mailbox(self.folder), readonly=True)
        if status != "OK":
            raise Refused(f"{self.host} has no folder {self.folder!r}")
        _, values = client.response("UIDVALIDITY")
        number = values[0] if values else None
        if not isinstance(number, bytes) or not number.isdigit():
            raise Unreadable(f"{self.host} gives its mails no lasting numbers (UIDVALIDITY)")
        return int(number)

    def _search(self, client: _Client, before: int | None, now: datetime) -> list[int]:
        """Return the UIDs of the mails that are new, young enough and from a sender that is wanted, in order."""
        since = now - timedelta(days=int(self.request.headers["days"]))
        words = [f"SINCE {since.day}-{_MONTHS[since.month - 1]}-{since.year}"]
        words += [f"UID {before + 1}:*"] if before is not None else []
        senders = [f'FROM "{each}"' for each in self.request.headers["senders"].split()]
        words += [reduce(lambda rest, each: f"OR {each} {rest}", senders)] if senders else []
        status, data = client.uid("SEARCH", " ".join(words))
        if status != "OK":
            raise Unreadable(f"{self.host} cannot search the folder")
        found = b" ".join(each for each in data if isinstance(each, bytes)).split()
        # "n:*" always names the last mail, even when it is older than n.
        return sorted({int(each) for each in found if each.isdigit() and int(each) > (before or 0)})

    def _mails(self, client: _Client, uids: list[int]) -> Iterator[tuple[int, str]]:
        """Yield each mail as text; "" for one that is too long or has gone meanwhile."""
        sizes = self._sizes(client, uids)
        left = JSON_LIMIT
        for uid in uids:
            size = sizes.get(uid, 0)
            if not 0 < size <= MAIL_LIMIT:
                yield uid, ""
                continue
            if size > left:
                return  # the rest comes next time
            left -= size
            yield uid, self._mail(client, uid)

    def _sizes(self, client: _Client, uids: list[int]) -> dict[int, int]:
        if not uids:
            return {}
        _, data = client.uid("FETCH", ",".join(map(str, uids)), "(UID RFC822.SIZE)")
        lines = [each for each in data if isinstance(each, bytes)]
        pairs = [(_UID.search(line), _SIZE.search(line)) for line in lines]
        return {int(uid[1]): int(size[1]) for uid, size in pairs if uid and size}

    def _mail(self, client: _Client, uid: int) -> str:
        _, data = client.uid("FETCH", str(uid), "(BODY.PEEK[])")
        return next((part[1].decode("latin-1") for part in data if isinstance(part, tuple)), "")


def _cursor(etag: str | None, validity: int) -> int | None:
    """Return the last UID that was read, None when the folder is new or was numbered anew."""
    known, _, uid = (etag or "").partition(":")
    return int(uid) if known == str(validity) and uid.isdecimal() else None


def _mailbox(name: str) -> str:
    """Return a folder's name as IMAP writes it: modified UTF-7 (RFC 3501 5.1.3), quoted."""

    def shifted(run: re.Match[str]) -> str:
        return "&" + b64encode(run[0].encode("utf-16-be")).decode().rstrip("=").replace("/", ",") + "-"

    coded = re.sub(r"[^\x20-\x7e]+", shifted, name.replace("&", "&-"))
    return '"' + coded.replace("\\", "\\\\").replace('"', '\\"') + '"'
