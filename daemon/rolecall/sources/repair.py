"""What boards do to their texts, undone (design: sources.md 2.7)."""

from __future__ import annotations

import html
import re

_NUMBERED = re.compile(rb"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));")
_TAG = re.compile(r"<[a-zA-Z/!]")
_IMAGE = re.compile(r"<img\b[^<>]{0,2000}>", re.IGNORECASE)
_DIV = re.compile(r"<(/?)div\b", re.IGNORECASE)
_BOILERPLATE = re.compile(r"<div\b[^<>]{0,200}\bcontent-(?:intro|conclusion)\b[^<>]{0,200}>", re.IGNORECASE)
_POLLER = re.compile(
    r"(?:\s|<br\s*/?>){0,20}Please mention the word \*\*.{0,80}? and tag R.*?(?:they(?:'|’|&#0?39;)?re human\.?|\Z)",
    re.DOTALL,
)


def without_impossible_characters(body: bytes) -> bytes:
    """Replace the numbers of characters that do not exist (`&#xD800;`, `&#99999999;`) by a space."""
    return _NUMBERED.sub(lambda found: found[0] if _exists(found) else b" ", body)


def _exists(found: re.Match[bytes]) -> bool:
    digits, base = (found[1], 16) if found[1] else (found[2], 10)
    code = int(digits, base) if len(digits) < 20 else -1
    return 0 < code < 0xD800 or 0xDFFF < code < 0x110000


def single_encoded(text: str) -> str:
    """Undo UTF-8 that was read as Latin-1 (`â\\x80\\x99`); a text that was not damaged is returned as it is."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def without_poller_tag(text: str) -> str:
    """Remove RemoteOK's "Please mention the word …" sentence: its tag is the poller's IP address in base64."""
    return _POLLER.sub("", text)


def without_images(text: str) -> str:
    """Remove images: a board's last one tells it who has read the advert."""
    return _IMAGE.sub("", text)


def unescaped_html(text: str) -> str:
    """Return HTML that was served escaped once; once more only where no tag but `&lt;` is left."""
    text = html.unescape(text)
    return html.unescape(text) if "&lt;" in text and not _TAG.search(text) else text


def html_of(text: str) -> str:
    """Return a description as HTML, however often it was escaped: where there is no tag but `&lt;`, once more."""
    for _ in range(3):
        if _TAG.search(text) or "&" not in text:
            break
        text = html.unescape(text)
    return text


def without_boilerplate(text: str) -> str:
    """Remove Greenhouse's introduction and conclusion, which speak of the employer, unless nothing else is there."""
    rest = text
    while found := _BOILERPLATE.search(rest):
        end = _end_of_div(rest, found.end())
        if end is None:
            break
        rest = rest[: found.start()] + rest[end:]
    return rest if rest.strip() else text


def div(page: str, opening: re.Pattern[str]) -> str:
    """Return what is inside of the first `<div>` that `opening` matches, "" when there is none that is closed."""
    found = opening.search(page)
    end = found and _end_of_div(page, found.end())
    return page[found.end() : page.rfind("<", 0, end)].strip() if found and end else ""


def _end_of_div(text: str, start: int) -> int | None:
    """Return where the `<div>` opened before `start` has been closed, None when it never is."""
    depth = 1
    for tag in _DIV.finditer(text, start):
        depth += -1 if tag[1] else 1
        if depth == 0:
            close = text.find(">", tag.end())
            return None if close < 0 else close + 1
    return None
