-- What setting a staging deployment live needs, as JSON; null for a deployment that sets itself live.
ALTER TABLE deployment ADD COLUMN staged TEXT;
