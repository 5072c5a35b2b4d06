-- What is banned is one value however fail2ban spells it: ip is the canonical spelling of an address or network, here and in
-- `addresses`. spellings are fail2ban's own where they differ, one a line: a ban is lifted by them.
-- What was there is made canonical, and joined, when the migrations are done: SQL cannot read addresses.
ALTER TABLE active_bans ADD COLUMN spellings TEXT;
