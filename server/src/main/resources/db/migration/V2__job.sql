-- Background work: what was asked for, how far it came, how it ended.
CREATE TABLE job (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  status TEXT NOT NULL,
  data_source_id TEXT,
  data_source_name TEXT,
  pipe_id TEXT,
  pipe_name TEXT,
  -- What it was asked to do, as JSON: texts by name.
  arguments TEXT NOT NULL,
  -- 1 while it may still be cancelled.
  cancellable INTEGER NOT NULL,
  -- 0 to 1.
  share_done DOUBLE PRECISION NOT NULL,
  row_count BIGINT NOT NULL,
  byte_count BIGINT NOT NULL,
  -- What it counted besides, as JSON: numbers by name.
  counts TEXT NOT NULL,
  -- Why it failed, or what was wrong with what it did; empty when nothing was.
  error TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  started_at BIGINT,
  updated_at BIGINT NOT NULL
);

CREATE INDEX job_by_workspace ON job (workspace_id, created_at);

-- Replacements of rows that are under way: their tables, until they took the others' places.
CREATE TABLE replacement (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
  -- 1 once the new tables are whole: from then on they take the places, whatever happens.
  decided INTEGER NOT NULL,
  -- As JSON: database, table, the new table and its UUID.
  tables TEXT NOT NULL
);
