"""The life of the daemon: one module for each thing it does at the same time, woken by bells, ended by one event."""

from rolecall.life.daemon import Daemon

__all__ = ["Daemon"]
