-- SPDX-License-Identifier: AGPL-3.0-or-later
-- The office: settings, packages, clients, mail, scan requests, charges, events, outbox.
-- Times are UTC seconds, days 'YYYY-MM-DD' in the office's zone, money whole grosze. Words are
-- those of protocol/schema.h; a test compares the CHECK lists with it.

CREATE TABLE settings (
    id                  INTEGER PRIMARY KEY CHECK (id = 1),
    version             INTEGER NOT NULL DEFAULT 1,
    allow_scan_requests INTEGER NOT NULL DEFAULT 0 CHECK (allow_scan_requests IN (0, 1)),
    scan_request_note   TEXT NOT NULL DEFAULT 'Skanowanie poczty może wiązać się z dodatkowymi kosztami',
    office_name         TEXT NOT NULL DEFAULT 'Wirtualne Biuro',
    collection_place    TEXT NOT NULL DEFAULT '',
    notify_email        INTEGER NOT NULL DEFAULT 1 CHECK (notify_email IN (0, 1)),
    notify_sms          INTEGER NOT NULL DEFAULT 0 CHECK (notify_sms IN (0, 1)),
    email_gather_minutes INTEGER NOT NULL DEFAULT 0,
    sms_gather_minutes  INTEGER NOT NULL DEFAULT 10,
    sms_quiet_from      TEXT NOT NULL DEFAULT '',
    sms_quiet_to        TEXT NOT NULL DEFAULT '',
    sms_monthly_limit   INTEGER NOT NULL DEFAULT 0,
    mail_subject_pl     TEXT NOT NULL DEFAULT '',
    mail_subject_en     TEXT NOT NULL DEFAULT '',
    mail_greeting_pl    TEXT NOT NULL DEFAULT '',
    mail_greeting_en    TEXT NOT NULL DEFAULT '',
    mail_footer_pl      TEXT NOT NULL DEFAULT '',
    mail_footer_en      TEXT NOT NULL DEFAULT '',
    language            TEXT NOT NULL DEFAULT 'pl' CHECK (language IN ('pl', 'en')),
    time_zone           TEXT NOT NULL DEFAULT 'Europe/Warsaw'
) STRICT;
INSERT INTO settings (id) VALUES (1);

CREATE TABLE office_email (
    position INTEGER PRIMARY KEY,
    address  TEXT NOT NULL
) STRICT;

CREATE TABLE office_phone (
    position INTEGER PRIMARY KEY,
    number   TEXT NOT NULL
) STRICT;

CREATE TABLE user (
    id            INTEGER PRIMARY KEY,
    version       INTEGER NOT NULL DEFAULT 1,
    login         TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    role          TEXT NOT NULL CHECK (role IN ('administrator', 'clerk')),
    os_user       TEXT UNIQUE,
    password_hash TEXT,
    active        INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1))
) STRICT;

CREATE TABLE package (
    id                  INTEGER PRIMARY KEY,
    version             INTEGER NOT NULL DEFAULT 1,
    name                TEXT NOT NULL UNIQUE,
    allow_scan_requests TEXT NOT NULL DEFAULT 'inherit'
                        CHECK (allow_scan_requests IN ('inherit', 'allow', 'deny')),
    default_scan_cost   INTEGER NOT NULL DEFAULT 0 CHECK (default_scan_cost >= 0)
) STRICT;

CREATE TABLE client (
    id                  INTEGER PRIMARY KEY,
    version             INTEGER NOT NULL DEFAULT 1,
    code                TEXT NOT NULL UNIQUE,
    name                TEXT NOT NULL,
    phone               TEXT,
    tax_id              TEXT,
    package_id          INTEGER NOT NULL REFERENCES package (id),
    allow_scan_requests TEXT NOT NULL DEFAULT 'inherit'
                        CHECK (allow_scan_requests IN ('inherit', 'allow', 'deny')),
    language            TEXT NOT NULL CHECK (language IN ('pl', 'en')),
    active              INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    uses                INTEGER NOT NULL DEFAULT 0 -- mail items registered: search ranks by it
) STRICT;
CREATE INDEX client_by_package ON client (package_id);

