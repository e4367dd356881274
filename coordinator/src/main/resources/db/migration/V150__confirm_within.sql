-- How long each host awaits a confirmation before it undoes an operation's commands; NULL: as the action says.
ALTER TABLE operation ADD COLUMN confirm_within_millis BIGINT;
