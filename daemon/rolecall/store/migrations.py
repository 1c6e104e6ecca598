"""The schema and its history. A migration that has been released is never edited: the next change is a new function.

Times are integers, microseconds since 1970 UTC (`rows.to_us`). Look-up hashes are signed 64-bit
integers (`rows.hashed`).
"""

from __future__ import annotations

import json
from typing import Any

from sqlite_utils import Database, Migrations

from rolecall.errors import DatabaseTooNew, StoreError
from rolecall.store.rows import keys_in

migrations = Migrations("rolecall")


def check(db: Database) -> bool:
    """Return whether the schema is up to date. Raises `DatabaseTooNew`, and `StoreError` when it is not ours at all."""
    applied = {migration.name for migration in migrations.applied(db)}
    if not applied and db.table_names():
        raise StoreError("it is a database of another program")
    known = {migration.name for migration in migrations.pending(Database(memory=True))}  # all, for an empty one
    if newer := sorted(applied - known):
        raise DatabaseTooNew(f"it was written by a newer Rolecall ({', '.join(newer)}): please update this one")
    return applied == known


@migrations()
def m001_first(db: Database) -> None:
    """The tables of the first release."""
    _run(db, _FIRST)


def _run(db: Database, statements: str) -> None:
    """Execute one statement after the other inside the caller's transaction, which `executescript` would end."""
    for statement in statements.split(";"):
        if statement.strip():
            db.execute(statement)


@migrations()
def m002_budget(db: Database) -> None:
    """Calls that count against a provider's budget, so that a restart does not refill it."""
    db.execute("CREATE TABLE call (budget TEXT NOT NULL, at INTEGER NOT NULL)")
    db.execute("CREATE INDEX call_budget ON call(budget, at)")
    db.execute("ALTER TABLE source ADD COLUMN waiting TEXT NOT NULL DEFAULT ''")  # for what it was put off


_FIRST = """
CREATE TABLE source (
  name TEXT PRIMARY KEY,
  due_at INTEGER NOT NULL,
  validators TEXT NOT NULL,  -- JSON, by request URL
  baseline INTEGER NOT NULL,
  health TEXT NOT NULL,
  failures INTEGER NOT NULL,
  last_try INTEGER,
  last_success INTEGER,
  last_error TEXT NOT NULL,
  last_error_at INTEGER,
  postings INTEGER NOT NULL,
  skipped INTEGER NOT NULL,
  moved_to TEXT,
  version TEXT NOT NULL  -- of the program that read it last
) WITHOUT ROWID;

CREATE TABLE job (
  id TEXT PRIMARY KEY,
  first_seen INTEGER NOT NULL,
  mark TEXT NOT NULL DEFAULT ''  -- applied or dismissed: it never comes again
) WITHOUT ROWID;

-- what every poll reads and touches: small rows
CREATE TABLE posting (
  id INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  source_id TEXT NOT NULL,
  job TEXT NOT NULL REFERENCES job(id),
  content_hash TEXT NOT NULL,
  first_seen INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  closed_at INTEGER,
  missing INTEGER NOT NULL DEFAULT 0,  -- not in the last complete list
  closes_at INTEGER,
  posted_at INTEGER,
  url INTEGER,  -- hash of the canonical address
  UNIQUE (source, source_id)
);
CREATE INDEX posting_job ON posting(job);
CREATE INDEX posting_first_seen ON posting(first_seen);
CREATE INDEX posting_url ON posting(url);
CREATE INDEX posting_closes ON posting(closes_at) WHERE closed_at IS NULL AND closes_at IS NOT NULL;
CREATE INDEX posting_missing ON posting(source) WHERE missing = 1;

-- what is read when a posting is shown or compared: large rows, rarely written
CREATE TABLE posting_body (
  posting INTEGER PRIMARY KEY REFERENCES posting(id),
  print TEXT NOT NULL,  -- JSON without the shingles
  shingles BLOB NOT NULL,
  because TEXT NOT NULL,  -- JSON: why it belongs to its job
  content BLOB NOT NULL  -- raw posting and facts: content.py
);

CREATE TABLE posting_key (
  key INTEGER NOT NULL,
  posting INTEGER NOT NULL REFERENCES posting(id),
  PRIMARY KEY (key, posting)
) WITHOUT ROWID;

-- a posting that may belong to another job than its own
CREATE TABLE bridge (
  job TEXT NOT NULL REFERENCES job(id),
  posting INTEGER NOT NULL REFERENCES posting(id),
  PRIMARY KEY (job, posting)
) WITHOUT ROWID;
CREATE INDEX bridge_posting ON bridge(posting);

-- what the user decided, carried out when it was written
CREATE TABLE decision (
  id TEXT PRIMARY KEY,  -- of the command
  kind TEXT NOT NULL,
  posting INTEGER NOT NULL REFERENCES posting(id),
  other INTEGER REFERENCES posting(id),  -- what it was joined with or split from
  before TEXT NOT NULL,  -- JSON: what `undo` goes back to
  made_at INTEGER NOT NULL,
  undone_at INTEGER
);

CREATE TABLE search (
  name TEXT PRIMARY KEY,
  fingerprint TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE alert (
  id INTEGER PRIMARY KEY,
  search TEXT NOT NULL,
  job TEXT NOT NULL REFERENCES job(id),
  posting INTEGER NOT NULL REFERENCES posting(id),
  action TEXT NOT NULL,
  reasons TEXT NOT NULL,  -- JSON
  rank REAL NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (job, search)
);
CREATE INDEX alert_posting ON alert(posting);

CREATE TABLE channel (
  name TEXT PRIMARY KEY,
  not_before INTEGER,
  suspended TEXT NOT NULL DEFAULT '',
  last_sent INTEGER,
  last_error TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;

CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  channel TEXT NOT NULL REFERENCES channel(name),
  bundle TEXT NOT NULL,
  part INTEGER NOT NULL DEFAULT 1,  -- bundle, bundle~2, bundle~3 …
  kind TEXT NOT NULL,
  subject TEXT NOT NULL DEFAULT '',
  text TEXT NOT NULL DEFAULT '',
  created_at INTEGER NOT NULL,
  due INTEGER NOT NULL,
  state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sending', 'sent', 'dead', 'dropped')),
  lease_until INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  ambiguous INTEGER NOT NULL DEFAULT 0,
  receipt TEXT NOT NULL DEFAULT '',
  error TEXT NOT NULL DEFAULT '',
  settled_at INTEGER,
  UNIQUE (channel, bundle, part)
);
CREATE INDEX outbox_due ON outbox(channel, state, due, id);

CREATE TABLE outbox_alert (
  outbox INTEGER NOT NULL REFERENCES outbox(id),
  alert INTEGER NOT NULL REFERENCES alert(id),
  PRIMARY KEY (outbox, alert)
) WITHOUT ROWID;
CREATE INDEX outbox_alert_alert ON outbox_alert(alert)
"""


