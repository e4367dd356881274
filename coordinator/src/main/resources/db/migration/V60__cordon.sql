-- Hosts that no VM may come to.
CREATE TABLE cordon (
  host TEXT NOT NULL PRIMARY KEY,
  since_epoch_millis BIGINT NOT NULL
);
