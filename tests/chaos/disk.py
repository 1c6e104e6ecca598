"""The disk and the clock of a daemon under test: `disk.c` stands before them and does what the control page says."""

from __future__ import annotations

import errno
import mmap
import shutil
import struct
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

SOURCE = Path(__file__).with_name("disk.c")

WRITE, SYNC = 1, 2
GROWING, WRITES, SYNCS = 1, 2, 4
BEFORE, HALF, AFTER = 0, 1, 2

_PLACES = {
    "wall_us": (0, "q"),
    "error": (8, "i"),
    "fails": (12, "i"),
    "chance": (16, "i"),
    "failed": (20, "i"),
    "die_at": (24, "i"),
    "die_when": (28, "i"),
    "die_on_main": (32, "i"),
    "die_after": (36, "i"),
    "died": (40, "i"),
    "dice": (44, "I"),
}


class Control:
    """The page that both the test and the daemon's process see."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(4096))
        with path.open("r+b") as file:
            self._page = mmap.mmap(file.fileno(), 4096)

    def __getitem__(self, name: str) -> int:
        place, form = _PLACES[name]
        return int(struct.unpack_from(form, self._page, place)[0])

    def set(self, **values: int) -> None:
        for name, value in values.items():
            place, form = _PLACES[name]
            struct.pack_into(form, self._page, place, value)

    def die(self, at: int, when: int, *, main: bool = False, after: int = 0) -> None:
        """Let the process be killed at its next write or sync, of the main file or of its log."""
        self.set(die_when=when, die_on_main=main, die_after=after)
        self.set(die_at=at)

    def unreliable(self, chance: float, seed: int) -> None:
        """Let so many writes find no room, and so many syncs fail."""
        fails = GROWING | SYNCS if chance else 0
        self.set(error=errno.EIO if seed % 2 else errno.ENOSPC, chance=int(chance * 1e6), dice=seed, fails=fails)

    def full(self) -> None:
        """No file can grow."""
        self.set(error=errno.ENOSPC, chance=1_000_000, fails=GROWING)

    def readonly(self) -> None:
        self.set(error=errno.EROFS, chance=1_000_000, fails=WRITES)

    def well(self) -> None:
        self.set(fails=0, die_at=0, died=0)

    def set_clock(self, ahead: timedelta) -> None:
        self.set(wall_us=int(ahead.total_seconds() * 1e6))


def built(folder: Path) -> Path:
    """Compile `disk.c`; skips the calling test where there is no compiler."""
    library = folder / "disk.so"
    if not library.exists():
        compiler = shutil.which("cc") or shutil.which("gcc")
        if compiler is None:
            pytest.skip("needs a C compiler (apt-get install gcc libc6-dev)")
        subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-o", library, SOURCE, "-ldl", "-lpthread"], check=True)
    return library


def before(folder: Path, database: Path, *, log: Path | None = None) -> dict[str, str]:
    """Return the environment of a process that is to have this disk; its control page is `folder`/control."""
    Control(folder / "control")
    said = {
        "LD_PRELOAD": str(built(folder)),
        "DISK_PREFIX": str(database.resolve()),
        "DISK_CONTROL": str(folder / "control"),
    }
    return said | ({"DISK_LOG": str(log)} if log else {})
