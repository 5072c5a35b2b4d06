UPDATE audit SET action = 'logout' WHERE action = 'session_ended';
UPDATE audit SET action = 'user' WHERE action = 'password';
ALTER TABLE audit DROP CONSTRAINT audit_action_check;
ALTER TABLE audit ADD CONSTRAINT audit_action_check
    CHECK (action IN ('setup', 'login', 'login_failed', 'logout', 'ban', 'unban', 'user'));
DROP TABLE login_tries;
