"""A day of the real daemon in minutes: does anything grow that should not? By hand: `nice python -m tests.soak`."""
