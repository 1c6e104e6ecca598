"""What a vacancy is recognised by, and to which one a posting belongs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Print:
    """What is kept of a posting to recognise its vacancy again: small, comparable, stored as JSON.

    `keys` are the indexed look-up keys: two postings of one vacancy share at least one of them.
    """

    source: str
    id: str
    keys: frozenset[str]
    company: str  # normalised
    title: str  # normalised core, without place, mode and pay words
    level: str  # "senior", "mid-senior", "" = not stated
    places: frozenset[str]
    url: str  # canonical
    shingles: frozenset[int]  # hashes of the description's word runs
    length: int  # words in the description
    pay: tuple[int, ...] = ()  # ends of the stated yearly pay
    posted: int = 0  # day, counted from the year 1; 0 = unknown
    retold: bool = False  # a board tells the advert in its own words
    role: str = ""  # that the text says it is for
    temporary: bool | None = None  # the text says so; None = nobody looked

    @property
    def key(self) -> tuple[str, str]:
        return (self.source, self.id)


@dataclass(frozen=True, slots=True)
class Assignment:
    """To which vacancy a posting belongs, and why. `job` is new when `same_as` is None.

    `bridges`: other known vacancies that this posting shows to be the same; they are shown, never merged silently.
    """

    key: tuple[str, str]
    job: str
    same_as: tuple[str, str] | None = None
    because: tuple[str, ...] = ()
    score: float = 1.0
    bridges: tuple[str, ...] = ()
