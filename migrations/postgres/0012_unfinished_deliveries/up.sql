-- Tries of a message that were begun and of whose outcome nobody has heard, since the last one that came to an end. A message
-- that ends BanGUI itself is given up by it.
ALTER TABLE deliveries ADD COLUMN unfinished BIGINT NOT NULL DEFAULT 0;
