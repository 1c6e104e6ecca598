"""What the two halves of the journey work with; opened by `app.py`, changed only by a reload."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from rolecall.config import Config
from rolecall.learned import Learned
from rolecall.match import Index
from rolecall.people import Muted
from rolecall.ports import Fetcher, Parser, Store
from rolecall.repeats import Repeats


@dataclass(slots=True)
class House:
    """The store, the edges and the user's decisions.

    `deciding` lets one poll at a time recognise, match and write; `config` and `index` change only under it.
    `understanding` lets one more get ready for that: what many have understood would lie in memory and wait its turn.
    """

    store: Store
    fetcher: Fetcher
    parser: Parser
    config: Config
    index: Index
    now: Callable[[], datetime]
    deciding: asyncio.Lock = field(default_factory=asyncio.Lock)
    understanding: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))
    repeats: Repeats = field(default_factory=Repeats)
    learned: Learned = field(default_factory=Learned)

    async def mutes(self) -> Sequence[Muted]:
        """Return whom the people of the house muted."""
        return await self.store.mutes({"", *(person.name for person in self.config.people)})
