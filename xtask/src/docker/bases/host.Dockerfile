# A machine for compose.prod.yml to run beside: real systemd, and Debian's fail2ban as its unit runs it.
ARG BASE
FROM ${BASE}
RUN apt-get update \
    && apt-get install --yes --no-install-recommends dbus fail2ban nftables python3-systemd systemd systemd-sysv \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --system bangui \
    && printf '[DEFAULT]\nbackend = polling\nusedns = no\nbanaction = nftables-multiport\n[sshd]\nbackend = polling\nlogpath = /var/log/auth.log\n' \
        > /etc/fail2ban/jail.local \
    && touch /var/log/auth.log
STOPSIGNAL SIGRTMIN+3
CMD ["/sbin/init"]
