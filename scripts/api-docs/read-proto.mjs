// What proto/ declares, with its comments, as plain data.
import { spawnSync } from "node:child_process";
import { delimiter, resolve } from "node:path";

// Numbers of fields in google/protobuf/descriptor.proto, by which comments are found.
const MESSAGE = 4;
const ENUM = 5;
const SERVICE = 6;
const NESTED_MESSAGE = 3;
const NESTED_ENUM = 4;
const MEMBER = 2;

/** The files of the public API, each with its services, messages and enums. */
export function readProto() {
  const env = { ...process.env, PATH: `${resolve("node_modules/.bin")}${delimiter}${process.env.PATH}` };
  const args = ["build", "--as-file-descriptor-set", "--output", "-#format=json"];
  const { status, stdout, stderr, error } = spawnSync("buf", args, { env, encoding: "utf8", maxBuffer: 2 ** 28 });
  if (status !== 0) throw error ?? new Error(stderr);
  const files = JSON.parse(stdout).file.filter(({ package: name }) => name === "cinedeepmatch.v1");
  return files
    .map(readFile)
    .filter(({ services, messages, enums }) => services.length + messages.length + enums.length > 0);
}

function readFile(file) {
  const comments = new Map(
    file.sourceCodeInfo.location.map(({ path = [], leadingComments = "" }) => [path.join(), tidy(leadingComments)]),
  );
  const at = (...path) => comments.get(path.join()) ?? "";
  const name = file.name.split("/").at(-1).replace(".proto", "");
  const prefix = `.${file.package}`;
  const messages = (file.messageType ?? []).flatMap((each, index) => readMessage(each, prefix, [MESSAGE, index], at));
  const nested = messages.flatMap((message) => message.enums);
  const enums = (file.enumType ?? []).map((each, index) => readEnum(each, prefix, [ENUM, index], at));
  const services = (file.service ?? []).map((each, index) => readService(each, prefix, [SERVICE, index], at));
  return { name, services, messages, enums: [...enums, ...nested] };
}

/** A message and those within it, but for the entries of maps, which their fields show. */
function readMessage(message, prefix, path, at) {
  const typeName = `${prefix}.${message.name}`;
  const nested = message.nestedType ?? [];
  const entries = new Map(
    nested.filter(({ options }) => options?.mapEntry).map((each) => [`${typeName}.${each.name}`, each]),
  );
  const fields = (message.field ?? []).map((field, index) =>
    readField(field, message, entries, at(...path, MEMBER, index)),
  );
  const inner = nested.flatMap((each, index) =>
    each.options?.mapEntry ? [] : readMessage(each, typeName, [...path, NESTED_MESSAGE, index], at),
  );
  const enums = (message.enumType ?? []).map((each, index) =>
    readEnum(each, typeName, [...path, NESTED_ENUM, index], at),
  );
  const rules = message.options?.["[buf.validate.message]"]?.cel ?? [];
  return [{ typeName, comment: at(...path), fields, enums, rules: rules.map((rule) => rule.message) }, ...inner];
}

function readField(field, message, entries, comment) {
  const entry = entries.get(field.typeName);
  const oneof =
    field.proto3Optional || field.oneofIndex === undefined ? undefined : message.oneofDecl[field.oneofIndex];
  return {
    name: field.name,
    type: entry === undefined ? typeOf(field) : { key: typeOf(entry.field[0]), value: typeOf(entry.field[1]) },
    isRepeated: entry === undefined && field.label === "LABEL_REPEATED",
    isOptional: field.proto3Optional === true,
    oneof: oneof?.name,
    rules: field.options?.["[buf.validate.field]"] ?? {},
    behavior: field.options?.["[google.api.field_behavior]"] ?? [],
    comment,
  };
}

function typeOf({ type, typeName }) {
  return typeName ?? type.replace("TYPE_", "").toLowerCase();
}

function readEnum({ name, value }, prefix, path, at) {
  const values = value.map((each, index) => ({
    name: each.name,
    number: each.number ?? 0,
    comment: at(...path, MEMBER, index),
  }));
  return { typeName: `${prefix}.${name}`, comment: at(...path), values };
}

function readService({ name, method = [] }, prefix, path, at) {
  const methods = method.map((each, index) => ({
    name: each.name,
    input: each.inputType,
    output: each.outputType,
    clientStreams: each.clientStreaming === true,
    serverStreams: each.serverStreaming === true,
    options: each.options ?? {},
    comment: at(...path, MEMBER, index),
  }));
  return { typeName: `${prefix}.${name}`, comment: at(...path), methods };
}

function tidy(comment) {
  return comment.trim().replaceAll(/\s*\n\s*/g, " ");
}
