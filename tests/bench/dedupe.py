"""What recognising costs among many postings: `python -m tests.bench.dedupe [POSTINGS] [DIRECTORY]`.

Stores that many invented postings (300,000 unless told otherwise), then times what a poll adds to storing: prints,
candidates, assignments. Texts vary as real ones do: each employer has its boilerplate, which half of each advert is;
titles follow a steep curve; one posting in eight is another board's copy of an earlier one, some cut to 500 characters.
"""

from __future__ import annotations

import asyncio
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from rolecall.dedupe import assign, fingerprint
from rolecall.model import Assignment, Posting, Print, RawPosting
from rolecall.ports import NewPosting, Plan
from rolecall.store import SqliteStore
from tests.store_plans import NOW

BATCH = 2_000
SAMPLE = 2_000  # new postings that are timed at the end
EMPLOYERS = 40_000
ORIGINALS = 5_000  # adverts that may be copied: some are old
LEVELS = ("", "", "Junior ", "Senior ", "Senior ", "Lead ", "Principal ")
ROLES = ("Software", "Python", "Data", "Backend", "Platform", "DevOps", "Java", "Cloud", "Machine Learning", "Security")
KINDS = ("Engineer", "Engineer", "Developer", "Analyst", "Architect", "Manager", "Consultant")
TEAMS = ("", "", "", "", ", Payments", ", Search", ", Growth", ", Core", ", Mobile", ", Risk", ", Identity")
CITIES = (
    "London",
    "London",
    "London",
    "Manchester",
    "Leeds",
    "Bristol",
    "Birmingham",
    "Edinburgh",
    "Cambridge",
    "Remote",
)
SYLLABLES = ("ka", "to", "mi", "ren", "sol", "ver", "ban", "lo", "que", "tar", "dis", "pla", "ner", "hu", "sto", "wik")
WORDS = [a + b + c for a in SYLLABLES for b in SYLLABLES for c in SYLLABLES][:3_000]
WEIGHTS = [1 / (rank + 3) for rank in range(len(WORDS))]  # as in prose: few words are most of the text


def main(total: int = 300_000, directory: str | None = None) -> None:
    with tempfile.TemporaryDirectory(dir=directory) as place:
        asyncio.run(_bench(Path(place, "bench.db"), total))


async def _bench(path: Path, total: int) -> None:
    store = await SqliteStore.open(path)
    await store._writer.run(lambda db: db.execute("PRAGMA synchronous = OFF"))  # the disk is not measured here
    news = _postings()
    started = time.process_time()
    for _ in range(0, total, BATCH):
        batch = [fingerprint(posting) for posting in islice(news, BATCH)]
        # Known here which is whose copy: only the rows are wanted, not the deciding.
        await store.commit(Plan(NOW, postings=tuple(_stored(each, each.id.partition("~")[0]) for each in batch)))
    _say(f"{total:,} postings stored in {time.process_time() - started:,.0f} s of processor time")
    await _time_deciding(store, list(islice(news, SAMPLE)), total)
    await _sizes(store, total)
    await store.close()
    _say(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


async def _time_deciding(store: SqliteStore, postings: list[Posting], total: int) -> None:
    """Time what a poll of 20 new postings does beyond storing them; they are not stored here."""
    spent = dict.fromkeys(("prints", "candidates", "assign"), 0.0)
    found, right, candidates = 0, 0, []
    for start in range(0, len(postings), 20):
        times = [time.process_time()]
        prints = [fingerprint(posting) for posting in postings[start : start + 20]]
        times.append(time.process_time())
        known = await store.candidates({key for each in prints for key in each.keys})
        times.append(time.process_time())
        assigned = assign(prints, known)
        times.append(time.process_time())
        spent = {name: spent[name] + times[i + 1] - times[i] for i, name in enumerate(spent)}
        candidates.append(len(known) / len(prints))
        copies = [each for each in assigned if "~" in each.key[1] and int(each.key[1].partition("~")[0]) < total]
        found += len(copies)
        right += sum(each.job == each.key[1].partition("~")[0] for each in copies)
    for name, seconds in spent.items():
        _say(f"{name:12} {seconds / len(postings) * 1000:8.3f} ms a posting")
    _say(f"{sum(candidates) / len(candidates):.1f} candidates a posting; {right} of {found} copies found")


async def _sizes(store: SqliteStore, total: int) -> None:
    """Say how large the look-up index is; `dbstat` counts its pages where SQLite has it."""
    (keys,) = await store._reader.run(lambda db: db.execute("SELECT count(*) FROM posting_key").fetchone())
    try:
        query = "SELECT sum(pgsize) FROM dbstat WHERE name = 'posting_key'"
        (size,) = await store._reader.run(lambda db: db.execute(query).fetchone())
    except Exception as error:  # noqa: BLE001 (not every SQLite is built with dbstat)
        _say(f"no dbstat: {error}")
        size = 0
    shingles = await store._reader.run(
        lambda db: db.execute("SELECT avg(length(shingles) + length(print)) FROM posting_body").fetchone()[0]
    )
    _say(f"{keys / total:.1f} keys a posting, {size / total:,.0f} bytes of index a posting")
    _say(f"{shingles:,.0f} bytes of print a posting")


def _stored(each: Print, job: str) -> NewPosting:
    raw = RawPosting(each.source, each.id, each.title)
    return NewPosting(raw, "hash", each, {}, Assignment(each.key, job))


def _postings() -> Iterator[Posting]:
    """Yield postings for ever, the same ones in every run."""
    chance, boilerplate, originals = random.Random(5), dict[int, str](), list[Posting]()
    for number in range(100_000_000):
        if originals and chance.random() < 0.125:
            yield _copy(chance.choice(originals), number, chance)
            continue
        employer = int(EMPLOYERS * chance.random() ** 3)  # few employers advertise most
        if employer not in boilerplate:
            boilerplate[employer] = _text(random.Random(employer), 150)
        posting = _posting(number, employer, boilerplate[employer], chance)
        if len(originals) < ORIGINALS:
            originals.append(posting)
        else:
            originals[chance.randrange(ORIGINALS)] = posting
        yield posting


def _posting(number: int, employer: int, boilerplate: str, chance: random.Random) -> Posting:
    title = f"{chance.choice(LEVELS)}{chance.choice(ROLES)} {chance.choice(KINDS)}{chance.choice(TEAMS)}"
    raw = RawPosting(
        source=f"feed:board{employer % 50}",
        id=str(number),
        title=title,
        url=f"https://board{employer % 50}.example/jobs/{number}",
        company=f"{WORDS[employer % 3000].title()} {WORDS[employer * 7 % 3000].title()} Ltd",
        location=chance.choice(CITIES),
    )
    return Posting(raw, f"{_text(chance, 60)} {boilerplate} {_text(chance, 120)}")


def _copy(posting: Posting, number: int, chance: random.Random) -> Posting:
    raw = posting.raw
    text = posting.text[:500] if chance.random() < 0.5 else f"{_text(chance, 5)} {posting.text}"
    again = RawPosting(
        source="adzuna",
        id=f"{raw.id}~{number}",
        title=raw.title,
        url=f"https://adzuna.example/land/ad/{number}",
        company=raw.company.removesuffix(" Ltd"),
        location=raw.location,
    )
    return Posting(again, text)


def _text(chance: random.Random, words: int) -> str:
    return " ".join(chance.choices(WORDS, WEIGHTS, k=words))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]), *sys.argv[2:3])
