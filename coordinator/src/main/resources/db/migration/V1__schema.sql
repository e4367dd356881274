-- One schema, two engines (SQLite, PostgreSQL): BIGINT and TEXT, ids made by us, times in epoch
-- milliseconds, flags as 0 and 1. ${bytes} is the engine's type for bytes.

CREATE TABLE cluster (
  id BIGINT PRIMARY KEY CHECK (id = 1),
  uuid TEXT NOT NULL,
  name TEXT NOT NULL,
  automation TEXT NOT NULL
);

-- The row that only the holder of the term can use.
CREATE TABLE leadership (
  id BIGINT PRIMARY KEY CHECK (id = 1),
  term BIGINT NOT NULL,
  highest_reported BIGINT NOT NULL,
  taken_epoch_millis BIGINT NOT NULL,
  writes BIGINT NOT NULL
);
INSERT INTO leadership (id, term, highest_reported, taken_epoch_millis, writes)
VALUES (1, 0, 0, 0, 0);

-- Counters for ids: plan, op, event, decision, and command/HOST.
CREATE TABLE sequence (
  name TEXT PRIMARY KEY,
  value BIGINT NOT NULL
);

CREATE TABLE vm_spec (
  vm TEXT PRIMARY KEY,
  body ${bytes} NOT NULL
);

CREATE TABLE assignment (
  vm TEXT PRIMARY KEY,
  host TEXT NOT NULL,
  body ${bytes} NOT NULL
);

CREATE TABLE host_ksm (
  host TEXT PRIMARY KEY,
  run BIGINT NOT NULL,
  pages_to_scan BIGINT NOT NULL,
  sleep_millis BIGINT NOT NULL
);

CREATE TABLE host (
  host TEXT PRIMARY KEY,
  inventory ${bytes} NOT NULL,
  observation ${bytes} NOT NULL,
  automation TEXT NOT NULL,
  observe_only BIGINT NOT NULL,
  boot_id TEXT NOT NULL,
  agent_version TEXT NOT NULL,
  seen_epoch_millis BIGINT NOT NULL
);

-- scope is cluster, host or vm; name is empty for the cluster.
CREATE TABLE freeze (
  scope TEXT NOT NULL,
  name TEXT NOT NULL,
  reason TEXT NOT NULL,
  since_epoch_millis BIGINT NOT NULL,
  PRIMARY KEY (scope, name)
);

CREATE TABLE plan (
  number BIGINT PRIMARY KEY,
  title TEXT NOT NULL,
  origin TEXT NOT NULL,
  step_count BIGINT NOT NULL,
  state TEXT NOT NULL,
  created_epoch_millis BIGINT NOT NULL,
  body ${bytes} NOT NULL
);

CREATE TABLE operation (
  number BIGINT PRIMARY KEY,
  plan_id TEXT NOT NULL,
  title TEXT NOT NULL,
  origin TEXT NOT NULL,
  dry_run BIGINT NOT NULL,
  state TEXT NOT NULL,
  started_epoch_millis BIGINT NOT NULL,
  ended_epoch_millis BIGINT NOT NULL,
  detail TEXT NOT NULL
);
CREATE INDEX operation_state ON operation (state);

CREATE TABLE operation_step (
  operation BIGINT NOT NULL,
  step BIGINT NOT NULL,
  host TEXT NOT NULL,
  state TEXT NOT NULL,
  outcome ${bytes},
  PRIMARY KEY (operation, step)
);

-- steps is a list of numbers with commas.
CREATE TABLE command (
  host TEXT NOT NULL,
  id BIGINT NOT NULL,
  operation BIGINT NOT NULL,
  purpose TEXT NOT NULL,
  steps TEXT NOT NULL,
  received BIGINT NOT NULL,
  outcomes ${bytes},
  PRIMARY KEY (host, id)
);
CREATE INDEX command_operation ON command (operation);

-- details is a JSON object of texts.
CREATE TABLE event (
  number BIGINT PRIMARY KEY,
  epoch_millis BIGINT NOT NULL,
  kind TEXT NOT NULL,
  host TEXT NOT NULL,
  vm TEXT NOT NULL,
  text TEXT NOT NULL,
  operation_id TEXT NOT NULL,
  details TEXT NOT NULL
);

CREATE TABLE decision (
  number BIGINT PRIMARY KEY,
  vm TEXT NOT NULL,
  epoch_millis BIGINT NOT NULL,
  operation_id TEXT NOT NULL,
  body ${bytes} NOT NULL
);
CREATE INDEX decision_vm ON decision (vm, number);
