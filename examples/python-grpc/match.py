"""Matches a text and prints one movie a line: python match.py "a clownfish father searches the ocean"."""

import os
import sys

import grpc
from cinedeepmatch.v1 import match_service_pb2, match_service_pb2_grpc
from google.protobuf.field_mask_pb2 import FieldMask

TIMEOUT_S = 10


def match(channel: grpc.Channel, token: str, text: str) -> match_service_pb2.MatchResponse:
    """Calls MatchService.Match. The deadline reaches the server, which drops what nobody waits for any more."""
    request = match_service_pb2.MatchRequest(
        text=text,
        page_size=3,
        explain=True,
        read_mask=FieldMask(paths=["id", "title", "release_year"]),
    )
    request.filter.release_year.min = 1990
    stub = match_service_pb2_grpc.MatchServiceStub(channel)
    return stub.Match(request, timeout=TIMEOUT_S, metadata=[("authorization", f"Bearer {token}")])


def main() -> int:
    address = os.environ.get("GRPC_ADDRESS", "localhost:9090")
    # Without TLS: port 9090 is for the inside of a network.
    with grpc.insecure_channel(address) as channel:
        try:
            response = match(channel, os.environ.get("TOKEN", ""), " ".join(sys.argv[1:]))
        except grpc.RpcError as error:
            print(f"{error.code().name}: {error.details()}", file=sys.stderr)
            return 1
    for result in response.results:
        why = result.reasons[0].description if result.reasons else ""
        print(f"{result.score:.2f}  {result.movie.title} ({result.movie.release_year})  {why}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
