"""Where postings come from: one module a kind, no I/O in any of them.

A new source: copy `greenhouse.py` (a frozen dataclass whose fields are its options), add one line to `KINDS`, record
one reply for its test.
"""

from __future__ import annotations

from collections.abc import Mapping

from rolecall.ports import Source
from rolecall.sources.ashby import Ashby
from rolecall.sources.feed import Feed
from rolecall.sources.folder import Folder
from rolecall.sources.greenhouse import Greenhouse
from rolecall.sources.lever import Lever
from rolecall.sources.remoteok import RemoteOK

KINDS: Mapping[str, type[Source]] = {
    "feed": Feed,
    "greenhouse": Greenhouse,
    "lever": Lever,
    "ashby": Ashby,
    "remoteok": RemoteOK,
    "folder": Folder,
}

__all__ = ["KINDS", "Ashby", "Feed", "Folder", "Greenhouse", "Lever", "RemoteOK"]
