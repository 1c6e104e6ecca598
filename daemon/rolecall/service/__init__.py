"""Rolecall as a service of systemd. `plan.py` says what shall be where, `files.py` sees to it."""
