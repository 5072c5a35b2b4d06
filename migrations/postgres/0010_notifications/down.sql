DROP TABLE deliveries;
DROP TABLE notify_progress;
DROP TABLE rules;
DROP TABLE channels;
DELETE FROM audit WHERE action = 'notification';
ALTER TABLE audit DROP CONSTRAINT audit_action_check;
ALTER TABLE audit ADD CONSTRAINT audit_action_check CHECK (action IN (
    'setup', 'login', 'login_failed', 'logout', 'session_ended', 'password', 'ban', 'unban', 'user',
    'job', 'log_filter'
));
