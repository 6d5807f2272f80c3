-- Values that pipes and connections use without showing them.
CREATE TABLE secret (
  workspace_id TEXT NOT NULL,
  name TEXT NOT NULL,
  -- The value under AES-GCM: nonce, then ciphertext with its tag, in hexadecimal digits.
  sealed_value TEXT NOT NULL,
  edited_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, name)
);
