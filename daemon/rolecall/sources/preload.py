"""Everything that reading a reply may import late, imported now: the parsing child opens no file afterwards."""

from __future__ import annotations

import codecs

from rolecall.sources import syndication
from rolecall.sources.dates import LONDON, instant

_CHARSETS = (
    "utf-8-sig utf-16 utf-16-le utf-16-be utf-32 utf-32-le utf-32-be iso8859-1 iso8859-2 iso8859-5 iso8859-7 iso8859-9 "
    "iso8859-15 cp1250 cp1251 cp1252 cp1253 cp1254 cp1257 koi8-r koi8-u mac-roman ascii idna gb2312 gbk gb18030 big5 "
    "shift_jis euc-jp euc-kr iso-2022-jp unicode-escape"
)

for charset in _CHARSETS.split():
    codecs.lookup(charset)
for date in ("1 Jul 2026 09:00 BST", "Wed, 01 Jul 2026 09:00:00 +0100", "no date at all"):
    instant(date, LONDON)  # strptime imports its other half late
syndication.read(b"<rss version='2.0'><channel><item><pubDate>1 Jul 2026</pubDate></item></channel></rss>")
syndication.read(
    b"<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>A &nbsp; B</title></entry>"
)  # the loose parser
