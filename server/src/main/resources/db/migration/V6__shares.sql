-- The ids of the workspaces a data source is shared with, as a JSON array.
ALTER TABLE data_source ADD COLUMN shared_with TEXT NOT NULL DEFAULT '[]';
