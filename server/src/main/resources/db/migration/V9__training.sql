-- Training sets: what was asked for, and what came of it. Their rows stand in the workspace's ClickHouse database.
CREATE TABLE training_set (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  job_id TEXT NOT NULL,
  -- The request, as JSON.
  request TEXT NOT NULL,
  -- Rows of the journal after it do not count; null until the spine is there.
  position BIGINT,
  -- As JSON; null until the set is complete.
  manifest TEXT,
  created_at BIGINT NOT NULL,
  UNIQUE (workspace_id, name)
);

-- Shares of the entities of a view whose values are there.
CREATE TABLE training_share (
  set_id TEXT NOT NULL REFERENCES training_set (id) ON DELETE CASCADE,
  view_name TEXT NOT NULL,
  share INTEGER NOT NULL,
  PRIMARY KEY (set_id, view_name, share)
);
