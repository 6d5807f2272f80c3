-- Copies of data sources as they were. Their rows stand in the workspace's ClickHouse database.
CREATE TABLE snapshot (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  job_id TEXT NOT NULL,
  -- What it is a copy of, which may be gone by now.
  data_source_id BIGINT NOT NULL,
  data_source_name TEXT NOT NULL,
  -- Which rows were wanted; null for all of them.
  condition_text TEXT,
  known_at BIGINT,
  created_at BIGINT NOT NULL,
  -- Rows of the journal after it are not in it; null until the copy is made.
  position BIGINT,
  -- Null until it is complete.
  row_count BIGINT,
  byte_count BIGINT,
  UNIQUE (workspace_id, name)
);
