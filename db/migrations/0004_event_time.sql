-- SPDX-License-Identifier: AGPL-3.0-or-later
-- The journal of some days, however long ago they were.
CREATE INDEX event_by_time ON event (at);
