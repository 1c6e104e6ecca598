"""`rolecall demo`: the real daemon against a small job board that it serves itself. Every company is invented."""
