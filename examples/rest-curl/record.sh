#!/usr/bin/env bash
# Records that a user liked a movie: ./record.sh ada alien-1979 [event id]
# Sent again with the same event id, it counts once.
set -euo pipefail

user=${1:?id of a user} movie=${2:?id of a movie} event=${3:-$(cat /proc/sys/kernel/random/uuid 2>/dev/null || uuidgen)}
curl --silent --show-error --fail-with-body --retry 3 "$GATEWAY/v1/events:record" \
  --header "Authorization: Bearer $TOKEN" \
  --json '{ "events": [{ "id": "'"$event"'", "userId": "'"$user"'", "movieId": "'"$movie"'", "type": "EVENT_TYPE_LIKED" }] }'
