"""The user's own job-alert e-mails, by IMAP: the only lawful way to LinkedIn and Indeed (design: sources.md 6.5)."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ClassVar, Literal
from urllib.parse import quote

from rolecall.errors import Unreadable
from rolecall.model import Json, Page, RawPosting, Reply, Request
from rolecall.secret import Secret
from rolecall.sources import alerts, jobposting, letters
from rolecall.sources.adverts import advert
from rolecall.sources.alerts import Card
from rolecall.sources.letters import Letter
from rolecall.sources.reading import BadRow, Row, merged

SENDERS = (
    "linkedin.com", "indeed.com", "indeed.co.uk", "indeedemail.com", "reed.co.uk", "totaljobs.com", "totaljobsmail.com",
    "cwjobs.co.uk", "cwjobsmail.co.uk", "cv-library.co.uk", "jobserve.com", "jobsite.co.uk", "technojobs.co.uk",
    "adzuna.co.uk", "glassdoor.com", "welcometothejungle.com", "jobs.ac.uk",
)  # fmt: skip
_PORTS = {"tls": 993, "starttls": 143, "none": 143}
_HERE = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Mail:
    """One folder of a mailbox, only ever read: no mail is marked, moved or deleted.

    `senders`: of From one of these words must be part; an empty list reads every mail, for a folder of alerts alone.
    `days`: how old mails may be. `security`: "tls" (port 993), "starttls" (143), or "none", on this machine only.
    """

    kind: ClassVar[str] = "mail"
    summary: ClassVar[str] = "your own job-alert e-mails (LinkedIn, Indeed, Reed …), by IMAP"
    interval: ClassVar[timedelta] = timedelta(minutes=5)
    minimum: ClassVar[timedelta] = timedelta(minutes=1)

    host: str
    user: str
    password: Secret
    folder: str = "INBOX"
    port: int = 0
    security: Literal["tls", "starttls", "none"] = "tls"
    senders: tuple[str, ...] = SENDERS
    days: int = 14
    label: str = ""

    def __post_init__(self) -> None:
        if self.security == "none" and self.host not in _HERE:
            raise ValueError('a password is never sent in the clear: use security = "tls" or "starttls"')
        if not re.fullmatch(r"[\w.-]+|::1", self.host, re.ASCII):
            raise ValueError(f"{self.host!r} is not a mail server's name, such as imap.example.org")
        if bad := next((each for each in self.senders if not re.fullmatch(r"[\w.@+-]+", each, re.ASCII)), None):
            raise ValueError(f"{bad!r} is not a sender: give an address, or its part after the @")
        if not 0 <= self.port < 65536:
            raise ValueError(f"port is a number from 1 to 65535, not {self.port}")
        if not 1 <= self.days <= 365:
            raise ValueError("days must be between 1 and 365")

    @property
    def name(self) -> str:
        return f"{self.kind}:{self.label or f'{self.host}/{self.folder}'}"

    def requests(self) -> Sequence[Request]:
        scheme = "imaps" if self.security == "tls" else "imap"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (
            Request(
                f"{scheme}://{host}:{self.port or _PORTS[self.security]}/{quote(self.folder, safe='')}",
                headers={
                    "user": self.user,
                    "password": self.password.reveal(),
                    "security": self.security,
                    "senders": " ".join(self.senders),
                    "days": str(self.days),
                },
            ),
        )

    def parse(self, reply: Reply) -> Page:
        """Read each mail by itself; one without a single job is counted as skipped."""
        found = [list(self._postings(raw)) for raw in _mails(reply)]
        return Page(merged(each for mail in found for each in mail), skipped=sum(not mail for mail in found))

    def _postings(self, raw: bytes) -> Iterator[RawPosting]:
        try:
            letter = letters.read(raw)
        except RecursionError:  # parts within parts within parts
            return
        rows = map(Row, jobposting.job_postings(letter.page))
        structured = [posting for row in rows if (posting := self._structured(row, letter))]
        yield from structured or (self._shown(card, letter) for card in alerts.cards(letter))

    def _shown(self, card: Card, letter: Letter) -> RawPosting:
        board = card.advert.board or _domain(letter.sender)
        return RawPosting(
            source=self.name,
            id=f"{board.lower()}:{card.advert.id}" if card.advert.board else card.advert.id,
            title=card.title,
            url=card.advert.url,
            company=card.company,
            location=card.place,
            description="\n".join(f"<p>{html.escape(line)}</p>" for line in map(_without_links, card.more) if line),
            salary_text=card.salary,
            posted_at=letter.sent,
            truncated=True,  # an alert shows a few lines of the advert
            attribution=board,
        )

    def _structured(self, row: Row, letter: Letter) -> RawPosting | None:
        """Return a schema.org JobPosting; None without a title, or without anything to know it by."""
        link, sender = advert(row.text("url")), _domain(letter.sender)
        number = jobposting.identity(row) or (link.id if link else "")
        try:
            found = jobposting.posting(row, self.name, number and f"{sender}:{number}", link.url if link else "")
        except BadRow:
            return None
        return replace(
            found,
            description=_without_links(found.description),
            posted_at=found.posted_at or letter.sent,
            attribution=(link.board if link else "") or sender,
        )


def _mails(reply: Reply) -> Iterator[bytes]:
    """Yield the raw mails of a reply (`fetch.imap`); raises `Unreadable` when it is something else."""
    try:
        mails: Json = json.loads(reply.body)
    except (ValueError, RecursionError):
        mails = None
    if not isinstance(mails, Mapping) or not all(uid.isdecimal() for uid in mails):
        raise Unreadable("the answer does not hold mails")
    for text in mails.values():
        yield text.encode("latin-1", "replace") if isinstance(text, str) else b""


def _domain(sender: str) -> str:
    """Return who sent a mail: the part of the address after the @."""
    found = re.search(r"@([\w.-]{1,200})", sender)
    return found[1].strip(".") if found else "e-mail"


def _without_links(text: str) -> str:
    return re.sub(r"(?:https?://|www\.)[^\s\"'<>]+", "", text).strip()
