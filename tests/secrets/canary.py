"""Secrets that must be nowhere, and every form in which they might be somewhere."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from urllib.parse import quote, quote_plus


def forms(secret: str) -> Iterator[tuple[str, bytes]]:
    """Yield how a secret looks as it is, in an address, in Python's or JSON's quotes, in base64 and in hexadecimal."""
    raw = secret.encode()
    yield "as it is", raw
    yield "in an address", quote(secret, safe="").encode()
    yield "in a path", quote(secret).encode()
    yield "in a query", quote_plus(secret).encode()
    yield "in quotes", repr(secret)[1:-1].encode()
    yield "in JSON", json.dumps(secret)[1:-1].encode()
    yield "in hexadecimal", raw.hex().encode()
    for before in range(3):  # where it begins in the base64 of something longer
        whole = base64.b64encode(b"x" * before + raw)
        yield "in base64", whole[-(-before * 4 // 3) : len(whole) - 4]
        yield (
            "in base64 for addresses",
            whole[-(-before * 4 // 3) : len(whole) - 4].translate(bytes.maketrans(b"+/", b"-_")),
        )


def leaks(secrets: Mapping[str, str], places: Mapping[str, bytes]) -> list[str]:
    """Return which secret stands where, and how."""
    return [
        f"{name} {form} in {place}: …{_around(content, found)}…"
        for name, secret in secrets.items()
        for form, found in forms(secret)
        for place, content in places.items()
        if found in content
    ]


def _around(content: bytes, found: bytes) -> str:
    at = content.index(found)
    return content[max(0, at - 150) : at + len(found) + 20].decode(errors="replace")
