"""Where messages leave: one module per channel, each a `rolecall.ports.Notifier`.

A new one: copy console.py, implement `send`, raise `Deferred`, `Rejected` or `Unsendable`, add one line to `KINDS`.
"""

from __future__ import annotations

from rolecall.ports import Notifier
from rolecall_notifiers.apprise import Apprise
from rolecall_notifiers.console import Console
from rolecall_notifiers.email import Email
from rolecall_notifiers.feedfile import FeedFile
from rolecall_notifiers.html import HtmlFile
from rolecall_notifiers.telegram import Telegram
from rolecall_notifiers.webhook import Webhook

KINDS: dict[str, type[Notifier]] = {
    each.kind: each for each in (Console, Telegram, Email, HtmlFile, Webhook, FeedFile, Apprise)
}
