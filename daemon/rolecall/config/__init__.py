"""TOML → a frozen `Config`, with every problem at once.

`read.py` finds and walks the file, `plugin.py` reads the tables of sources and channels by their dataclasses,
`secrets.py` fetches what must not stand in the file, `people.py` sees to it that all of it is somebody's, `model.py` is
what comes out.
"""

from rolecall.config.model import Channel, Config, DaemonOptions, Person, SourceEntry
from rolecall.config.plugin import secrets_of
from rolecall.config.read import Kinds, find, load, read, table_of, text_of

__all__ = [
    "Channel",
    "Config",
    "DaemonOptions",
    "Kinds",
    "Person",
    "SourceEntry",
    "find",
    "load",
    "read",
    "secrets_of",
    "table_of",
    "text_of",
]
