-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Clients on the pages: signing in by e-mail, and being signed in. Of every secret only its SHA-256
-- is kept.

-- One asking for a link. `email` is in lower case (ASCII letters), known here or not.
CREATE TABLE sign_in (
    id           INTEGER PRIMARY KEY,
    email        TEXT NOT NULL,
    peer         TEXT NOT NULL,
    browser_hash BLOB NOT NULL UNIQUE CHECK (length(browser_hash) = 32),
    token_hash   BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    code_hash    BLOB NOT NULL CHECK (length(code_hash) = 32),
    asked_at     INTEGER NOT NULL,
    wrong_codes  INTEGER NOT NULL DEFAULT 0,
    used         INTEGER NOT NULL DEFAULT 0 CHECK (used IN (0, 1))
) STRICT;
CREATE INDEX sign_in_by_email ON sign_in (email, asked_at);
CREATE INDEX sign_in_by_peer ON sign_in (peer, asked_at);
CREATE INDEX sign_in_by_age ON sign_in (asked_at);

-- A browser that is signed in with an address; whose post it sees is looked up at each request.
CREATE TABLE session (
    token_hash BLOB PRIMARY KEY CHECK (length(token_hash) = 32),
    email      TEXT NOT NULL,
    client_id  INTEGER REFERENCES client (id), -- chosen where the address has several
    created_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_by_email ON session (email);
CREATE INDEX session_by_client ON session (client_id) WHERE client_id IS NOT NULL;
CREATE INDEX session_by_age ON session (seen_at);

CREATE INDEX client_email_folded ON client_email (lower(address), client_id);
