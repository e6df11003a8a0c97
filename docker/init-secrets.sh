#!/bin/sh
# Makes the secrets of compose.yaml in docker/secrets, once: what is there stays. Needs openssl and docker compose, and the
# image, which compose builds when it is missing.
#
#   docker/init-secrets.sh            all of them
#   docker/init-secrets.sh workers    the workers' token and keys anew, to rotate them
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets

# The folder is its owner's alone. The files in it are readable to all, because the users in the containers are others than
# the one here, and Compose mounts files with the mode that they have.
put() { # NAME, content from standard input
  cat >"secrets/.new"
  [ -s secrets/.new ] || { rm -f secrets/.new; echo "there is nothing to write into secrets/$1" >&2; exit 1; }
  chmod 444 secrets/.new
  mv -f secrets/.new "secrets/$1"
  echo "made docker/secrets/$1"
}
password() { # NAME
  [ -e "secrets/$1" ] || openssl rand -hex 24 | put "$1"
}
# In a new container, because the workers' secrets are needed before anything runs. Only the keys in the volume are touched.
cinedeepmatch() {
  docker compose --file compose.yaml run --rm --no-deps --no-TTY grpc "$@"
}

if [ "${1:-}" != workers ]; then
  password redis_password
  password postgres_password
  password mongo_root_password
  password mongo_password
  [ -e secrets/redis_conf ] || echo "requirepass $(cat secrets/redis_password)" | put redis_conf
  [ -e secrets/redis_url ] || echo "redis://:$(cat secrets/redis_password)@redis:6379" | put redis_url
  [ -e secrets/database_url ] ||
    echo "postgresql://cinedeepmatch:$(cat secrets/postgres_password)@postgres:5432/cinedeepmatch" | put database_url
  [ -e secrets/mongodb_url ] ||
    echo "mongodb://cinedeepmatch:$(cat secrets/mongo_password)@mongo:27017/cinedeepmatch" | put mongodb_url
fi

if [ "${1:-}" = workers ] || [ ! -e secrets/model_keys ]; then
  cinedeepmatch keys export --audience model | put model_keys
fi
if [ "${1:-}" = workers ] || [ ! -e secrets/worker_token ]; then
  cinedeepmatch token issue --worker --subject worker --ttl 365d | put worker_token
fi
