DROP TABLE scheduler_lock;
DROP TABLE settings;
DROP TABLE servers;
