"""Rolecall watches job feeds and tells you, once, about the jobs you would want."""

__version__ = "0.1.0"
