#!/bin/sh
# Runs fail2ban, and hands its socket to BanGUI's group: fail2ban makes it anew at every start, for root alone.
set -eu
socket=/var/run/fail2ban/fail2ban.sock
rm -f "$socket"
(
    until [ -S "$socket" ]; do sleep 0.1; done
    chgrp "$SOCKET_GROUP" "$socket"
    chmod 0660 "$socket"
) &
exec fail2ban-server -xf --loglevel "${LOG_LEVEL:-INFO}" start
