"""Untrusted bytes are read in a child process that has nothing to lose.

`parent.py` keeps the child and its deadlines, `child.py` is what runs in it, `clean.py` makes postings safe to carry,
`wire.py` is how they travel: towards the child by pickle, back as JSON, because what read a stranger's bytes is a
stranger itself.
"""

from rolecall.sandbox.parent import Sandbox

__all__ = ["Sandbox"]
