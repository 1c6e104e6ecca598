"""Plain text of what a board sends: unescaped, without markup, damaged and look-alike characters made plain.

Design: understanding.md, section 4. Every step is linear in the text: a 1 MB posting must not hang the daemon.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator

from rolecall.memo import Memo
from rolecall.normalise.glue import unglued
from rolecall.normalise.letters import beyond_ascii, encoded

MAX_BODY = 64_000  # characters read of one description; what follows is not a job advert any more

_BLOCKS = (
    "p", "br", "div", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "table", "tr", "section", "article", "header",
    "footer", "blockquote", "dl", "dt", "dd",
)  # fmt: skip
_INLINE = ("strong", "b", "em", "i", "u", "span", "a", "/li")
_HIDING = " "  # stands for a tag that hides the text behind it, and for no other
_STANDS_FOR = {
    **{form: "\n" for name in _BLOCKS for form in (name, f"/{name}", f"{name}/", f"{name} /")},
    **{form: "" for name in _INLINE for form in (name, f"/{name}")},
    "li": "\n* ",
    **dict.fromkeys(("script", "style"), _HIDING),
}
_BEFORE_CIRCA, _AFTER_CIRCA = re.compile(r"[\dkK] ?$"), re.compile(r" ?[£$€]?\d")
_MARKS = re.compile(r"\\([-|&.+#_*()!~])")  # Markdown's escapes
_LONG = 400  # characters of a field of one line
_GLUED = 200  # characters: longer lines may be several, put together by a board that strips tags
_BULLETS = frozenset("*-o>✓✔✅➢➤→")
_NOT_PLAIN = re.compile(r"[^\w ,.()/:;|+#'£-]|  |^[o-] ", re.ASCII)  # a short field without these needs no preparing
_MOJIBAKE = (("Â£", "£"), ("â‚¬", "€"), ("‚¬", "€"), ("â€™", "'"), ("â€“", "-"), ("Â\u00a0", " "), ("Â ", " "))
_LOOKALIKES = {
    **dict.fromkeys("‘’ʼ´", "'"),
    **dict.fromkeys("“”", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad\ufe0f", ""),
    **dict.fromkeys("•·▪●◦‣⁃∙■", "*"),
    **dict.fromkeys("\u2028\u2029\x85", "\n"),
    "\u00a0": " ",
    "…": "...",  # as NFKC has it, which then has nothing left to do in most texts
    "İ": "I",  # the one letter whose lower case is longer: a text in lower case must keep its offsets
}
_COMMON = ((0xA0, 0x250), (0x20A0, 0x20C0), (0x2190, 0x2200), (0x2700, 0x27C0), (0x1F300, 0x1F700))
_NORMAL = frozenset(  # letters, currencies, arrows and pictograms that NFKC leaves as they are
    chr(code) for block in _COMMON for code in range(*block) if unicodedata.normalize("NFKC", chr(code)) == chr(code)
)


def short(text: str) -> str:
    """Return a field of one line: unescaped, without tags, spaces collapsed."""
    text = text[:2000].strip()
    if len(text) < _LONG and not _NOT_PLAIN.search(text):
        return text
    return plain(text).replace("\n", " ").strip()


def plain(text: str) -> str:
    """Return `text` (plain or HTML, escaped up to twice) as prepared plain text, newlines kept."""
    text = html.unescape(html.unescape(text[: MAX_BODY * 3]))
    text = _tidy(_untagged(text)).replace("**", "").replace("`", "'")
    if "\\" in text:
        text = _MARKS.sub(r"\1", text)
    text = _single_spaced(text)
    if "~" in text:
        text = _ranged(text)
    if len(text) > _GLUED:
        text = "\n".join([unglued(line) if len(line) > _GLUED else line for line in text.split("\n")])
    return text.strip()[:MAX_BODY]


def _in_place_of(tag: str) -> str:
    """Return what stands for a tag; what is no tag stays."""
    if not (tag[:1].isalpha() or tag[:1] in ("/", "!")):
        return f"<{tag}>"
    return _STANDS_FOR.get(tag.partition(" ")[0].partition("\n")[0].lower(), "")


_tags = Memo(_in_place_of, most=1000, longest=60)  # a page has few, with the same attributes again and again


def _untagged(text: str) -> str:
    """Return HTML without its tags: blocks and breaks begin lines, items begin lines with a star."""
    if "<" not in text:
        return text
    first, *pieces = text.split("<")
    shown = [first]
    for piece in pieces:
        tag, closed, behind = piece.partition(">")
        stands_for = _tags[tag] if closed else f"<{tag}"
        shown.append(stands_for)
        if stands_for != _HIDING:
            shown.append(behind)
    return "".join(shown)


def _tidy(text: str) -> str:
    """Return `text` with damaged and look-alike characters as plain ones (`str.translate` takes ten times as long)."""
    if text.isascii():
        return text
    strange = set(beyond_ascii(encoded(text)))
    for wrong, right in _MOJIBAKE:
        if wrong[0] in strange:
            text = text.replace(wrong, right)
    for wrong in strange & _LOOKALIKES.keys():
        text = text.replace(wrong, _LOOKALIKES[wrong])
    return text if strange - _LOOKALIKES.keys() <= _NORMAL else unicodedata.normalize("NFKC", text)


def _single_spaced(text: str) -> str:
    """Return `text` without double spaces, empty lines, or spaces around newlines, with a star for every bullet."""
    for space in "\t\f\v\r":
        text = text.replace(space, " ")
    text = "\n".join(_bulleted(filter(None, map(str.strip, text.split("\n")))))
    while "  " in text:  # halves every run of spaces, so a few turns do
        text = text.replace("  ", " ")
    return text


def _bulleted(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines, those of a list after a star; the text of an item may stand in a block of its own."""
    alone = ""
    for line in lines:
        if alone:
            yield f"* {line}"
            alone = ""
        elif line[0] not in _BULLETS or line[:2] == "* ":
            yield line
        elif len(line) == 1:
            alone = line
        else:
            yield f"* {line[2:]}" if line[1].isspace() else line
    if alone:
        yield alone


def _ranged(text: str) -> str:
    """Return `text` with "50k ~ 60k" as a range; a tilde before a single amount stays."""
    done, *pieces = text.split("~")
    read = [done]
    for piece in pieces:
        if _AFTER_CIRCA.match(piece) and _BEFORE_CIRCA.search(read[-1], max(0, len(read[-1]) - 2)):
            read[-1] = f"{read[-1].removesuffix(' ')}-"
            piece = piece.removeprefix(" ")
        else:
            read[-1] += "~"
        read.append(piece)
    return "".join(read)
