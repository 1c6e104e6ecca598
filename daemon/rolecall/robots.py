"""What a host's robots.txt says (RFC 9309): pure, and linear in the file's length whatever is in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

AGENT = "rolecall"
MAX_TEXT, MAX_LINES, MAX_RULE = 500_000, 2_000, 300
LONGEST_DELAY = 3_600.0


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules for one crawler: (is it allowed?, pattern). `delay`: seconds between two requests."""

    rules: tuple[tuple[bool, str], ...] = ()
    delay: float = 0.0

    def allows(self, url: str) -> bool:
        """Tell whether an address may be asked: the longest pattern that fits decides, in doubt for us."""
        parts = urlsplit(url)
        path = unquote(parts.path or "/") + (f"?{unquote(parts.query)}" if parts.query else "")
        fitting = [(len(pattern), allowed) for allowed, pattern in self.rules if _fits(pattern, path)]
        return parts.path == "/robots.txt" or max(fitting, default=(0, True))[1]


def read(text: str, agent: str = AGENT) -> Robots:
    """Return the rules for `agent`: of the groups that name it, else of those for everybody."""
    own: list[tuple[str, str]] = []
    everybodys: list[tuple[str, str]] = []
    named = False
    for agents, lines in _groups(_lines(text)):
        named = named or agent in agents
        (own if agent in agents else everybodys if "*" in agents else []).extend(lines)
    lines = own if named else everybodys
    delays = [_seconds(value) for name, value in lines if name == "crawl-delay"]
    rules = tuple((name == "allow", unquote(value)) for name, value in lines if name in ("allow", "disallow") and value)
    return Robots(rules, max(delays, default=0.0))


def _lines(text: str) -> Iterator[tuple[str, str]]:
    whole = text if len(text) <= MAX_TEXT else text[:MAX_TEXT].rpartition("\n")[0]
    for line in whole.removeprefix("\ufeff").splitlines()[:MAX_LINES]:
        name, colon, value = line.partition("#")[0].partition(":")
        if colon:
            yield name.strip().lower(), value.strip()[:MAX_RULE]


def _groups(lines: Iterable[tuple[str, str]]) -> Iterator[tuple[set[str], list[tuple[str, str]]]]:
    """Yield (the agents named, their lines); agents that follow one another share a group."""
    agents: set[str] = set()
    rules: list[tuple[str, str]] = []
    for name, value in lines:
        if name == "user-agent":
            if rules:
                yield agents, rules
                agents, rules = set(), []
            agents.add(value.lower().partition("/")[0].strip())
        elif name in ("allow", "disallow", "crawl-delay"):
            rules.append((name, value))
    yield agents, rules


def _fits(pattern: str, path: str) -> bool:
    """Match a pattern from the beginning of a path: `*` is anything, `$` the end."""
    first, *others = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    for number, piece in enumerate(others, 1):
        last = pattern.endswith("$") and number == len(others)
        found = path.rfind(piece, at) if last else path.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return at == len(path) or not pattern.endswith("$")


def _seconds(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        return 0.0
    return min(seconds, LONGEST_DELAY) if seconds > 0 else 0.0  # "nan" is no number of seconds
