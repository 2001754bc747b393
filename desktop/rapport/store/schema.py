"""The numbered migrations. A released one is never edited; a change is a new one.

Times are milliseconds since 1970, 0 for unknown. JSON is kept as bytes. ``record.key`` is the row
key that pages, sorts and the search index share.
"""

from __future__ import annotations

from rapport.domain.records import Kind

KIND_NUMBER = {Kind.CONTACT: 1, Kind.TASK: 2, Kind.NOTE: 3, Kind.APPOINTMENT: 4}
KIND_OF = {number: kind for kind, number in KIND_NUMBER.items()}

NO_DUE = 1 << 62
"""Stands for "no due time" where it must sort behind every real one."""

MIGRATIONS: tuple[str, ...] = (
    """
    -- shown: the values a person sees: the server's with the open edits over them.
    -- base:  the server's values that open edits started from; NULL while it equals shown, or
    --        while the server has never seen the record (rid NULL).
    -- seen:  newer server values that came while an edit was on its way.
    CREATE TABLE record (
        key INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        kind INTEGER NOT NULL,
        contact_key INTEGER REFERENCES record(key),
        rid TEXT,
        shown BLOB NOT NULL,
        base BLOB,
        seen BLOB,
        extra BLOB,
        epoch INTEGER NOT NULL DEFAULT 0,
        touched INTEGER NOT NULL DEFAULT 0,
        tomb INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE UNIQUE INDEX record_rid ON record(kind, rid) WHERE rid IS NOT NULL;
    CREATE INDEX record_contact ON record(contact_key, kind) WHERE contact_key IS NOT NULL;

    CREATE TABLE op (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        key INTEGER NOT NULL REFERENCES record(key),
        contact_key INTEGER NOT NULL REFERENCES record(key),
        op TEXT NOT NULL,
        fields BLOB NOT NULL,
        state TEXT NOT NULL DEFAULT 'pending',
        attempt INTEGER NOT NULL DEFAULT 0,
        created_at INTEGER NOT NULL,
        sent_at INTEGER NOT NULL DEFAULT 0,
        absent INTEGER NOT NULL DEFAULT 0,
        not_before INTEGER NOT NULL DEFAULT 0,
        pre_ids BLOB,
        error TEXT NOT NULL DEFAULT '',
        title TEXT NOT NULL
    ) STRICT;
    CREATE INDEX op_key ON op(key, seq);
    CREATE INDEX op_contact ON op(contact_key);

    CREATE TABLE conflict (
        id INTEGER PRIMARY KEY,
        key INTEGER NOT NULL REFERENCES record(key),
        contact_key INTEGER NOT NULL REFERENCES record(key),
        field TEXT NOT NULL,
        base BLOB NOT NULL,
        mine BLOB NOT NULL,
        theirs BLOB NOT NULL,
        why TEXT NOT NULL,
        at INTEGER NOT NULL,
        UNIQUE (key, field)
    ) STRICT;
    CREATE INDEX conflict_contact ON conflict(contact_key);

    -- Read models. They follow from record, op and conflict; verify() recomputes them.
    CREATE TABLE contact_row (
        key INTEGER PRIMARY KEY REFERENCES record(key),
        id TEXT NOT NULL,
        seed TEXT NOT NULL,
        name TEXT NOT NULL,
        company TEXT NOT NULL,
        tags BLOB NOT NULL,
        owner TEXT,
        dnd INTEGER NOT NULL,
        pending INTEGER NOT NULL,
        conflict INTEGER NOT NULL,
        name_sort TEXT NOT NULL,
        activity INTEGER NOT NULL,
        added INTEGER NOT NULL,
        next_due INTEGER NOT NULL,
        details_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX contact_by_activity ON contact_row(activity DESC, name_sort);
    CREATE INDEX contact_by_name ON contact_row(name_sort);
    CREATE INDEX contact_by_added ON contact_row(added DESC, name_sort);
    CREATE INDEX contact_by_due ON contact_row(next_due, name_sort);
    CREATE INDEX contact_by_owner ON contact_row(owner);
    CREATE INDEX contact_dnd ON contact_row(dnd) WHERE dnd = 1;
    CREATE INDEX contact_without_details ON contact_row(activity DESC)
        WHERE details_at = 0 AND seed <> id;

    CREATE TABLE tag (
        tag INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        folded TEXT NOT NULL,
        contacts INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE INDEX tag_folded ON tag(folded);
    CREATE TABLE contact_tag (
        tag INTEGER NOT NULL REFERENCES tag(tag),
        key INTEGER NOT NULL REFERENCES contact_row(key),
        PRIMARY KEY (tag, key)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE task_row (
        key INTEGER PRIMARY KEY REFERENCES record(key),
        contact_key INTEGER NOT NULL REFERENCES record(key),
        due INTEGER NOT NULL,
        remind INTEGER NOT NULL,
        completed INTEGER NOT NULL,
        assigned_to TEXT
    ) STRICT;
    CREATE INDEX task_due ON task_row(due) WHERE completed = 0;
    CREATE INDEX task_remind ON task_row(remind) WHERE completed = 0;
    CREATE INDEX task_contact ON task_row(contact_key, due) WHERE completed = 0;

    -- One line of distinct folded words per contact, its tasks and notes included. The words are
    -- cut in search.py; ascii only splits them at spaces. detail=none: which contacts, not where.
    CREATE VIRTUAL TABLE search USING fts5(
        words, content='', contentless_delete=1, detail=none, prefix='1 2', tokenize='ascii'
    );

    -- When the notes and appointments of a contact were last read.
    CREATE TABLE details (
        key INTEGER PRIMARY KEY REFERENCES record(key),
        at INTEGER NOT NULL
    ) STRICT;

    -- Records deleted from here: a list that was read before, or an index that lags, still names
    -- them.
    CREATE TABLE gone (
        kind INTEGER NOT NULL,
        rid TEXT NOT NULL,
        epoch INTEGER NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (kind, rid)
    ) STRICT, WITHOUT ROWID;

    -- hash: SHA-256 over the previous entry's hash and this entry, so that a removed or altered
    -- entry shows.
    CREATE TABLE audit (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at INTEGER NOT NULL,
        contact_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        record_id TEXT NOT NULL,
        op TEXT NOT NULL,
        origin TEXT NOT NULL,
        title TEXT NOT NULL,
        fields BLOB NOT NULL,
        hash BLOB NOT NULL
    ) STRICT;
    CREATE INDEX audit_contact ON audit(contact_id, id);

    CREATE TABLE undo (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at INTEGER NOT NULL,
        title TEXT NOT NULL,
        origin TEXT NOT NULL,
        mutations BLOB NOT NULL,
        done INTEGER NOT NULL DEFAULT 0
    ) STRICT;

    CREATE TABLE draft (
        contact_id TEXT NOT NULL,
        note_id TEXT NOT NULL,
        body TEXT NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (contact_id, note_id)
    ) STRICT, WITHOUT ROWID;

    -- Small JSON values by name: cursors, the account's dictionaries, counters.
    CREATE TABLE setting (
        name TEXT PRIMARY KEY,
        value BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
    """,
    """
    -- Conflicts that ended, for thirty days. They outlive their record: no references.
    -- undo: the entry that takes the choice back, 0 where there is none.
    CREATE TABLE settled (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        kind INTEGER NOT NULL,
        record_id TEXT NOT NULL,
        contact_id TEXT NOT NULL,
        contact_name TEXT NOT NULL,
        subject TEXT NOT NULL,
        field TEXT NOT NULL,
        base BLOB NOT NULL,
        mine BLOB NOT NULL,
        theirs BLOB NOT NULL,
        kept BLOB NOT NULL,
        choice TEXT NOT NULL,
        why TEXT NOT NULL,
        at INTEGER NOT NULL,
        undo INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE INDEX settled_undo ON settled(undo) WHERE undo > 0;
    """,
    """
    -- form: which columns the hash covers (store/audit.py); the entries of before keep theirs.
    -- who:  the user's id in the CRM, where it is known.
    -- sending: what an entry and the reply to it have in common: the op it went into, or a name.
    -- words: folded, for the search; it follows from the rest.
    ALTER TABLE audit ADD COLUMN form INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE audit ADD COLUMN who TEXT NOT NULL DEFAULT '';
    ALTER TABLE audit ADD COLUMN sending TEXT NOT NULL DEFAULT '';
    ALTER TABLE audit ADD COLUMN words TEXT NOT NULL DEFAULT '';
    UPDATE audit SET words = fold(title || ' ' || CAST(fields AS TEXT));
    CREATE INDEX audit_sending ON audit(sending, id) WHERE sending <> '';

    CREATE INDEX undo_open ON undo(id) WHERE done = 0;

    -- Deleted contacts as they were, with their tasks and notes: see domain.audit.Departed.
    CREATE TABLE departed (
        contact_id TEXT PRIMARY KEY,
        at INTEGER NOT NULL,
        name TEXT NOT NULL,
        body BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
    """,
    """
    -- Of a delete: what its author saw of the record. Base moves on while the edits before it go.
    ALTER TABLE op ADD COLUMN seen BLOB;
    """,
    """
    -- What a calendar shows of an appointment; it follows from record. One without an end, or that
    -- would end before it begins, ends where it begins.
    CREATE TABLE appointment_row (
        key INTEGER PRIMARY KEY REFERENCES record(key),
        contact_key INTEGER NOT NULL REFERENCES record(key),
        start INTEGER NOT NULL,
        until INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX appointment_start ON appointment_row(start, until);
    INSERT INTO appointment_row
        SELECT key, contact_key, start, max(start, coalesce(until, start)) FROM (
            SELECT r.key, r.contact_key,
                CAST(round((julianday(CAST(r.shown AS TEXT) ->> '$.start_at') - 2440587.5)
                           * 86400000) AS INTEGER) AS start,
                CAST(round((julianday(CAST(r.shown AS TEXT) ->> '$.end_at') - 2440587.5)
                           * 86400000) AS INTEGER) AS until
            FROM record r JOIN record c ON c.key = r.contact_key
            WHERE r.kind = 4 AND r.tomb = 0 AND c.tomb = 0
        ) WHERE start IS NOT NULL;
    CREATE INDEX task_by_due ON task_row(due);
    """,
    """
    -- What an undo entry takes back besides the mutations in itself: many edits made as one are
    -- written in several transactions.
    CREATE TABLE undo_part (
        id INTEGER PRIMARY KEY,
        undo INTEGER NOT NULL,
        mutations BLOB NOT NULL
    ) STRICT;
    CREATE INDEX undo_part_undo ON undo_part(undo);
    """,
    """
    -- part_of, stage: edits that belong together (see merges.py). One of a later stage waits until
    -- all of the earlier ones are on the server.
    ALTER TABLE op ADD COLUMN part_of INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE op ADD COLUMN stage INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX op_part ON op(part_of, stage) WHERE part_of > 0;

    -- Merges of contacts, and their taking back: domain.merging.Merged. It outlives its records.
    -- state: open, done, stopping, stopped or undone. undo: the entry that takes it back.
    CREATE TABLE merge (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at INTEGER NOT NULL,
        survivor_id TEXT NOT NULL,
        body BLOB NOT NULL,
        undo INTEGER NOT NULL DEFAULT 0,
        state TEXT NOT NULL DEFAULT 'open'
    ) STRICT;
    CREATE INDEX merge_state ON merge(state) WHERE state IN ('open', 'stopping');

    -- An edit that must reach the server before something is deleted there went otherwise, whoever
    -- took it out: nothing more is deleted.
    CREATE TRIGGER op_lost AFTER DELETE ON op WHEN OLD.part_of > 0 AND OLD.stage IN (1, 2)
    BEGIN
        UPDATE merge SET state = 'stopping' WHERE id = OLD.part_of AND state = 'open';
    END;

    -- Contacts that a person knows to be two, each pair in the order of the ids.
    CREATE TABLE apart (
        one TEXT NOT NULL,
        other TEXT NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (one, other)
    ) STRICT, WITHOUT ROWID;
    """,
    """
    -- What the columns of the contact table are sorted by: folded and cut short, as name_sort is;
    -- where there is no value, what sorts last.
    ALTER TABLE contact_row ADD COLUMN company_sort TEXT NOT NULL DEFAULT '\U0010ffff';
    ALTER TABLE contact_row ADD COLUMN email_sort TEXT NOT NULL DEFAULT '\U0010ffff';
    ALTER TABLE contact_row ADD COLUMN phone_sort TEXT NOT NULL DEFAULT '\U0010ffff';
    ALTER TABLE contact_row ADD COLUMN city_sort TEXT NOT NULL DEFAULT '\U0010ffff';
    ALTER TABLE contact_row ADD COLUMN country_sort TEXT NOT NULL DEFAULT '\U0010ffff';
    ALTER TABLE contact_row ADD COLUMN source_sort TEXT NOT NULL DEFAULT '\U0010ffff';
    UPDATE contact_row SET
        company_sort = ifnull(nullif(substr(fold(shown ->> '$.company'), 1, 32), ''), '\U0010ffff'),
        email_sort = ifnull(nullif(substr(fold(shown ->> '$.email'), 1, 32), ''), '\U0010ffff'),
        phone_sort = ifnull(nullif(substr(fold(shown ->> '$.phone'), 1, 32), ''), '\U0010ffff'),
        city_sort = ifnull(nullif(substr(fold(shown ->> '$.city'), 1, 32), ''), '\U0010ffff'),
        country_sort = ifnull(nullif(substr(fold(shown ->> '$.country'), 1, 32), ''), '\U0010ffff'),
        source_sort = ifnull(nullif(substr(fold(shown ->> '$.source'), 1, 32), ''), '\U0010ffff')
        FROM (SELECT key AS record_key, CAST(shown AS TEXT) AS shown FROM record WHERE kind = 1)
        WHERE record_key = key;
    CREATE INDEX contact_by_company ON contact_row(company_sort, name_sort);
    CREATE INDEX contact_by_email ON contact_row(email_sort, name_sort);
    CREATE INDEX contact_by_phone ON contact_row(phone_sort, name_sort);
    CREATE INDEX contact_by_city ON contact_row(city_sort, name_sort);
    CREATE INDEX contact_by_country ON contact_row(country_sort, name_sort);
    CREATE INDEX contact_by_source ON contact_row(source_sort, name_sort);
    DROP INDEX contact_by_owner;
    CREATE INDEX contact_by_owner ON contact_row(owner, name_sort);
    """,
    """
    -- batch: the undo entry of the many edits that this one was made with, 0 where it was made
    -- alone. It groups what is shown, and no hash covers it.
    ALTER TABLE audit ADD COLUMN batch INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX audit_batch ON audit(batch, id) WHERE batch > 0;
    """,
)
