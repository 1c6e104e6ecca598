"""What recognising costs among many postings: `python -m tests.bench.dedupe [POSTINGS] [DIRECTORY]`.

Stores that many invented postings (1,000,000 unless told otherwise) in a file that the next run finds again, as if they
had come over a year; then times what a poll adds to storing: prints, candidates, what is learned, assignments. Texts
vary as real ones do: each employer has its boilerplate, which half of each advert is; few employers advertise most; one
posting in eight is another board's copy of an earlier one, some of them cut to 500 characters.
"""

from __future__ import annotations

import asyncio
import resource
import sys
import time
from collections import Counter
from collections.abc import Collection, Iterable
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from random import Random

from rolecall.dedupe import assign, fingerprint, in_doubt
from rolecall.learned import Learned
from rolecall.model import Assignment, Fact, Location, Place, Posting, RawPosting
from rolecall.plan import NewPosting, Plan
from rolecall.recognise import REPOSTED_WITHIN
from rolecall.store import SqliteStore
from tests.store_plans import NOW

YEAR = timedelta(days=365)
BATCH = 2_000
POLL = 20  # new postings at a time
SAMPLE = 1_000  # new postings in a round
ROUNDS = 5
EMPLOYERS = 40_000
LEVELS = ("", "", "Junior ", "Senior ", "Senior ", "Lead ", "Principal ")
ROLES = ("Software", "Python", "Data", "Backend", "Platform", "DevOps", "Java", "Cloud", "Machine Learning", "Security")
KINDS = ("Engineer", "Engineer", "Developer", "Analyst", "Architect", "Manager", "Consultant")
TEAMS = ("", "", "", "", ", Payments", ", Search", ", Growth", ", Core", ", Mobile", ", Risk", ", Identity")
CITIES = (*["London"] * 3, "Manchester", "Leeds", "Bristol", "Birmingham", "Edinburgh", "Cambridge", "")
SYLLABLES = ("ka", "to", "mi", "ren", "sol", "ver", "ban", "lo", "que", "tar", "dis", "pla", "ner", "hu", "sto", "wik")
WORDS = [a + b + c for a in SYLLABLES for b in SYLLABLES for c in SYLLABLES][:3_000]
WEIGHTS = [sum(1 / (rank + 3) for rank in range(last + 1)) for last in range(len(WORDS))]  # few words are most of prose


def main(total: int = 1_000_000, directory: str = "/tmp") -> None:  # noqa: S108 (a large file, by hand)
    asyncio.run(_bench(Path(directory, f"rolecall-bench-{total}.db"), total))


async def _bench(path: Path, total: int) -> None:
    store = await SqliteStore.open(path)
    await _fill(store, total)
    await store.close()  # what was written lies in files, not in the writer's memory
    store = await SqliteStore.open(path, readonly=True)
    _say(f"memory before {_memory():,.0f} MB")
    await _time(store, total)
    _say(f"peak memory {_memory():,.0f} MB")
    await _sizes(store, total)
    await store.close()


async def _fill(store: SqliteStore, total: int) -> None:
    """Store what is missing. It is known here which is whose copy: only the rows are wanted, not the deciding."""
    stored = (await store.totals())["postings"]
    await store._writer.run(lambda db: db.execute("PRAGMA synchronous = OFF"))  # the disk is not measured here
    started = time.process_time()
    for start in range(stored, total, BATCH):
        batch = [posting_of(number) for number in range(start, min(start + BATCH, total))]
        await store.commit(Plan(NOW - YEAR * (1 - start / total), postings=tuple(map(_stored, batch))))
    _say(f"{total - stored:,} postings stored in {time.process_time() - started:,.0f} s of processor time")


def _stored(posting: Posting) -> NewPosting:
    return NewPosting(posting.raw, "hash", fingerprint(posting), {}, Assignment(posting.key, _original(posting.raw.id)))


def _original(number: str) -> str:
    """Return the number of the posting that this one is a copy of, or its own."""
    return number.rpartition("~")[2]


async def _time(store: SqliteStore, total: int) -> None:
    """Time what polls do beyond storing; nothing is stored here. The first round warms up, the best one is shown."""
    rounds: list[Counter[str]] = []
    counted, learned = Counter[str](), Learned()
    for first in range(total, total + (ROUNDS + 1) * SAMPLE, SAMPLE):
        spent = Counter[str]()
        postings = [posting_of(number) for number in range(first, first + SAMPLE)]
        for start in range(0, SAMPLE, POLL):
            counted.update(await _poll(store, learned, postings[start : start + POLL], spent))
        rounds.append(spent)
    best = min(rounds[1:], key=Counter[str].total)
    for name, seconds in {**best, "all": best.total()}.items():
        _say(f"{name:12} {seconds / SAMPLE * 1000:8.3f} ms of processor time a posting")
    said = (f"{name} {count / len(rounds) / SAMPLE:.4f}" for name, count in sorted(counted.items()))
    _say(f"a posting: {', '.join(said)}")


