-- One more thing that is done: what a process logs was changed while it ran.
ALTER TABLE audit DROP CONSTRAINT audit_action_check;
ALTER TABLE audit ADD CONSTRAINT audit_action_check CHECK (action IN (
    'setup', 'login', 'login_failed', 'logout', 'session_ended', 'password', 'ban', 'unban', 'user',
    'job', 'log_filter'
));
