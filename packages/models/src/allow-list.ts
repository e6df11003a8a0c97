// Written by recipe/build.py: the SHA-256 of every manifest this version ships.
export const allowedManifests = {
  "minilm-l6-v2-int8": "0c951236248fec714847f19e39f8c9a89a6eedf140b0a850934cdab10865812b",
  scan: "3626eea7f5b0f3b522b733d18bcfa63208ca88a57a41554e9a1db94a001533d4",
} as const;
