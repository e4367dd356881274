-- What things of hosts are to be: hugepages, reserved CPUs, time sources.
CREATE TABLE host_setting (
  host TEXT NOT NULL,
  setting_key TEXT NOT NULL,
  body ${bytes} NOT NULL,
  PRIMARY KEY (host, setting_key)
);

-- -1: nobody decided.
ALTER TABLE host_ksm ADD COLUMN merge_across_nodes INTEGER NOT NULL DEFAULT -1;
