-- Limits that an operator's verb set instead of the specified ones.
CREATE TABLE limit_override (
  vm TEXT PRIMARY KEY,
  body ${bytes} NOT NULL
);
