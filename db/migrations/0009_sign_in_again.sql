-- SPDX-License-Identifier: AGPL-3.0-or-later
-- A browser may ask several times, each asking staying good. What was under way is copied with it.

CREATE TABLE sign_in_again (
    id           INTEGER PRIMARY KEY,
    email        TEXT NOT NULL,
    peer         TEXT NOT NULL,
    browser_hash BLOB NOT NULL CHECK (length(browser_hash) = 32),
    token_hash   BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    code_hash    BLOB NOT NULL CHECK (length(code_hash) = 32),
    asked_at     INTEGER NOT NULL,
    wrong_codes  INTEGER NOT NULL DEFAULT 0,
    used         INTEGER NOT NULL DEFAULT 0 CHECK (used IN (0, 1))
) STRICT;
INSERT INTO sign_in_again SELECT * FROM sign_in;
DROP TABLE sign_in;
ALTER TABLE sign_in_again RENAME TO sign_in;
CREATE INDEX sign_in_by_email ON sign_in (email, asked_at);
CREATE INDEX sign_in_by_peer ON sign_in (peer, asked_at);
CREATE INDEX sign_in_by_age ON sign_in (asked_at);
CREATE INDEX sign_in_by_browser ON sign_in (browser_hash);
