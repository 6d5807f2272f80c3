-- What setting a staging deployment live needs, as JSON; null for a deployment that sets itself live.
ALTER TABLE deployment ADD COLUMN staged TEXT;

-- Data sources whose rows did not reach every view since the deployment under way began.
CREATE TABLE view_failure (
  workspace_id TEXT NOT NULL,
  data_source_id BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, data_source_id)
);
