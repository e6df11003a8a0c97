#!/usr/bin/env bash
# Finds movies like one: ./similar.sh alien-1979
set -euo pipefail

curl --silent --show-error --fail-with-body --get "$GATEWAY/v1/movies/${1:?id of a movie}:similar" \
  --header "Authorization: Bearer $TOKEN" \
  --data-urlencode "pageSize=3" \
  --data-urlencode "filter.genres.none=Horror" \
  --data-urlencode "readMask=id,title"
