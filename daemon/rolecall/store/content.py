"""What a posting said and what it means, as one small blob: compressed JSON of the raw posting and its facts.

Measured on 2,000 real postings: 4.2 kB of JSON become 1.5 kB in 0.05 ms, 1.75 kB without the dictionary.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from rolecall.model import RawPosting

_LEVEL = 1  # level 6 takes half as long again for 8 % fewer bytes
_NAMES = tuple(f.name for f in fields(RawPosting) if f.name not in ("source", "id", "description"))
_TIMES = ("posted_at", "closes_at")
_END = (
    b"\0"  # of the JSON, which is ASCII; the description follows as it is: escaping it would take a third of the time
)
_DECODER = json.JSONDecoder()
_encode = json.JSONEncoder(separators=(",", ":"), default=str).encode


def as_text(facts: Mapping[str, object]) -> str:
    """Return the facts of a posting as JSON, in ASCII."""
    return _encode(facts)


def pack(raw: RawPosting, facts: str) -> bytes:
    """Return the blob of a posting with its facts in JSON; its identity and what is empty are left out."""
    values: dict[str, Any] = {name: value for name in _NAMES if (value := getattr(raw, name))}
    for name in _TIMES:
        if name in values:
            values[name] = values[name].isoformat()
    text = raw.description.encode("utf-8", "surrogatepass")
    compressor = zlib.compressobj(_LEVEL, zdict=_DICTIONARY)
    return compressor.compress(f"[{facts},{_encode(values)}]".encode() + _END + text) + compressor.flush()


def unpack(source: str, source_id: str, blob: bytes) -> tuple[RawPosting, str]:
    """Return the posting, and its facts as JSON."""
    head, _, text = zlib.decompressobj(zdict=_DICTIONARY).decompress(blob).partition(_END)
    both = head.decode("ascii")
    _, end = _DECODER.raw_decode(both, 1)  # behind the bracket: facts, a comma, values
    values, _ = _DECODER.raw_decode(both, end + 1)
    for name in _TIMES:
        if name in values:
            values[name] = datetime.fromisoformat(values[name])
    values["tags"] = tuple(values.get("tags", ()))
    values["description"] = text.decode("utf-8", "surrogatepass")
    return RawPosting(source=source, id=source_id, **values), both[1:end]


_DICTIONARY = """
experience with years of commercial experience in a software engineer developer who will be working with our product and
engineering teams to design, build, test and maintain scalable systems. We are looking for people with strong
communication skills. You will be responsible for the development of new features. What we offer: competitive salary,
25 days holiday plus bank holidays, pension, private medical insurance, flexible working, fully remote. About the role.
About you. Requirements. Responsibilities. We are an equal opportunities employer and welcome applications regardless of
race, religion, gender, sexual orientation, disability or age. JavaScript, TypeScript, React, Node.js, Python, Django,
Java, Kubernetes, Docker, AWS, Azure, PostgreSQL, CI/CD, agile, cloud, infrastructure,
</p>
<p><strong></strong></p>
<ul>
<li></li>
</ul>&lt;/p&gt;&lt;p&gt;&lt;li&gt;&amp;nbsp;&lt;strong&gt;£’s
[{"id":"","level":null,"modes":["hybrid","remote","onsite"],"office_days":{"min":2,"max":3},"mode_source":"body",
"uk":"unclear","yes","no","salary":{"min":60000,"max":80000,"currency":"GBP","period":"year"},"salary":null,
"contract":"permanent","unstated","ir35":null,"clearance":"none","visa":"unstated","agency":false,
"stack":[{"id":"python","need":"must","weight":1.0,"evidence":"","rule":"stack.term"}],"places":[{"name":"London",
"country":"GB","lat":51.5085,"lon":-0.1257,"nation":"ENG","nation":null}],"flags":[],"family":"software","floor":null,
"ruled_out":[],"regions":[],"home_base":null,"travel":null,"hours":[],"closes":null,"facts":{"level":{"source":"title",
"mode":{"source":"body","evidence":"","rule":"mode.title","confidence":"high"},"uk":{"location":{"source":"field",
"evidence":"London","rule":"place.field","confidence":"low","flags":["ambiguous"]}}},{"title":"","url":"https://www.",
"company":"","location":"","fields":{"posted_at":"2026-01-01T00:00:00+00:00"}]
""".encode()
"""Part of the file format: never edited, since what was packed with it can be read with it only. Our own words."""