@migrations()
def m003_people(db: Database) -> None:
    """Marks and mutes belong to people; a decision may be about an employer and no posting."""
    _run(db, _PEOPLE)
    for row_id, kind, before, at in list(db.execute("SELECT id, kind, before, made_at FROM decision")):
        db.execute("UPDATE decision SET before = ? WHERE id = ?", [_with_lists(kind, json.loads(before), at), row_id])


def _with_lists(kind: str, before: dict[str, Any], at: int) -> str:
    """Write what `undo` goes back to anew: a job had one mark, now it has a list of them."""
    if kind == "join":
        before["marks"] = [_listed(mark, at) for mark in before["marks"]]
    if "mark" in before:
        before["marks"] = _listed(before.pop("mark"), at)
    return json.dumps(before)


def _listed(mark: str, at: int) -> list[list[Any]]:
    return [["", mark, at, None]] if mark else []


_PEOPLE = """
-- what a person said of a job (person '' is everybody)
CREATE TABLE mark (
  job TEXT NOT NULL REFERENCES job(id),
  person TEXT NOT NULL,
  kind TEXT NOT NULL,  -- saved, applied, dismissed, snoozed
  at INTEGER NOT NULL,
  until INTEGER,  -- of a snoozed job
  PRIMARY KEY (job, person, kind)
) WITHOUT ROWID;
CREATE INDEX mark_person ON mark(person, kind, at);

CREATE TABLE mute (
  person TEXT NOT NULL,
  name TEXT NOT NULL,  -- in normal form
  kind TEXT NOT NULL,  -- company, agency
  said TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (person, name, kind)
) WITHOUT ROWID;

INSERT INTO mark (job, person, kind, at)
SELECT j.id, '', j.mark, coalesce(max(d.made_at), j.first_seen)
FROM job j LEFT JOIN posting p ON p.job = j.id LEFT JOIN decision d ON d.posting = p.id AND d.kind = j.mark
WHERE j.mark != '' GROUP BY j.id;

CREATE TABLE new_job (
  id TEXT PRIMARY KEY,
  first_seen INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO new_job SELECT id, first_seen FROM job;
DROP TABLE job;
ALTER TABLE new_job RENAME TO job;

CREATE TABLE new_decision (
  id TEXT PRIMARY KEY,  -- of the command
  kind TEXT NOT NULL,
  person TEXT NOT NULL,
  posting INTEGER REFERENCES posting(id),
  other INTEGER REFERENCES posting(id),  -- what it was joined with or split from
  before TEXT NOT NULL,  -- JSON: what `undo` goes back to
  made_at INTEGER NOT NULL,
  undone_at INTEGER
);
INSERT INTO new_decision SELECT id, kind, '', posting, other, before, made_at, undone_at FROM decision ORDER BY rowid;
DROP TABLE decision;
ALTER TABLE new_decision RENAME TO decision;
CREATE INDEX decision_posting ON decision(posting)
"""


