"""What the boards of single employers have in common: a name in an address, and an employer behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from rolecall.sources.reading import check_board


@dataclass(frozen=True, slots=True)
class EmployersBoard:
    """One employer's board. `board` is the name in its address; `company` where the board does not tell it.

    A kind says in `home` where its boards live ("{board}" is put in), or has a `host` of its own; `base` replaces it.
    """

    kind: ClassVar[str]
    home: ClassVar[str] = ""
    interval: ClassVar[timedelta] = timedelta(minutes=60)
    minimum: ClassVar[timedelta] = timedelta(minutes=60)

    board: str
    company: str = ""
    base: str = ""

    def __post_init__(self) -> None:
        check_board(self.board)

    @property
    def name(self) -> str:
        return f"{self.kind}:{self.board}"

    @property
    def host(self) -> str:
        """The beginning of every address of this board, without a slash at its end."""
        return self.base or self.home.format(board=self.board)
