-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Where a message may go from where it is. Whatever writes `state` is held to this table.

CREATE TABLE outbox_move (
    from_state TEXT NOT NULL,
    to_state   TEXT NOT NULL,
    PRIMARY KEY (from_state, to_state)
) STRICT, WITHOUT ROWID;

INSERT INTO outbox_move (from_state, to_state) VALUES
    ('waiting', 'sending'), -- claimed
    ('sending', 'waiting'), -- given back, to be tried again, or found in flight at the start
    ('sending', 'delivered'),
    ('sending', 'refused'),
    ('sending', 'expired'),
    ('waiting', 'expired'),
    ('waiting', 'held'),    -- by an administrator; an SMS beyond the month's limit begins so
    ('held', 'waiting'),    -- an administrator's retry
    ('refused', 'waiting'),
    ('expired', 'waiting'),
    ('waiting', 'dropped'), -- by an administrator, or its cause was undone
    ('held', 'dropped'),
    ('refused', 'dropped'),
    ('expired', 'dropped');

CREATE TRIGGER outbox_moves BEFORE UPDATE OF state ON outbox
WHEN OLD.state <> NEW.state AND NOT EXISTS
    (SELECT 1 FROM outbox_move WHERE from_state = OLD.state AND to_state = NEW.state)
BEGIN
    SELECT RAISE(ABORT, 'a message does not go from its state to this one');
END;
