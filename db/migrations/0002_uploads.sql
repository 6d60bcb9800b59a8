-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Files that were sent in full and are not attached to a mail item yet (server/office/uploads.h).

CREATE TABLE upload (
    id          INTEGER PRIMARY KEY, -- a random number: nobody guesses another's
    user_id     INTEGER NOT NULL REFERENCES user (id),
    name        TEXT NOT NULL,
    type        TEXT NOT NULL,
    size        INTEGER NOT NULL CHECK (size > 0),
    sha256      TEXT NOT NULL CHECK (length(sha256) = 64),
    finished_at INTEGER NOT NULL
) STRICT;
CREATE INDEX upload_by_user ON upload (user_id);
CREATE INDEX upload_by_age ON upload (finished_at);
