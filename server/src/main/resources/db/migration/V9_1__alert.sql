-- Alerts that are open, and those that a webhook has yet to be told of.
CREATE TABLE alert (
  workspace_id TEXT NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
  -- MONITOR or DATA_SOURCE, whose name is the owner.
  kind TEXT NOT NULL,
  owner TEXT NOT NULL,
  feature_view TEXT NOT NULL,
  -- The feature or the expectation.
  name TEXT NOT NULL,
  measure TEXT NOT NULL,
  value REAL NOT NULL,
  threshold REAL NOT NULL,
  opened_at BIGINT NOT NULL,
  resolved_at BIGINT,
  -- How often the webhook may still be called for this change.
  calls_left INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, kind, owner, feature_view, name, measure)
);
