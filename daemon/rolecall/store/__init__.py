"""Everything Rolecall remembers: the store on SQLite, and its fake in memory, for tests and trials (`store.memory`).

sqlite-utils takes numpy and pandas along where they are installed, and the pictures bring numpy: 10 MB for nothing.
"""

import sys

_UNUSED = {name: None for name in ("numpy", "pandas") if name not in sys.modules}
sys.modules.update(_UNUSED)  # type: ignore[arg-type]  # None: an import of it fails, as where it is not installed
import sqlite_utils  # noqa: E402, F401 (imported here first)

for _name in _UNUSED:
    del sys.modules[_name]

from rolecall.store.sqlite import SqliteStore  # noqa: E402 (only now)

__all__ = ["SqliteStore"]
