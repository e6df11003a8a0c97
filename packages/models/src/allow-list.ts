// Written by recipe/build.py: the SHA-256 of every manifest this version ships.
export const allowedManifests = {
  "movie-minilm-l6-int8": "918cd4c65776219bbbf264dfad02dca9dea79a07c998cc335c8146d4177d52f8",
  "movie-words-int8": "34757a691c2c2236d60ec79ef069aec4063fdaae4ba1b14ae849d847650a6563",
  scan: "3626eea7f5b0f3b522b733d18bcfa63208ca88a57a41554e9a1db94a001533d4",
} as const;
