-- Workspaces that stand beside another one, under a name of their own there.
CREATE TABLE branch (
  workspace_id TEXT PRIMARY KEY REFERENCES workspace (id),
  parent_id TEXT NOT NULL REFERENCES workspace (id),
  name TEXT NOT NULL,
  UNIQUE (parent_id, name)
);

-- Databases of removed workspaces that ClickHouse may still have.
CREATE TABLE removed_database (
  name TEXT PRIMARY KEY
);
