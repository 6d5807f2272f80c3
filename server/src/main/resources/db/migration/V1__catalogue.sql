-- Instants are microseconds since the epoch.

CREATE TABLE identifier (
  name TEXT PRIMARY KEY,
  next_value BIGINT NOT NULL
);

INSERT INTO identifier (name, next_value) VALUES ('data_source', 1);

CREATE TABLE workspace (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  database_name TEXT NOT NULL UNIQUE,
  created_at BIGINT NOT NULL
);

-- The data sources of the live deployment; the files say the rest.
CREATE TABLE data_source (
  id BIGINT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspace (id),
  public_id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  table_name TEXT NOT NULL,
  schema_version INTEGER NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  UNIQUE (workspace_id, name)
);

-- Each version of a data source's columns that rows in the journal may still carry.
CREATE TABLE data_source_schema (
  data_source_id BIGINT NOT NULL REFERENCES data_source (id) ON DELETE CASCADE,
  version INTEGER NOT NULL,
  columns_text TEXT NOT NULL,
  PRIMARY KEY (data_source_id, version)
);

CREATE TABLE pipe (
  public_id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspace (id),
  name TEXT NOT NULL,
  -- The ClickHouse view of a materialized pipe.
  view_name TEXT,
  -- The data source whose new rows that view sees.
  view_source TEXT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  UNIQUE (workspace_id, name)
);

CREATE TABLE connection (
  public_id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspace (id),
  name TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  UNIQUE (workspace_id, name)
);

CREATE TABLE deployment (
  workspace_id TEXT NOT NULL REFERENCES workspace (id),
  id BIGINT NOT NULL,
  status TEXT NOT NULL,
  live INTEGER NOT NULL,
  author TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  -- What the answer says of changes and findings, as JSON.
  report TEXT NOT NULL,
  -- The statements that undo it and those that clean up after it, as JSON; empty when done.
  intent TEXT NOT NULL,
  PRIMARY KEY (workspace_id, id)
);

CREATE TABLE deployment_file (
  workspace_id TEXT NOT NULL,
  deployment_id BIGINT NOT NULL,
  path TEXT NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (workspace_id, deployment_id, path),
  FOREIGN KEY (workspace_id, deployment_id) REFERENCES deployment (workspace_id, id)
    ON DELETE CASCADE
);

CREATE TABLE change_log (
  id BIGINT PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  changed_at BIGINT NOT NULL,
  author TEXT NOT NULL,
  change TEXT NOT NULL,
  detail TEXT NOT NULL
);

CREATE INDEX change_log_by_workspace ON change_log (workspace_id, id);

CREATE TABLE token (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  -- The text under AES-GCM: nonce, then ciphertext with its tag, in hexadecimal digits.
  sealed_text TEXT NOT NULL,
  -- HMAC-SHA-256 of the text, in hexadecimal digits.
  fingerprint TEXT NOT NULL UNIQUE,
  origin TEXT NOT NULL,
  requests_per_second INTEGER,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  UNIQUE (workspace_id, name)
);

CREATE TABLE token_scope (
  token_id TEXT NOT NULL REFERENCES token (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  scope TEXT NOT NULL,
  -- 1 when a file of the project grants it.
  from_file INTEGER NOT NULL,
  PRIMARY KEY (token_id, position)
);
