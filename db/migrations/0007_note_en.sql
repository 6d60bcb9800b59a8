-- SPDX-License-Identifier: AGPL-3.0-or-later
-- The note on scan requests for clients who read English; empty: scan_request_note serves them too.

ALTER TABLE settings ADD COLUMN scan_request_note_en TEXT NOT NULL DEFAULT '';
