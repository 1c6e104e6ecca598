"""file:// requests: a file as it is, a directory as one JSON object of its files."""

from __future__ import annotations

import json
from datetime import datetime
from hashlib import blake2s
from pathlib import Path
from urllib.parse import unquote, urlsplit

from rolecall.errors import Unreachable, Unreadable
from rolecall.fetch.body import JSON_LIMIT
from rolecall.model import Reply, Request, Validators
from rolecall.ports import DIRECTORY

ENDINGS = (".json", ".jsonl", ".ndjson", ".xml", ".rss", ".atom")


def read(request: Request, validators: Validators, now: datetime) -> Reply:
    """Return the file's or directory's content, 304 when neither names, sizes nor times have changed."""
    path = Path(unquote(urlsplit(request.url).path))
    try:
        names = [path] if path.is_file() else sorted(each for each in path.iterdir() if each.suffix in ENDINGS)
        stats = [(each.name, each.stat().st_size, each.stat().st_mtime_ns) for each in names]
        headers = {"etag": blake2s(repr(stats).encode(), digest_size=12).hexdigest()}
        if headers["etag"] == validators.etag:
            return Reply(request.url, 304, headers, b"", now)
        if sum(size for _, size, _ in stats) > JSON_LIMIT:
            raise Unreadable(f"{path} holds more than {JSON_LIMIT // 1_000_000} MB")
        if path.is_file():
            return Reply(request.url, 200, headers, path.read_bytes(), now)
        texts = {each.name: each.read_bytes().decode("latin-1") for each in names}
    except OSError as error:
        raise Unreachable(f"{path} cannot be read: {error.strerror}") from None
    return Reply(request.url, 200, {**headers, "content-type": DIRECTORY}, json.dumps(texts).encode(), now)
