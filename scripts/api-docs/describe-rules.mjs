// The rules of a field in words. A rule without words fails, so that no new one is left out.

/** What each rule of protovalidate that the API uses means. */
const WORDS = {
  required: () => "required",
  ignore: () => "not checked when it is empty",
  "string.len": (n) => `exactly ${n} characters`,
  "string.minLen": (n) => (n === "1" ? "not empty" : `at least ${n} characters`),
  "string.maxLen": (n) => `at most ${count(n)} characters`,
  "string.maxBytes": (n) => `at most ${count(n)} bytes`,
  "string.pattern": (pattern) => `matches \`${pattern.replaceAll("|", "\\|")}\``,
  "string.email": () => "a mail address",
  "string.uri": () => "a URI",
  "bytes.minLen": (n) => `at least ${count(n)} bytes`,
  "bytes.maxLen": (n) => `at most ${count(n)} bytes`,
  "repeated.minItems": (n) => `at least ${count(n)}`,
  "repeated.maxItems": (n) => `at most ${count(n)}`,
  "repeated.unique": () => "no two alike",
  "map.maxPairs": (n) => `at most ${count(n)}`,
  "enum.definedOnly": () => "one of the values below",
  "enum.notIn": () => "not unspecified",
  finite: () => "neither infinite nor NaN",
  gte: (n) => `at least ${count(n)}`,
  lte: (n) => `at most ${count(n)}`,
  gt: (n) => `more than ${count(n)}`,
  lt: (n) => `less than ${count(n)}`,
};

/** Rules of what is in a list or a map, by where they stand. */
const WITHIN = { "repeated.items": "each ", "map.keys": "keys ", "map.values": "values " };

const BEHAVIOURS = { REQUIRED: "required", OUTPUT_ONLY: "set by the server", IMMUTABLE: "never changes" };

/** A field's rules, each in some words. */
export function describeRules({ rules, behavior }) {
  const behaviours = behavior.map((name) => BEHAVIOURS[name] ?? fail(name));
  return [...new Set([...behaviours, ...describe(rules, "")])];
}

function describe(rules, prefix) {
  return Object.entries(rules).flatMap(([name, value]) => {
    const path = prefix === "" ? name : `${prefix}.${name}`;
    if (path in WITHIN) return describe(value, "").map((words) => `${WITHIN[path]}${words}`);
    if (value === false) return [];
    const words = WORDS[path] ?? WORDS[name];
    if (words !== undefined) return [words(value)];
    return typeof value === "object" && !Array.isArray(value) ? describe(value, path) : fail(path);
  });
}

function count(n) {
  return /^-?\d{5,}$/.test(String(n)) ? Number(n).toLocaleString("en") : String(n);
}

function fail(path) {
  throw new Error(`The rule ${path} has no words in scripts/api-docs/describe-rules.mjs`);
}
