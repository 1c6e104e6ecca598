"""The schema and its history. A migration that has been released is never edited: the next change is a new function.

Times are integers, microseconds since 1970 UTC (`rows.to_us`). Look-up hashes are signed 64-bit
integers (`rows.hashed`).
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from rolecall.errors import DatabaseTooNew, StoreError

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
    for statement in _FIRST.split(";"):
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
