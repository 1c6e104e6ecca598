"""The only way out: asks boards politely, and never a machine that is none of a feed's business.

`http.py` asks, `guard.py` says which addresses are forbidden, `turns.py` keeps hosts from being crowded, `body.py`
limits what is read, `files.py` answers file:// requests, `imap.py` mailboxes.

robots.txt is not read: the boards of the built-in kinds are APIs made for programs, and a feed is an address that the
user chose. A kind that follows links of its own accord must read it first.
"""

from rolecall.fetch.guard import forbidden
from rolecall.fetch.http import HttpFetcher

__all__ = ["HttpFetcher", "forbidden"]
