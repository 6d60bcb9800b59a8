-- SPDX-License-Identifier: AGPL-3.0-or-later
-- What an operator bills for an SMS; known from the start, because its text goes with its delivery.

ALTER TABLE outbox ADD COLUMN parts INTEGER; -- NULL: an e-mail, or older than this