async def _poll(store: SqliteStore, learned: Learned, postings: list[Posting], spent: Counter[str]) -> Counter[str]:
    """Recognise new postings; note what each step took, and how right it was."""
    clock = [time.process_time()]
    prints = [fingerprint(each) for each in postings]
    clock.append(time.process_time())
    known = await store.candidates({key for each in prints for key in each.keys}, NOW - REPOSTED_WITHIN)
    clock.append(time.process_time())
    companies = in_doubt(prints, [print_ for print_, _ in known])
    boilerplate = await learned.of(companies, store, NOW)
    clock.append(time.process_time())
    found = assign(prints, known, boilerplate)
    clock.append(time.process_time())
    for name, before, after in zip(("prints", "candidates", "learned", "assign"), clock, clock[1:], strict=False):
        spent[name] += after - before
    return _judged(found, {job for _, job in known}) + Counter(candidates=len(known), companies=len(companies))


def _judged(found: Iterable[Assignment], known: Collection[str]) -> Counter[str]:
    """Count copies of recent adverts that were found or not, and adverts that were wrongly taken for copies."""
    counted = Counter[str]()
    for each in found:
        original = _original(each.key[1])
        if each.same_as is not None and _original(each.same_as[1]) != original:
            counted["wrongly joined"] += 1
        elif original in known:
            counted["copies found" if each.job == original else "copies missed"] += 1
    return counted


async def _sizes(store: SqliteStore, total: int) -> None:
    """Say how large the look-up index is, where SQLite has `dbstat`, and the prints."""
    index = "SELECT count(*), (SELECT sum(pgsize) FROM dbstat WHERE name = 'posting_key') FROM posting_key"
    keys, size = await store._reader.run(lambda db: db.execute(index).fetchone())
    prints = "SELECT avg(length(shingles) + length(print)) FROM (SELECT * FROM posting_body LIMIT 10000)"
    (print_size,) = await store._reader.run(lambda db: db.execute(prints).fetchone())
    _say(f"{keys / total:.1f} keys a posting, {size / total:,.0f} bytes of index a posting, {print_size:,.0f} of print")
    pages = await store._reader.run(lambda db: db.execute("PRAGMA page_count").fetchone()[0])
    _say(f"{pages * 16384 / total:,.0f} bytes of database a posting")


# --- invented postings: each a function of its number ---------------------------------------------------------


def posting_of(number: int) -> Posting:
    """Return the posting with this number: the same one in every run."""
    chance = Random(number)
    if number > 1_000 and chance.random() < 0.125:
        earlier = chance.randrange(number)
        original = posting_of(earlier)
        return _copy(original, number, chance) if "~" not in original.raw.id else _advert(number, chance)
    return _advert(number, chance)


def _advert(number: int, chance: Random) -> Posting:
    employer = int(EMPLOYERS * chance.random() ** 3)  # few employers advertise most
    title = f"{chance.choice(LEVELS)}{chance.choice(ROLES)} {chance.choice(KINDS)}{chance.choice(TEAMS)}"
    company = f"{WORDS[employer % 3000].title()} {WORDS[employer * 7 % 3000].title()} Ltd"
    text = f"{_text(chance, 60)} {_boilerplate(employer)} {_text(chance, 120)}"
    board = f"board{employer % 50}"
    return _posting(
        f"feed:{board}", str(number), title, company, chance.choice(CITIES), text, f"https://{board}.example"
    )


@lru_cache(maxsize=4096)
def _boilerplate(employer: int) -> str:
    return _text(Random(-1 - employer), 150)


def _copy(original: Posting, number: int, chance: Random) -> Posting:
    raw = original.raw
    text = original.text[:500] if chance.random() < 0.5 else f"{_text(chance, 5)} {original.text}"
    company = raw.company.removesuffix(" Ltd")
    return _posting("adzuna", f"{number}~{raw.id}", raw.title, company, raw.location, text, "https://adzuna.example/ad")


def _posting(source: str, id_: str, title: str, company: str, city: str, text: str, site: str) -> Posting:
    raw = RawPosting(source, id_, title, f"{site}/jobs/{id_}", company, city, description=text)
    places = (Place(city, "GB"),) if city else ()
    return Posting(raw, text, location=Fact(Location(places)))


def _text(chance: Random, words: int) -> str:
    return " ".join(chance.choices(WORDS, cum_weights=WEIGHTS, k=words))


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]), *sys.argv[2:3])
