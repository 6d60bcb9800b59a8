-- SPDX-License-Identifier: AGPL-3.0-or-later
-- What a client may find its letter by, apart from what only staff may: the office's note, the shelf.

DROP TABLE mail_search;

CREATE VIRTUAL TABLE mail_search USING fts5 (public, internal, tokenize = 'unicode61 remove_diacritics 0', prefix = '2 3');

-- text_fold() is ours, for migrations only (db/migrate.c).
INSERT INTO mail_search (rowid, public, internal)
SELECT m.id,
       text_fold(m.id || ' ' || m.counterparty || ' ' || coalesce(m.reference, '')),
       text_fold(c.name || ' ' || c.code || ' ' || coalesce(m.shelf, '') || ' ' || coalesce(m.note, ''))
FROM mail_item m JOIN client c ON c.id = m.client_id;