@migrations()
def m004_waiting(db: Database) -> None:
    """Rows of lists whose text is still to be asked for."""
    db.execute(_WAITING)


_WAITING = """
CREATE TABLE waiting (
  id INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  source_id TEXT NOT NULL,
  content_hash TEXT NOT NULL,  -- of the row in the list
  since INTEGER NOT NULL,
  hopeful INTEGER NOT NULL,  -- no search is ruled out by what the row says
  baseline INTEGER NOT NULL,  -- in the first list: no news
  listed INTEGER NOT NULL,  -- in the latest list
  tries INTEGER NOT NULL,
  content BLOB NOT NULL,  -- content.py
  UNIQUE (source, source_id)
)
"""


@migrations()
def m005_notes(db: Database) -> None:
    """What channels remember: a pairing, a chat that moved, a dialogue that is going on."""
    db.execute(_NOTES)


_NOTES = """
CREATE TABLE note (
  channel TEXT NOT NULL,
  name TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (channel, name)
) WITHOUT ROWID
"""


@migrations()
def m006_health(db: Database) -> None:
    """How sources are, how often they have something new, and what the owner was told of them."""
    _run(db, _HEALTH)


_HEALTH = """
ALTER TABLE source ADD COLUMN since INTEGER;  -- of its health
ALTER TABLE source ADD COLUMN learned TEXT NOT NULL DEFAULT '{}';  -- JSON: states.py
ALTER TABLE source RENAME COLUMN waiting TO put_off;
ALTER TABLE source DROP COLUMN moved_to;
UPDATE source SET health = CASE health
  WHEN 'ok' THEN 'alive' WHEN 'failing' THEN 'unreachable' WHEN 'suspended' THEN 'blocked' ELSE health END;

CREATE TABLE reported (
  source TEXT NOT NULL,
  about TEXT NOT NULL,
  at INTEGER NOT NULL,
  open INTEGER NOT NULL,
  PRIMARY KEY (source, about)
) WITHOUT ROWID
"""


@migrations()
def m007_quiet(db: Database) -> None:
    """What quiet hours do not hold back, and the alerts of the last hour."""
    db.execute("ALTER TABLE outbox ADD COLUMN loud INTEGER NOT NULL DEFAULT 0")
    db.execute("UPDATE outbox SET loud = 1 WHERE kind = 'digest'")  # each had been given a time of day
    db.execute("CREATE INDEX alert_created ON alert(created_at)")


@migrations()
def m008_unclear(db: Database) -> None:
    """Answers that were unclear, apart from sends that a kill cut off: `ambiguous` counts both."""
    db.execute("ALTER TABLE outbox ADD COLUMN unclear INTEGER NOT NULL DEFAULT 0")


@migrations()
def m009_pruned(db: Database) -> None:
    """Which postings have no text any more, since it was old."""
    db.execute("ALTER TABLE posting ADD COLUMN pruned INTEGER NOT NULL DEFAULT 0")


@migrations()
def m010_held(db: Database) -> None:
    """Hosts that asked to be left alone (Retry-After)."""
    db.execute("CREATE TABLE held (host TEXT PRIMARY KEY, until INTEGER NOT NULL) WITHOUT ROWID")


@migrations()
def m011_near(db: Database) -> None:
    """Look-up keys by title lie side by side in the index; adverts of 0.1.0 get those to learn from, too."""
    db.execute("CREATE TEMP TABLE near (key INTEGER, posting INTEGER)")  # SQLite sorts it on disk
    prints = db.execute("SELECT posting, print FROM posting_body")
    db.conn.executemany("INSERT INTO near VALUES (?, ?)", ((key, row) for row, text in prints for key in keys_in(text)))
    _run(db, _NEAR)


_NEAR = """
DROP TABLE posting_key;
CREATE TABLE posting_key (
  key INTEGER NOT NULL,
  posting INTEGER NOT NULL REFERENCES posting(id),
  PRIMARY KEY (key, posting)
) WITHOUT ROWID;
INSERT INTO posting_key SELECT DISTINCT key, posting FROM near ORDER BY key, posting;
DROP TABLE near
"""
