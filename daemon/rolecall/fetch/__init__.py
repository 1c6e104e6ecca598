"""The only way out: asks boards politely, and never a machine that is none of a feed's business.

`http.py` asks, `guard.py` says which addresses are forbidden, `turns.py` keeps hosts from being crowded, `body.py`
limits what is read, `robots.py` asks what a host allows, `files.py` answers file:// requests, `imap.py` and `idle.py`
mailboxes.

robots.txt is read for requests that say so (`Request.robots`): pages made for people, and whatever is found by
following links. The boards of the other kinds are APIs made for programs, and a feed is an address that the user chose.
"""

from rolecall.fetch.guard import forbidden
from rolecall.fetch.http import HttpFetcher

__all__ = ["HttpFetcher", "forbidden"]
