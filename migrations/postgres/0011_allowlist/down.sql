DROP TABLE allowlist_told;
DROP TABLE allowlist;
DELETE FROM audit WHERE action IN ('allow', 'disallow');
ALTER TABLE audit DROP CONSTRAINT audit_action_check;
ALTER TABLE audit ADD CONSTRAINT audit_action_check CHECK (action IN (
    'setup', 'login', 'login_failed', 'logout', 'session_ended', 'password', 'ban', 'unban', 'user',
    'job', 'log_filter', 'notification'
));
