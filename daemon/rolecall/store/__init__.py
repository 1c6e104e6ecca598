"""Everything Rolecall remembers: the store on SQLite, and its fake in memory, for tests and trials (`store.memory`)."""

from rolecall.store.sqlite import SqliteStore

__all__ = ["SqliteStore"]