CREATE TABLE client_email (
    client_id INTEGER NOT NULL REFERENCES client (id),
    position  INTEGER NOT NULL,
    address   TEXT NOT NULL,
    PRIMARY KEY (client_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX client_email_by_address ON client_email (address);

CREATE TABLE client_alias (
    client_id INTEGER NOT NULL REFERENCES client (id),
    position  INTEGER NOT NULL,
    name      TEXT NOT NULL,
    PRIMARY KEY (client_id, position)
) STRICT, WITHOUT ROWID;

-- Folded by text_fold() before it comes here: no tokenizer of SQLite folds ł.
CREATE VIRTUAL TABLE client_search USING fts5 (text, tokenize = 'unicode61 remove_diacritics 0', prefix = '1 2 3');

-- Names of senders and addressees, ranked by use, for the pick list.
CREATE TABLE sender (
    id      INTEGER PRIMARY KEY,
    folded  TEXT NOT NULL UNIQUE,
    name    TEXT NOT NULL,
    uses    INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX sender_by_uses ON sender (uses);
CREATE VIRTUAL TABLE sender_search USING fts5 (text, tokenize = 'unicode61 remove_diacritics 0', prefix = '1 2 3');

CREATE TABLE client_sender (
    client_id INTEGER NOT NULL REFERENCES client (id),
    sender_id INTEGER NOT NULL REFERENCES sender (id),
    uses      INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (client_id, sender_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE mail_item (
    id            INTEGER PRIMARY KEY AUTOINCREMENT, -- the letter's number: never given twice
    version       INTEGER NOT NULL DEFAULT 1,
    direction     TEXT NOT NULL CHECK (direction IN ('incoming', 'outgoing')),
    client_id     INTEGER NOT NULL REFERENCES client (id),
    counterparty  TEXT NOT NULL,
    kind          TEXT NOT NULL
                  CHECK (kind IN ('letter', 'registered', 'awizo', 'courier', 'parcel', 'other')),
    date          TEXT NOT NULL,
    reference     TEXT,
    note          TEXT,
    shelf         TEXT,
    status        TEXT NOT NULL
                  CHECK (status IN ('awaiting_collection', 'collected', 'forwarded', 'destroyed',
                                    'to_send', 'sent')),
    registered_at INTEGER NOT NULL,
    registered_by TEXT NOT NULL,
    closed_at     INTEGER,
    collected_by  TEXT,
    sent_on       TEXT,
    CHECK ((direction = 'outgoing') = (status IN ('to_send', 'sent')))
) STRICT;
CREATE INDEX mail_by_direction ON mail_item (direction, id);
CREATE INDEX mail_by_status ON mail_item (status, id);
CREATE INDEX mail_by_client ON mail_item (client_id, id);
CREATE INDEX mail_by_client_status ON mail_item (client_id, status);
CREATE INDEX mail_by_reference ON mail_item (reference) WHERE reference IS NOT NULL;

CREATE VIRTUAL TABLE mail_search USING fts5 (text, tokenize = 'unicode61 remove_diacritics 0', prefix = '2 3');

CREATE TABLE scan (
    id          INTEGER PRIMARY KEY,
    item_id     INTEGER NOT NULL REFERENCES mail_item (id),
    name        TEXT NOT NULL,
    type        TEXT NOT NULL,
    size        INTEGER NOT NULL CHECK (size > 0),
    sha256      TEXT NOT NULL CHECK (length(sha256) = 64),
    attached_at INTEGER NOT NULL,
    attached_by TEXT NOT NULL,
    event_id    INTEGER NOT NULL -- that it came with; undoing that takes it away
) STRICT;
CREATE INDEX scan_by_event ON scan (event_id);
CREATE INDEX scan_by_item ON scan (item_id);
CREATE INDEX scan_by_content ON scan (sha256);

CREATE TABLE scan_request (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    item_id            INTEGER NOT NULL REFERENCES mail_item (id),
    client_id          INTEGER NOT NULL REFERENCES client (id),
    requested_at       INTEGER NOT NULL,
    requested_by       TEXT NOT NULL,
    source             TEXT NOT NULL CHECK (source IN ('email', 'panel', 'staff')),
    possibly_automatic INTEGER NOT NULL DEFAULT 0 CHECK (possibly_automatic IN (0, 1)),
    status             TEXT NOT NULL CHECK (status IN ('new', 'fulfilled', 'cancelled')),
    closed_at          INTEGER,
    closed_by          TEXT,
    cancelled_by       TEXT CHECK (cancelled_by IN ('staff', 'client', 'hand_over')),
    reason             TEXT,
    information        TEXT,
    cost               INTEGER,
    closing_event_id   INTEGER, -- undoing that opens it again
    CHECK ((status = 'new') = (closed_at IS NULL)),
    CHECK ((status = 'cancelled') = (cancelled_by IS NOT NULL))
) STRICT;
-- The safety net under scan_may_request(): one open request for a letter, whatever happens.
CREATE UNIQUE INDEX scan_request_open ON scan_request (item_id) WHERE status = 'new';
CREATE INDEX scan_request_by_item ON scan_request (item_id, id);
CREATE INDEX scan_request_by_status ON scan_request (status, id);
CREATE INDEX scan_request_by_closing_event ON scan_request (closing_event_id)
    WHERE closing_event_id IS NOT NULL;
CREATE INDEX scan_request_by_client ON scan_request (client_id, id);

CREATE TABLE charge (
    id             INTEGER PRIMARY KEY,
    version        INTEGER NOT NULL DEFAULT 1,
    item_id        INTEGER NOT NULL REFERENCES mail_item (id),
    client_id      INTEGER NOT NULL REFERENCES client (id),
    request_id     INTEGER REFERENCES scan_request (id),
    amount         INTEGER NOT NULL CHECK (amount <> 0),
    information    TEXT NOT NULL DEFAULT '',
    day            TEXT NOT NULL, -- the day it counts on in the settlement
    entered_at     INTEGER NOT NULL,
    entered_by     TEXT NOT NULL,
    invoice_number TEXT,
    invoice_date   TEXT,
    event_id       INTEGER NOT NULL, -- that it came with; undoing that takes it away
    CHECK ((invoice_number IS NULL) = (invoice_date IS NULL))
) STRICT;
CREATE INDEX charge_by_event ON charge (event_id);
CREATE INDEX charge_by_item ON charge (item_id);
CREATE INDEX charge_by_day ON charge (day, client_id);
CREATE INDEX charge_by_client ON charge (client_id, day);
CREATE INDEX charge_by_request ON charge (request_id) WHERE request_id IS NOT NULL;

-- Audit trail, live feed and the way to catch up in one. Nothing is ever changed or removed.
CREATE TABLE event (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    at           INTEGER NOT NULL,
    actor        TEXT NOT NULL,
    kind         TEXT NOT NULL,
    item_id      INTEGER,
    client_id    INTEGER,
    request_id   INTEGER,
    client_name  TEXT,
    client_code  TEXT,
    counterparty TEXT,
    detail       TEXT
) STRICT;
CREATE INDEX event_by_item ON event (item_id, id) WHERE item_id IS NOT NULL;
CREATE INDEX event_by_client ON event (client_id, id) WHERE client_id IS NOT NULL;

CREATE TABLE outbox (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    channel         TEXT NOT NULL CHECK (channel IN ('mail', 'sms')),
    state           TEXT NOT NULL
                    CHECK (state IN ('waiting', 'sending', 'delivered', 'refused', 'expired',
                                     'held', 'dropped')),
    recipient       TEXT NOT NULL,
    language        TEXT NOT NULL CHECK (language IN ('pl', 'en')),
    subject         TEXT NOT NULL,
    text            TEXT NOT NULL, -- emptied once delivered, with html: they hold the link
    html            TEXT,
    message_id      TEXT NOT NULL UNIQUE,
    thread          TEXT, -- Message-ID of the first mail about the letter
    item_id         INTEGER,
    client_id       INTEGER,
    event_id        INTEGER NOT NULL, -- its cause; taking that back takes the message back
    created_at      INTEGER NOT NULL,
    due_at          INTEGER NOT NULL,
    expires_at      INTEGER NOT NULL,
    attempts        INTEGER NOT NULL DEFAULT 0,
    last_attempt_at INTEGER,
    answer          TEXT,
    delivered_at    INTEGER,
    gathered        INTEGER NOT NULL DEFAULT 0, -- requests it tells the office of; 0: another kind
    late            INTEGER NOT NULL DEFAULT 0 CHECK (late IN (0, 1)) -- staff were told that it waits
) STRICT;
CREATE INDEX outbox_due ON outbox (channel, due_at, id) WHERE state = 'waiting';
CREATE INDEX outbox_gathered ON outbox (channel, recipient, id) WHERE gathered > 0;
CREATE INDEX outbox_sms_by_time ON outbox (created_at) WHERE channel = 'sms';
CREATE INDEX outbox_by_state ON outbox (state, id);
CREATE INDEX outbox_by_item ON outbox (item_id, recipient, id) WHERE item_id IS NOT NULL;
CREATE INDEX outbox_by_event ON outbox (event_id);

CREATE TABLE outbox_attachment (
    outbox_id INTEGER NOT NULL REFERENCES outbox (id),
    scan_id   INTEGER NOT NULL REFERENCES scan (id),
    PRIMARY KEY (outbox_id, scan_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_attachment_by_scan ON outbox_attachment (scan_id);

CREATE TABLE link (
    token_hash BLOB PRIMARY KEY CHECK (length(token_hash) = 32),
    item_id    INTEGER NOT NULL REFERENCES mail_item (id),
    client_id  INTEGER NOT NULL REFERENCES client (id),
    outbox_id  INTEGER REFERENCES outbox (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX link_by_item ON link (item_id);
CREATE INDEX link_by_outbox ON link (outbox_id) WHERE outbox_id IS NOT NULL;

-- The first result of a change made under a key; the same key again gets it again.
CREATE TABLE call_key (
    user_id INTEGER NOT NULL,
    key     TEXT NOT NULL,
    method  TEXT NOT NULL,
    at      INTEGER NOT NULL,
    result  BLOB NOT NULL,
    PRIMARY KEY (user_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX call_key_by_age ON call_key (at);
