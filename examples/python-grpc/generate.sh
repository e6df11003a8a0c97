#!/usr/bin/env bash
# Writes Python code from the proto files of this repository into gen/, or where it is told: ./generate.sh [folder]
set -euo pipefail

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
out=${1:-gen}
mkdir -p "$out"
# What others define is generated as well: nothing but grpcio is needed, and nothing is fetched.
python -m grpc_tools.protoc \
  --proto_path="$repository/proto" --proto_path="$repository/third_party/proto" \
  --python_out="$out" --pyi_out="$out" --grpc_python_out="$out" \
  "$repository"/proto/cinedeepmatch/v1/*.proto \
  "$repository"/third_party/proto/buf/validate/validate.proto \
  "$repository"/third_party/proto/google/api/*.proto
