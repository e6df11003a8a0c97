#!/usr/bin/env bash
# Matches by text, by a person who is liked a little, and by a filter: ./match.sh "a clownfish father searches the ocean"
set -euo pipefail

# A quotation mark or a backslash in the text must not end the JSON string.
text=$(sed -e "s/[\\\"]/\\\\&/g" <<<"${1:?what the movie is about}")
curl --silent --show-error --fail-with-body "$GATEWAY/v1/movies:match" \
  --header "Authorization: Bearer $TOKEN" \
  --json '{
    "text": "'"$text"'",
    "people": [{ "personId": "andrew-stanton", "weight": 0.5 }],
    "filter": { "releaseYear": { "min": 1990 } },
    "explain": true,
    "pageSize": 3,
    "readMask": "id,title,releaseYear"
  }'
