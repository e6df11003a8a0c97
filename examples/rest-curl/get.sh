#!/usr/bin/env bash
# Gets a movie: ./get.sh alien-1979
set -euo pipefail

curl --silent --show-error --fail-with-body "$GATEWAY/v1/movies/${1:?id of a movie}" \
  --header "Authorization: Bearer $TOKEN"
