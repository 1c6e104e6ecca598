"""How the daemon is, for those who watch it from outside: metrics, a health page, a dead man's switch."""

from rolecall.observe.counting import Counted, Tally
from rolecall.observe.deadman import ping
from rolecall.observe.listener import observed

__all__ = ["Counted", "Tally", "observed", "ping"]
