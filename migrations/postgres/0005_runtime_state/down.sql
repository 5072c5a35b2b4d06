DROP TABLE runtime_state;
