# Stands in for the official PostgreSQL image where no registry can be reached: Debian's PostgreSQL, and of the official
# entry point what compose.scale.yml uses.
ARG BASE
FROM ${BASE}
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql \
    && rm -rf /var/lib/apt/lists/* /var/lib/postgresql/* \
    && ln -s /usr/lib/postgresql/*/bin /usr/lib/postgresql/bin \
    && install --directory --owner=postgres --mode=700 /var/lib/postgresql/data
ENV PATH=/usr/lib/postgresql/bin:$PATH PGDATA=/var/lib/postgresql/data
COPY <<'EOF' /entrypoint.sh
#!/bin/sh
set -eu
as_postgres() { setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; }
chown postgres /var/run/postgresql "$PGDATA"
cp "$POSTGRES_PASSWORD_FILE" /tmp/password
chown postgres /tmp/password
if [ ! -e "$PGDATA/PG_VERSION" ]; then
    as_postgres initdb --username="$POSTGRES_USER" --pwfile=/tmp/password --auth=scram-sha-256
    echo "host all all all scram-sha-256" >> "$PGDATA/pg_hba.conf"
    echo "CREATE DATABASE $POSTGRES_DB" | as_postgres postgres --single postgres
fi
exec setpriv --reuid=postgres --regid=postgres --clear-groups postgres -c listen_addresses='*' "$@"
EOF
RUN chmod 755 /entrypoint.sh
ENTRYPOINT ["/entrypoint.sh"]
STOPSIGNAL SIGINT
