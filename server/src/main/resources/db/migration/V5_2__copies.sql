-- Copy pipes whose schedules rest.
CREATE TABLE paused_copy (
  pipe_id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspace (id)
);
