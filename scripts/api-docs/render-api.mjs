// Markdown of what proto/ declares: a page for each of its files, and an index.
import { describeRules } from "./describe-rules.mjs";

const NOTE = "<!-- Generated from proto/ by `pnpm run docs`. Change the proto, not this file. -->";

/** Types of others, and how they are written in JSON. */
const WELL_KNOWN = {
  ".google.protobuf.Timestamp": "Timestamp (`2026-11-22T12:00:00Z`)",
  ".google.protobuf.Duration": "Duration (`1.5s`)",
  ".google.protobuf.FieldMask": "FieldMask (`title,releaseYear`)",
  ".google.protobuf.Empty": "Empty",
  ".google.protobuf.Struct": "Struct (any JSON object)",
  ".google.protobuf.Value": "Value (any JSON)",
};

/** @returns the pages by name */
export function renderApi(files) {
  const homes = new Map();
  for (const { name, messages, enums } of files) {
    for (const { typeName } of [...messages, ...enums]) homes.set(typeName, name);
  }
  const pages = files.map((file) => [`${file.name}.md`, renderFile(file, homes)]);
  return new Map([["README.md", renderIndex(files)], ...pages]);
}

function renderIndex(files) {
  const rows = files.map(({ name, services, messages, enums }) => {
    const parts = [...services, ...messages, ...enums].map(
      ({ typeName }) => `[${shortOf(typeName)}](${name}.md#${anchor(typeName)})`,
    );
    return `| [${name}](${name}.md) | ${parts.join(", ")} |`;
  });
  return `# API reference

${NOTE}

Every method, message, field, rule, enum and error of \`cinedeepmatch.v1\`, in the words of [the proto files](../../proto/cinedeepmatch/v1).
The names here are the proto's; in JSON and in TypeScript they are in camel case (\`releaseYear\`). [rpcs.md](../rpcs.md) is the
short list of the methods, [errors.md](../errors.md) says what to do about each error, and a running gateway has the REST
side of it to try at \`/docs\`.

| File | What it declares |
| --- | --- |
${rows.join("\n")}
`;
}

function renderFile({ name, services, messages, enums }, homes) {
  const link = (typeName) => linkTo(typeName, name, homes);
  const parts = [
    ...services.map((service) => renderService(service, link)),
    ...messages.map((message) => renderMessage(message, link)),
    ...enums.map(renderEnum),
  ];
  return `# ${name}\n\n${NOTE}\n\n[All of the API](README.md) · [\`${name}.proto\`](../../proto/cinedeepmatch/v1/${name}.proto)\n\n${parts.join("\n")}`;
}

function renderService({ typeName, comment, methods }, link) {
  return `## ${shortOf(typeName)}\n\n${comment}\n\n${methods.map((method) => renderMethod(method, link)).join("\n")}`;
}

function renderMethod({ name, input, output, clientStreams, serverStreams, options, comment }, link) {
  const rule = options["[cinedeepmatch.v1.authorization]"] ?? {};
  const takes = `${clientStreams ? "a stream of " : ""}${link(input)}`;
  const gives = `${serverStreams ? "a stream of " : ""}${link(output)}`;
  const who = rule.public
    ? "no token"
    : `the scope \`${rule.scope}\`${rule.userBound ? ", also with a token bound to a user" : ""}`;
  const route = routeOf(options["[google.api.http]"]);
  const repeat = { NO_SIDE_EFFECTS: "yes, it only reads", IDEMPOTENT: "yes" }[options.idempotencyLevel] ?? "no";
  const facts = [
    `- Takes ${takes}, answers ${gives}.`,
    ...(route ? [`- REST: ${route}`] : []),
    `- Needs ${who}.`,
    `- Safe to repeat: ${repeat}.`,
  ];
  return `### ${name}\n\n${comment}\n\n${facts.join("\n")}\n`;
}

function routeOf(http) {
  const verb = ["get", "post", "put", "patch", "delete"].find((each) => http?.[each] !== undefined);
  if (verb === undefined) return undefined;
  const body =
    http.body === undefined
      ? ""
      : http.body === "*"
        ? ", with the rest as the body"
        : `, with \`${http.body}\` as the body`;
  return `\`${verb.toUpperCase()} ${http[verb]}\`${body}.`;
}

function renderMessage({ typeName, comment, fields, rules }, link) {
  const rows = fields.map((field) => {
    const words = describeRules(field);
    const oneof = field.oneof === undefined ? [] : [`one of \`${field.oneof}\``];
    return `| \`${field.name}\` | ${typeText(field, link)} | ${cell(field.comment)} | ${[...oneof, ...words].join("; ")} |`;
  });
  const table =
    fields.length === 0
      ? "It has no fields.\n"
      : `| Field | Type | What it is | Rules |\n| --- | --- | --- | --- |\n${rows.join("\n")}\n`;
  const whole = rules.map((rule) => `\nRule: ${rule}.\n`).join("");
  return `## ${shortOf(typeName)}\n\n${comment}\n\n${table}${whole}`;
}

function typeText({ type, isRepeated, isOptional }, link) {
  const text = typeof type === "string" ? link(type) : `map from ${link(type.key)} to ${link(type.value)}`;
  if (isRepeated) return `list of ${text}`;
  return isOptional ? `${text}, may be unset` : text;
}

function renderEnum({ typeName, comment, values }) {
  const rows = values.map(({ name, number, comment: what }) => `| \`${name}\` | ${number} | ${cell(what)} |`);
  return `## ${shortOf(typeName)}\n\n${comment}\n\n| Value | Number | What it means |\n| --- | --- | --- |\n${rows.join("\n")}\n`;
}

function linkTo(typeName, from, homes) {
  if (!typeName.startsWith(".")) return `\`${typeName}\``;
  const home = homes.get(typeName);
  if (home !== undefined) return `[${shortOf(typeName)}](${home === from ? "" : `${home}.md`}#${anchor(typeName)})`;
  if (typeName in WELL_KNOWN) return WELL_KNOWN[typeName];
  throw new Error(`${typeName} is declared nowhere in the API`);
}

/** Without the package. */
function shortOf(typeName) {
  return typeName.replace(".cinedeepmatch.v1.", "");
}

/** As GitHub makes it of a heading. */
function anchor(typeName) {
  return shortOf(typeName).toLowerCase().replaceAll(".", "");
}

function cell(text) {
  return text.replaceAll("|", "\\|");
}
