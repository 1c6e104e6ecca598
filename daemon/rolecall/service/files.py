"""Compares what is on the disk with what shall be, and makes it so; what is as it should be is not touched."""

from __future__ import annotations

import difflib
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rolecall.errors import RolecallError
from rolecall.service.plan import Piece
from rolecall.whole import replace_whole


@dataclass(frozen=True, slots=True)
class Change:
    """A piece that is not as it shall be, and how it is now (None: not there)."""

    piece: Piece
    place: Path  # of the piece, below the root
    content: str | None
    mode: int | None

    def __str__(self) -> str:
        """Say it in a line, with the lines that differ below, but for secrets."""
        piece = self.piece
        what = f"{'secret' if piece.secret else 'folder' if piece.content is None else 'file'}, {piece.mode:04o}"
        if self.mode is None:
            return f"new      {piece.path} ({what})"
        if self.content == piece.content:
            return f"mode     {piece.path} ({self.mode:04o}, shall be {piece.mode:04o})"
        return "\n".join([f"changed  {piece.path} ({what})", *self._difference()])

    def _difference(self) -> Iterator[str]:
        if not self.piece.secret:
            before, after = (self.content or "").splitlines(), (self.piece.content or "").splitlines()
            lines = list(difflib.unified_diff(before, after, n=0, lineterm=""))[2:]
            yield from (f"  {line}" for line in lines if not line.startswith("@@"))


def changes(pieces: Iterable[Piece], root: Path) -> list[Change]:
    """Return what is not as it shall be. Raises `RolecallError` where it cannot be looked at."""
    return [change for piece in pieces if (change := _change(piece, below(root, piece.path)))]


def below(root: Path, path: Path) -> Path:
    return root / path.relative_to("/")


def _change(piece: Piece, place: Path) -> Change | None:
    try:
        mode = stat.S_IMODE(place.stat().st_mode)
        content = None if piece.content is None else place.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Change(piece, place, None, None)
    except OSError as error:
        raise RolecallError(f"cannot read {place}: {error.strerror}") from error
    return None if (content, mode) == (piece.content, piece.mode) else Change(piece, place, content, mode)


def make(changes: Iterable[Change]) -> None:
    """Write every change, a file whole or not at all. Raises `RolecallError`."""
    for change in changes:
        try:
            _make(change.piece, change.place)
        except OSError as error:
            raise RolecallError(f"cannot write {change.place}: {error.strerror}") from error


def _make(piece: Piece, place: Path) -> None:
    if piece.content is None:
        place.mkdir(piece.mode, parents=True, exist_ok=True)
        place.chmod(piece.mode)
    else:
        place.parent.mkdir(parents=True, exist_ok=True)
        replace_whole(place, piece.content.encode(), lambda new: new.chmod(piece.mode))


def remove(paths: Iterable[Path], root: Path) -> list[Path]:
    """Remove files, and the folder of one that is empty then; return those that were there."""
    gone = []
    for path in paths:
        place = below(root, path)
        try:
            place.unlink()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise RolecallError(f"cannot remove {place}: {error.strerror}") from error
        gone.append(path)
        if place.parent.suffix == ".d" and not os.listdir(place.parent):  # noqa: PTH208 # only whether there is any
            place.parent.rmdir()
    return gone
