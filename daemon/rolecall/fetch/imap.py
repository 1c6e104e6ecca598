"""imaps:// and imap:// requests: the new mails of one folder, read without leaving a trace.

The folder is only examined and mails are only peeked at: no flag changes, nothing is deleted. What is new is told by
UIDVALIDITY and UID, kept as the request's `etag` and so saved in the transaction that saves the postings. The host is
the user's own word and no answer can lead elsewhere, so it may lie on this machine too, as mail bridges do.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import reduce

from rolecall.errors import Unreachable, Unreadable
from rolecall.fetch.body import JSON_LIMIT
from rolecall.fetch.imap_session import Client, Session
from rolecall.model import Reply, Request, Validators
from rolecall.ports import DIRECTORY

MAILS = 100  # read in one go, the rest next time
MAIL_LIMIT = 2_000_000  # bytes; a longer one is no job alert
DEADLINE = 60.0  # seconds for all of it

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_SIZE = re.compile(rb"RFC822\.SIZE (\d{1,12})")
_UID = re.compile(rb"UID (\d{1,10})")


async def read(request: Request, validators: Validators, now: datetime, deadline: float = DEADLINE) -> Reply:
    """Return the new mails as one JSON object, UID → the raw mail as Latin-1 text; 304 when there are none.

    The request's headers hold `user`, `password`, `security` ("tls", "starttls", "none"), `days` (how old a mail may
    be) and `senders` (words of which From must hold one; "" for all). Raises `Unreachable`, `Unreadable`, `Refused`.
    """
    session = Session(request)

    def talk(client: Client) -> Reply:
        return _new_mails(session, client, validators, now)

    try:
        async with asyncio.timeout(deadline):
            return await asyncio.to_thread(session.run, talk)
    except TimeoutError:
        raise Unreachable(f"{session.host} did not answer within {deadline:.0f} s") from None
    finally:
        session.cut()


def _new_mails(session: Session, client: Client, validators: Validators, now: datetime) -> Reply:
    validity = session.examine(client)
    before = _cursor(validators.etag, validity)
    uids = _search(session, client, before, now)
    if not uids and before is not None:
        return Reply(session.request.url, 304, {}, b"", now)
    # At first the newest are enough; later none may be passed over.
    mails = dict(_mails(client, uids[-MAILS:] if before is None else uids[:MAILS]))
    headers = {"etag": f"{validity}:{max(mails, default=before or 0)}", "content-type": DIRECTORY}
    body = json.dumps({str(uid): text for uid, text in mails.items()}, ensure_ascii=False).encode()
    return Reply(session.request.url, 200, headers, body, now)


def _search(session: Session, client: Client, before: int | None, now: datetime) -> list[int]:
    """Return the UIDs of the mails that are new, young enough and from a sender that is wanted, in order."""
    since = now - timedelta(days=int(session.request.headers["days"]))
    words = [f"SINCE {since.day}-{_MONTHS[since.month - 1]}-{since.year}"]
    words += [f"UID {before + 1}:*"] if before is not None else []
    senders = [f'FROM "{each}"' for each in session.request.headers["senders"].split()]
    words += [reduce(lambda rest, each: f"OR {each} {rest}", senders)] if senders else []
    status, data = client.uid("SEARCH", " ".join(words))
    if status != "OK":
        raise Unreadable(f"{session.host} cannot search the folder")
    found = b" ".join(each for each in data if isinstance(each, bytes)).split()
    # "n:*" always names the last mail, even when it is older than n.
    return sorted({int(each) for each in found if each.isdigit() and int(each) > (before or 0)})


def _mails(client: Client, uids: list[int]) -> Iterator[tuple[int, str]]:
    """Yield each mail as text; "" for one that is too long or has gone meanwhile."""
    sizes = _sizes(client, uids)
    left = JSON_LIMIT
    for uid in uids:
        size = sizes.get(uid, 0)
        if not 0 < size <= MAIL_LIMIT:
            yield uid, ""
            continue
        if size > left:
            return  # the rest comes next time
        left -= size
        yield uid, _mail(client, uid)


def _sizes(client: Client, uids: list[int]) -> dict[int, int]:
    if not uids:
        return {}
    _, data = client.uid("FETCH", ",".join(map(str, uids)), "(UID RFC822.SIZE)")
    lines = [each for each in data if isinstance(each, bytes)]
    pairs = [(_UID.search(line), _SIZE.search(line)) for line in lines]
    return {int(uid[1]): int(size[1]) for uid, size in pairs if uid and size}


def _mail(client: Client, uid: int) -> str:
    _, data = client.uid("FETCH", str(uid), "(BODY.PEEK[])")
    return next((part[1].decode("latin-1") for part in data if isinstance(part, tuple)), "")


def _cursor(etag: str | None, validity: int) -> int | None:
    """Return the last UID that was read, None when the folder is new or was numbered anew."""
    known, _, uid = (etag or "").partition(":")
    return int(uid) if known == str(validity) and uid.isdecimal() else None
