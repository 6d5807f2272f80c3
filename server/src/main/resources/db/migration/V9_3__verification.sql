-- Parts of verifications under way: a feature view, or what a service computes. What is begun goes on after a crash.
CREATE TABLE verification_part (
  job_id TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
  part TEXT NOT NULL,
  -- Rows of the journal after it do not count.
  through_seq BIGINT NOT NULL,
  -- When all keys were read, if they were.
  start_micros BIGINT NOT NULL,
  shares INTEGER NOT NULL,
  -- What came of it, as JSON; null until it is reported.
  tally TEXT,
  PRIMARY KEY (job_id, part)
);

-- What came of the shares that are compared, as JSON.
CREATE TABLE verification_share (
  job_id TEXT NOT NULL,
  part TEXT NOT NULL,
  share INTEGER NOT NULL,
  tally TEXT NOT NULL,
  PRIMARY KEY (job_id, part, share),
  FOREIGN KEY (job_id, part) REFERENCES verification_part (job_id, part) ON DELETE CASCADE
);
