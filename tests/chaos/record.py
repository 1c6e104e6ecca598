"""What happened in a world, and what must hold of it."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

CHANNELS = ("telegram", "mail")


def numbers(text: str) -> set[int]:
    """Return the postings that a message tells of."""
    return {int(number) for number in re.findall(r"N(\d+)N", text)}


@dataclass
class Record:
    """Per channel and posting: how often it came, and what may have made it come again."""

    received: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    order: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))  # by first receipt
    unclear: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    in_hand: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))  # when it was killed
    kills: Counter[str] = field(default_factory=Counter)  # by point
    ended: int = 0  # lives that could not begin, since the disk failed them
    answers: int = 0
    faults: int = 0  # of the boards, Telegram, the mail server
    disk_faults: int = 0
    published: int = 0

    def heard(self, channel: str, text: str) -> None:
        for number in sorted(numbers(text)):
            if not self.received[channel][number]:
                self.order[channel].append(number)
            self.received[channel][number] += 1

    def lost(self, channel: str) -> set[int]:
        return set(range(self.published)) - self.received[channel].keys()

    def copies(self, channel: str) -> int:
        return sum(count - 1 for count in self.received[channel].values())

    def unexplained(self, channel: str) -> dict[int, int]:
        """Return the alerts that came oftener than kills in the middle of a send and unclear answers explain."""
        return {
            number: count
            for number, count in self.received[channel].items()
            if count > 1 + self.in_hand[channel][number] + self.unclear[channel][number]
        }


def ask(database: Path, query: str) -> list[tuple[object, ...]]:
    """Ask the database, beside whoever uses it."""
    db = sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True, timeout=30)
    try:
        return db.execute(query).fetchall()
    finally:
        db.close()


_OF_ALERTS = """
SELECT o.channel, p.source_id - 1000, o.state, o.error, o.due, o.id FROM outbox o
JOIN outbox_alert oa ON oa.outbox = o.id JOIN alert a ON a.id = oa.alert JOIN posting p ON p.id = a.posting
"""


def in_hand(database: Path) -> list[tuple[str, int]]:
    """Return what was being sent, by channel and posting; nothing before there is a schema."""
    try:
        rows = ask(database, f"{_OF_ALERTS} WHERE o.state = 'sending'")
    except sqlite3.OperationalError:
        return []
    return [(str(channel), int(str(number))) for channel, number, *_ in rows]


def set_aside(database: Path, channel: str) -> set[int]:
    """Return the postings whose message got no clear answer three times, and says so: not lost, but given up."""
    rows = ask(database, f"{_OF_ALERTS} WHERE o.state = 'dead' AND o.error LIKE '%without a clear answer%'")
    return {int(str(number)) for name, number, *_ in rows if name == channel}


def waiting(database: Path) -> int:
    return int(str(ask(database, "SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending')")[0][0]))


def due_order(database: Path, channel: str) -> list[int]:
    """Return the postings in the order in which their messages fell due."""
    rows = ask(database, f"{_OF_ALERTS} ORDER BY o.due, o.id, 2")
    return [int(str(number)) for name, number, *_ in rows if name == channel]
