CREATE TABLE network (
  name TEXT PRIMARY KEY,
  body ${bytes} NOT NULL
);
