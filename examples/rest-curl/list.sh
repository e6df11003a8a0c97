#!/usr/bin/env bash
# Lists the ids of all movies of a genre, page by page: ./list.sh Animation
set -euo pipefail

page=""
while true; do
  answer=$(curl --silent --show-error --fail-with-body --get "$GATEWAY/v1/movies" \
    --header "Authorization: Bearer $TOKEN" \
    --data-urlencode "filter.genres.any=${1:?a genre}" \
    --data-urlencode "pageSize=50" \
    --data-urlencode "readMask=id" \
    --data-urlencode "pageToken=$page")
  grep --only-matching '"id":"[^"]*"' <<<"$answer" | cut -d '"' -f 4 || true
  # The last page has no token.
  page=$(sed -n 's/.*"nextPageToken":"\([^"]*\)".*/\1/p' <<<"$answer")
  [ -n "$page" ] || break
done
