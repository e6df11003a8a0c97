/**
 * Answers computed by another implementation (Python: hashlib's BLAKE2b and an XChaCha20 written from the draft, itself
 * checked against the official 4-E vectors), with the key 00 01 … 1f and the nonce 40 41 … 5f.
 */
export const KEY = "k4.local.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
/** The id of {@link KEY}. */
export const KEY_ID = "k4.lid.T2kuGH0-g0hZfW2VScg2r1VRxuDinkmPwMOH2kG0gF5b";
/** Another key, of no token here. */
export const OTHER_KEY = "k4.local.cHFyc3R1dnd4eXp7fH1-f4CBgoOEhYaHiImKi4yNjo8";

export const NONCE = Uint8Array.from({ length: 32 }, (_, index) => 64 + index);

const FOOTER = "eyJraWQiOiJrNC5saWQuVDJrdUdIMC1nMGhaZlcyVlNjZzJyMVZSeHVEaW5rbVB3TU9IMmtHMGdGNWIifQ";

/** `{"sub":"nemo"}` with the assertion `cinedeepmatch/client`. */
export const NEMO = `v4.local.QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl9Bdw6SPosxTZGnKHzBQF2oy94Fn2jWr3ZUPhu7RP0n-wivqAohZ4DofzGUmc30.${FOOTER}`;
/** The empty message with an empty assertion. */
export const NOTHING = `v4.local.QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl-MCgoVa6OVOqyYNetBr1OiTYZt8F-SchdJS9GiPlI4IA.${FOOTER}`;
/** SHA-256 of `Pécs "🐠" ` twenty times (five cipher blocks) with the assertion `cinedeepmatch/ticket/7`. */
export const FISH_SHA256 = "278c073a344246836ff0e91cf2b1bd84b0aadb2cacd8c241ffd22590cb2353d0";

/** A client token of account/42 and user/7, 10:00 to 11:00. */
export const TOKEN = `v4.local.QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl9BdxSUL4sxTZyrK3aHWB-iSJjtrSRcFcHD-AMsCncaJdf98J4mySpC8fhrWSwSEcUCpc31urhQm9EWm7VSfxZmOykDmjDEnOzMnJRRhDvRxaxK7Uu0bYFsFyYlCqMutyv2r0qk1H41ZIfYmxGUjShKbpMI0BKpw_ZwLbNXluYgJ-5mCmOVix379DFSVNs_Xegxe0-69PEr6UImioAW8FamuYuJfdjwjvCdRZieJGpLZ8V3DP6Ex03GNb6K8K0mAOkuifN04YU5RwgSTmjC6yJaFKWcNmRD6eHAc6sTABp1U7oqmZeriwAbG4aPkPI3H-nql9tYWTC76hF-chGv0MPD.${FOOTER}`;
export const TEN = Date.UTC(2026, 10, 1, 10);
export const ELEVEN = Date.UTC(2026, 10, 1, 11);
/** What {@link TOKEN} says. */
export const CLAIMS = {
  subject: "account/42",
  audience: "client",
  scopes: ["match:read"],
  tenant: "default",
  userId: "user/7",
  tokenId: "token-1",
  issuedAt: TEN,
  notBefore: TEN,
  expiresAt: ELEVEN,
} as const;

/** A ticket for job-1, 300 ms after ten. */
export const SEALED = `v4.local.QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl9BdxSUL4sxTZyrK3aHWB-iSJjtrSRcFcHD-AMsCncaJdf98J4mySpC8fhrTDcCEcUCosT6vqNIzd8Y07JYLQ5-bSsJiz2Bj-LC05lc0iPJk_ENug-0bYJ5BTtTXutkpSHurUq40mM0D4jEiCvH2zBAfJsI0gq3wvcHP64h17p-NeQnGCfew1nplDEfVt0rQr1lPxT5ruUq-h9i19g2412uucbOkqGmfidWrkUUQEruoMNm0IJgFTCa45oEGJMiAOQVnuA.${FOOTER}`;
/** What {@link SEALED} says. */
export const TICKET = {
  ticketId: "job-1",
  subject: "account/42",
  tenant: "default",
  scope: "match",
  model: "tower-128",
  expiresAt: TEN + 300,
  payload: { text: "a clownfish", limit: 20 },
} as const;
