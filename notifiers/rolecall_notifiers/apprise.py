"""A hundred other services by Apprise (https://github.com/caronc/apprise): Slack, Discord, ntfy, Pushover, Matrix …

Apprise says only whether it worked. So a failure is an unclear one: tried again, and given up after a few times.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import Any, ClassVar

from rolecall.errors import Deferred, Unsendable
from rolecall.model import Message
from rolecall.ports import Showing
from rolecall.render.clean import clean
from rolecall.render.text import render_text
from rolecall.secret import Secret

WAIT = 60.0  # seconds
INSTALL = "pip install 'rolecall[apprise]'"
_STATUS = re.compile(r"error[ =](\d{3})")


@dataclass
class _Service:
    """Apprise's object for the address, once opened."""

    notify: Any = None


@dataclass(frozen=True)
class Apprise:
    """Sends plain text to one Apprise address such as `ntfy://topic` or `discord://id/token`: a secret."""

    kind: ClassVar[str] = "apprise"
    summary: ClassVar[str] = "sends by Apprise: Slack, Discord, ntfy, Pushover, Matrix and many more"
    shows: ClassVar[Showing] = "overview"

    url: Secret
    _service: _Service = field(init=False, repr=False, compare=False, hash=False, default_factory=_Service)

    def __post_init__(self) -> None:
        if find_spec("apprise") is None:
            raise ValueError(f"this kind needs an extra: {INSTALL}")

    async def open(self) -> None:
        """Read the address. One that Apprise does not know is said when something is sent or checked."""
        apprise = import_module("apprise")  # 0.2 s of imports, only for those who use it
        self._service.notify = apprise.Apprise.instantiate(self.url.reveal(), suppress_exceptions=True)
        if self._service.notify is not None:
            # Whole, in several parts where the service takes only short ones: never cut.
            self._service.notify.overflow_mode = apprise.OverflowMode.SPLIT

    async def close(self) -> None:
        """Let go of the address."""
        self._service.notify = None

    async def check(self) -> str:
        """Say which service it is; nothing is dialled."""
        return f"sends by {self._known().service_name} (`rolecall test` tries it)"

    async def send(self, message: Message) -> str:
        """Send as text, in parts where the service's limit asks for it. Raises `Deferred` or `Unsendable`."""
        service, shown = self._known(), clean(message)
        apprise = import_module("apprise")
        collection = apprise.Apprise()  # a service by itself does not turn text into its own markup in each version
        collection.add(service)
        body = render_text(message).removeprefix(shown.subject).strip() or shown.subject
        with apprise.LogCapture(level=apprise.logging.WARNING) as said:
            sent = await collection.async_notify(body=body, title=shown.subject, body_format=apprise.NotifyFormat.TEXT)
        if not sent:
            why = _reason(said.getvalue())
            raise Deferred(f"{service.service_name} did not take it{why}", retry_after=WAIT, ambiguous=True)
        return str(service.service_name)

    def _known(self) -> Any:
        if self._service.notify is None:
            raise Unsendable("Apprise does not know this kind of address, or it is incomplete")
        return self._service.notify


def _reason(log: str) -> str:
    """Only the status is passed on: what Apprise logs may hold the address, which is a secret."""
    status = _STATUS.search(log)
    return f" (status {status[1]})" if status else ""
