"""Recorded replies of real boards (../shared/payloads), as the boards served them; they never enter this project."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from tests.shared import shared


def payload(*parts: str) -> bytes:
    """Return the bytes of one recorded file; skips the test where it is absent."""
    return shared("payloads", *parts).read_bytes()


def payloads(folder: str, pattern: str) -> list[Path]:
    return sorted(shared("payloads", folder).glob(pattern))


def cassette(*parts: str) -> list[bytes]:
    """Return the response bodies of an HTTP cassette: YAML, a body in single quotes or as a block of one line."""
    text = payload(*parts).decode()
    quoted = re.findall(r"^        body: '(.+)'$", text, re.MULTILINE)
    blocks = re.findall(r"^        body: \|4-\n\s*([\[{].+)$", text, re.MULTILINE)
    return [body.replace("''", "'").encode() for body in quoted] + [body.encode() for body in blocks]


def literal(*parts: str) -> Any:
    """Return the object in a JavaScript file; unquoted keys are quoted first."""
    text = payload(*parts).decode()
    body = text[min(i for i in (text.find("{"), text.find("[")) if i >= 0) : max(text.rfind("}"), text.rfind("]")) + 1]
    try:
        return json.loads(body)
    except ValueError:
        return json.loads(re.sub(r",(\s*[}\]])", r"\1", re.sub(r"^(\s*)(\w+):", r'\1"\2":', body, flags=re.MULTILINE)))
