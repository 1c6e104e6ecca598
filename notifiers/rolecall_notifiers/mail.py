"""A rendered message as an e-mail with the headers of a considerate robot."""

from __future__ import annotations

import hashlib
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr, localtime, parseaddr

from rolecall.model import Message
from rolecall.render.clean import line
from rolecall.render.email import content_id, pictures_of, render_email


def compose(message: Message, sender: str, recipients: tuple[str, ...]) -> EmailMessage:
    """Return the message as multipart/alternative; its Message-ID depends on the message and the people alone."""
    rendered = render_email(message)
    home = domain(sender)
    digest = hashlib.sha256("\n".join((message.id, sender, *recipients)).encode()).hexdigest()[:32]
    mail = EmailMessage(policy=SMTP)
    mail["From"] = _named(sender)
    mail["To"] = ", ".join(map(_named, recipients))
    mail["Subject"] = rendered.subject
    mail["Date"] = format_datetime(localtime())
    mail["Message-ID"] = f"<{digest}@{home}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["List-Id"] = f"Rolecall job alerts <alerts.rolecall.{home}>"
    mail["List-Unsubscribe"] = f"<mailto:{bare(sender)}?subject=unsubscribe>"
    mail.set_content(rendered.text + "\n", cte="quoted-printable")  # 7 bits: some servers take no more
    mail.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    _with_pictures(mail, message)
    if rendered.whole:
        name = f"{line(rendered.subject, 60).replace('/', '-')}.html"
        mail.add_attachment(rendered.whole, subtype="html", filename=name, cte="base64")
    return mail


def _with_pictures(mail: EmailMessage, message: Message) -> None:
    """Put the pictures beside the HTML part, which names them by their Content-ID."""
    *_, html = mail.iter_parts()
    for picture in pictures_of(message):
        identity, name = f"<{content_id(picture.name)}>", f"{picture.name}.png"
        html.add_related(picture.png, "image", "png", cid=identity, filename=name, disposition="inline")


def bare(address: str) -> str:
    """Return "me@example.org" for "Me <me@example.org>"."""
    return parseaddr(line(address))[1]


def domain(address: str) -> str:
    """Return what stands behind the "@"."""
    return bare(address).rpartition("@")[2]


def _named(address: str) -> str:
    return formataddr(parseaddr(line(address)))
