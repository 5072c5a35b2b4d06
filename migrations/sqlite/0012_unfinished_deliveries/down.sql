ALTER TABLE deliveries DROP COLUMN unfinished;
