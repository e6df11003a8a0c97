// Written by recipe/build.py: the SHA-256 of every manifest this version ships.
export const allowedManifests = {
  "movie-minilm-l6-int8": "1debca4e3e726b601fd83a6d6a0720aa754a489fcc64d4cab722495d33f42fb7",
  "movie-words-int8": "df6a80854b51446e72d85d212741056c6de4bf2a90910014d4d9e3f540436168",
  scan: "3626eea7f5b0f3b522b733d18bcfa63208ca88a57a41554e9a1db94a001533d4",
} as const;
