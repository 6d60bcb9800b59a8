-- SPDX-License-Identifier: AGPL-3.0-or-later
-- A message about a letter that became another client's never goes again, also when it was being
-- sent at that moment and comes back unsent.

ALTER TABLE outbox ADD COLUMN withdrawn INTEGER NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1));

INSERT INTO outbox_move (from_state, to_state) VALUES
    ('sending', 'dropped'); -- withdrawn while it was under way, and it did not arrive

-- Whose life ends first: what is overdue, and since when the oldest one waits.
CREATE INDEX outbox_by_life ON outbox (channel, expires_at) WHERE state IN ('waiting', 'sending');
