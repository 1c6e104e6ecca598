"""E-mail, by SMTP. The table of what a failure means is in docs/delivery.md."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import ClassVar, Literal

from aiosmtplib import (
    SMTP,
    SMTPConnectError,
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from rolecall.errors import Deferred, DeliveryError, Rejected, Unsendable
from rolecall.model import Message
from rolecall.ports import Showing
from rolecall.render.clean import line
from rolecall.secret import Secret
from rolecall_notifiers.mail import bare, compose, domain
from rolecall_notifiers.reach import unreached

WAIT_IF_AMBIGUOUS = 60.0  # seconds
MOST_REFUSALS = 3

_PORTS = {"tls": 465, "starttls": 587, "none": 25}


@dataclass(slots=True)
class _Progress:
    """Who already has the message that is being tried, and how often in a row every recipient was refused."""

    message_id: str = ""
    accepted: set[str] = field(default_factory=set)
    refusals: int = 0


@dataclass(frozen=True)
class Email:
    """Sends multipart e-mail, text and HTML, to one or more people.

    `security`: "tls" from the first byte (port 465), "starttls" (587), or "none" (25), which takes no password.
    `ca_file`: certificates to trust besides the system's, for a server of your own.
    """

    kind: ClassVar[str] = "email"
    summary: ClassVar[str] = "sends e-mail by an SMTP server"
    shows: ClassVar[Showing] = "pictures"

    host: str
    sender: str
    to: tuple[str, ...] | str
    port: int | None = None
    user: str = ""
    password: Secret | None = None
    security: Literal["tls", "starttls", "none"] = "tls"
    ca_file: str | None = None
    timeout: float = 30.0
    on_ambiguous: Literal["resend", "hold"] = "resend"
    _progress: _Progress = field(init=False, repr=False, compare=False, hash=False, default_factory=_Progress)

    def __post_init__(self) -> None:
        if self.security == "none" and self.password is not None:
            raise ValueError('a password is never sent in the clear: use security = "tls" or "starttls"')
        if self.port is not None and not 0 < self.port < 65536:
            raise ValueError(f"port is a number from 1 to 65535, not {self.port}")
        if bool(self.user) != (self.password is not None):
            raise ValueError("user and password belong together")
        for address in (self.sender, *self.recipients):
            if "@" not in bare(address) or not bare(address).isascii():
                raise ValueError(f"{address!r} is not an e-mail address")

    @property
    def recipients(self) -> tuple[str, ...]:
        return (self.to,) if isinstance(self.to, str) else tuple(self.to)

    async def open(self) -> None:
        """Nothing to open: a connection lasts for one message."""

    async def close(self) -> None:
        """Nothing to close."""

    async def check(self) -> str:
        """Connect, log in, and leave without sending."""
        client = self._client()
        try:
            await self._connect(client)
            await client.noop()
        except (SMTPException, OSError) as error:
            raise _failure(error, self.host) from None
        finally:
            client.close()
        return f"{self.host} accepts the connection{' and the login' if self.user else ''}"

    async def send(self, message: Message) -> str:
        """Send to every recipient that does not have it yet; return the Message-ID, the same at every try."""
        mail = compose(message, self.sender, self.recipients)
        progress = self._progress
        if progress.message_id != mail["Message-ID"]:
            progress.message_id, progress.accepted = mail["Message-ID"], set()
        client = self._client()
        try:
            await self._connect(client)
            await self._transmit(client, mail, progress)
        except (SMTPException, OSError) as error:
            raise _failure(error, self.host) from None
        finally:
            client.close()
        return progress.message_id

    def _client(self) -> SMTP:
        return SMTP(
            hostname=self.host,
            port=self.port or _PORTS[self.security],
            local_hostname=domain(self.sender),  # the default asks DNS for our own name, and blocks
            timeout=self.timeout,
            use_tls=self.security == "tls",
            start_tls=self.security == "starttls",  # never "if offered": a password would follow in the clear
            cert_bundle=self.ca_file,
        )

    async def _connect(self, client: SMTP) -> None:
        await client.connect()
        if self.user and self.password is not None:
            try:
                await client.login(self.user, self.password.reveal())
            except SMTPResponseException as error:
                raise _by_code(error, Rejected, "the login was refused") from None

    async def _transmit(self, client: SMTP, mail: EmailMessage, progress: _Progress) -> None:
        try:
            await client.mail(bare(self.sender))
        except SMTPResponseException as error:
            raise _by_code(error, Rejected, "the sender was refused") from None
        waiting = [address for address in map(bare, self.recipients) if address not in progress.accepted]
        refused = {a: refusal for a in waiting if (refusal := await _offer(client, a)) is not None}
        if len(refused) < len(waiting):
            await self._data(client, mail)
            progress.accepted |= set(waiting) - set(refused)
        if refused:
            raise self._refused(refused, progress)
        progress.refusals = 0

    async def _data(self, client: SMTP, mail: EmailMessage) -> None:
        try:
            await client.data(mail.as_bytes())
        except SMTPDataError as error:
            raise _by_code(error, Unsendable, "the message was refused") from None
        except (SMTPServerDisconnected, SMTPTimeoutError, OSError) as error:
            raise self._ambiguous(str(error)) from None

    def _ambiguous(self, said: str) -> DeliveryError:
        if self.on_ambiguous == "hold":
            return Unsendable(f"the connection broke while sending ({said}); it may have arrived and is not repeated")
        return Deferred(f"the connection broke while sending: {said}", retry_after=WAIT_IF_AMBIGUOUS, ambiguous=True)

    def _refused(self, refused: dict[str, SMTPRecipientRefused], progress: _Progress) -> DeliveryError:
        """Refused for good three times in a row suspends the channel; anything else is tried again."""
        said = "; ".join(f"{address}: {error.code} {line(error.message, 120)}" for address, error in refused.items())
        if all(error.code < 500 for error in refused.values()):
            return Deferred(f"recipients refused for now: {said}")
        progress.refusals += 1
        if progress.refusals >= MOST_REFUSALS:
            progress.refusals = 0
            return Rejected(f"recipients refused: {said}")
        return Deferred(f"recipients refused ({progress.refusals} of {MOST_REFUSALS}): {said}")


async def _offer(client: SMTP, address: str) -> SMTPRecipientRefused | None:
    try:
        await client.rcpt(address)
    except SMTPRecipientRefused as refusal:
        return refusal
    return None


def _by_code(error: SMTPResponseException, lasting: type[Rejected] | type[Unsendable], what: str) -> DeliveryError:
    """A 4xx answer may change; a 5xx will not."""
    text = f"{what}: {error.code} {line(error.message, 200)}"
    return lasting(text) if error.code >= 500 else Deferred(text)


def _failure(error: Exception, host: str) -> DeliveryError:
    """Say what a failure outside MAIL, RCPT and DATA means: nothing was delivered."""
    said = line(str(error), 200) or type(error).__name__
    certificate = error if isinstance(error, ssl.SSLCertVerificationError) else error.__cause__
    if isinstance(certificate, ssl.SSLCertVerificationError):
        return Rejected(f"the server's certificate is not trusted: {certificate.verify_message or said}")
    if isinstance(error, SMTPResponseException):
        return _by_code(error, Rejected, "the server refused")
    if isinstance(error, SMTPConnectError) and isinstance(error.__cause__, OSError) and error.__cause__.errno:
        return Deferred(f"the mail server cannot be reached: {unreached(host, error.__cause__)}")
    if isinstance(error, SMTPConnectError | SMTPServerDisconnected | SMTPTimeoutError | OSError):
        return Deferred(f"the mail server cannot be reached: {said}")
    return Rejected(f"the mail server cannot be used: {said}")
