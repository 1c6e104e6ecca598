"""What a disk holds after the power failed: all that was synced, and of the rest whatever the disk had got round to.

From the record that `disk.c` keeps. Of what was written after a file's last sync, each write may be there, missing or
torn between two sectors, in any combination; a file or its deletion is only certain once its folder was synced.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512
MARK = "-mark"  # the file in which a process notes what it holds to be certain

_HEAD = struct.Struct("<B15sqq")
_WRITE, _SYNC, _TRUNCATE, _UNLINK, _SYNC_FOLDER = 1, 2, 3, 4, 5


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was done to a file; its name is what follows the database's."""

    op: int
    name: str
    offset: int
    data: bytes


def steps(log: bytes) -> Iterator[Step]:
    at = 0
    while at + _HEAD.size <= len(log):
        op, name, offset, length = _HEAD.unpack_from(log, at)
        at += _HEAD.size
        yield Step(op, name.rstrip(b"\0").decode(), offset, log[at : at + length])
        at += length


@dataclass
class _File:
    certain: bytes = b""
    is_certain: bool = False  # is its name?
    pending: list[Step] = field(default_factory=list)
    deleted: bool = False


@dataclass
class Disk:
    """Follows the record step by step; `after_a_cut` says what is left if the power fails now."""

    files: dict[str, _File] = field(default_factory=dict)
    marks: list[str] = field(default_factory=list)

    def follow(self, step: Step) -> None:
        if step.name == MARK:
            self.marks += step.data.decode().splitlines()
            return
        if step.name == "-shm":
            return  # made anew from the log
        if step.op == _SYNC_FOLDER:
            self.files = {name: file for name, file in self.files.items() if not file.deleted}
            for file in self.files.values():
                file.is_certain = True
            return
        file = self.files.setdefault(step.name, _File())
        match step.op:
            case 2:
                file.certain, file.pending = _applied(file.certain, file.pending), []
            case 4:
                file.deleted = True
            case _:
                if file.deleted:  # a new one under its name
                    file = self.files[step.name] = _File()
                file.pending.append(step)

    def after_a_cut(self, dice: random.Random) -> dict[str, bytes]:
        found = {}
        for name, file in self.files.items():
            if (file.deleted or not file.is_certain) and dice.random() < 0.5:
                continue
            luck = dice.choice((0.0, 0.5, 0.9, 1.0))
            left = [part for step in file.pending if (part := _survivor(step, luck, dice))]
            found[name] = _applied(file.certain, left)
        return found


def _survivor(step: Step, luck: float, dice: random.Random) -> Step | None:
    if dice.random() < luck:
        return step
    if step.op != _WRITE or dice.random() < 0.5:
        return None
    whole = step.offset // SECTOR * SECTOR + SECTOR * dice.randint(0, len(step.data) // SECTOR)
    keep = max(0, whole - step.offset)
    if dice.random() < 0.5:
        return Step(step.op, step.name, step.offset, step.data[:keep])
    return Step(step.op, step.name, step.offset + keep, step.data[keep:])


def _applied(content: bytes, pending: list[Step]) -> bytes:
    if not pending:
        return content
    grown = bytearray(content)
    for step in pending:
        if step.op == _TRUNCATE:
            del grown[step.offset :]
            grown.extend(bytes(step.offset - len(grown)))
        else:
            grown.extend(bytes(max(0, step.offset + len(step.data) - len(grown))))
            grown[step.offset : step.offset + len(step.data)] = step.data
    return bytes(grown)


def put(files: dict[str, bytes], database: Path) -> None:
    """Write the files as they are after the cut; nothing else of the database is left."""
    for old in database.parent.glob(f"{database.name}*"):
        old.unlink()
    for name, content in files.items():
        database.with_name(database.name + name).write_bytes(content)
