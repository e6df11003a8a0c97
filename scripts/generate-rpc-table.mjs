// Writes docs/rpcs.md from proto/: every method with its route, who may call it, and whether the server serves it yet.
// With --print it goes to stdout, for the test that compares.
import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { delimiter, resolve } from "node:path";

const target = "docs/rpcs.md";
/** Exports SERVED_METHODS: names such as `cinedeepmatch.v1.MatchService/Match`. */
const servedMethods = "packages/server/dist/grpc/served-methods.js";

const document = render(readServices(), await readServed());
if (process.argv.includes("--print")) process.stdout.write(document);
else writeFileSync(target, document);

async function readServed() {
  if (!existsSync(servedMethods)) throw new Error(`${servedMethods} is missing: run \`pnpm run build\` first`);
  const { SERVED_METHODS } = await import(resolve(servedMethods));
  return new Set(SERVED_METHODS);
}

/** The services of proto/, with what their options and comments say. */
function readServices() {
  const env = { ...process.env, PATH: `${resolve("node_modules/.bin")}${delimiter}${process.env.PATH}` };
  const args = ["build", "--as-file-descriptor-set", "--output", "-#format=json"];
  const { status, stdout, stderr, error } = spawnSync("buf", args, { env, encoding: "utf8", maxBuffer: 2 ** 28 });
  if (status !== 0) throw error ?? new Error(stderr);
  const files = JSON.parse(stdout).file.filter(({ package: name }) => name.startsWith("cinedeepmatch."));
  return files.flatMap((file) => (file.service ?? []).map((service, index) => readService(file, service, index)));
}

function readService(file, { name, method = [] }, index) {
  // 6 and 2 are the numbers of `service` and `method` in google/protobuf/descriptor.proto.
  const comment = (...path) => commentAt(file, [6, index, ...path]);
  return {
    name: `${file.package}.${name}`,
    comment: comment(),
    methods: method.map((entry, at) => ({
      name: entry.name,
      comment: firstSentence(comment(2, at)),
      route: routeOf(entry.options?.["[google.api.http]"]),
      rule: entry.options?.["[cinedeepmatch.v1.authorization]"] ?? {},
      stream: streamOf(entry),
    })),
  };
}

function commentAt({ sourceCodeInfo }, path) {
  const at = path.join();
  const location = sourceCodeInfo.location.find((candidate) => candidate.path?.join() === at);
  return (location?.leadingComments ?? "").trim().replaceAll(/\s+/g, " ");
}

function firstSentence(text) {
  return /^.*?[.](?=\s|$)/.exec(text)?.[0] ?? text;
}

function routeOf(http) {
  const verb = ["get", "post", "put", "patch", "delete"].find((name) => http?.[name] !== undefined);
  return verb === undefined ? "" : `\`${verb.toUpperCase()} ${http[verb]}\``;
}

function streamOf({ clientStreaming = false, serverStreaming = false }) {
  if (clientStreaming && serverStreaming) return " (both stream)";
  if (clientStreaming) return " (requests stream)";
  return serverStreaming ? " (answers stream)" : "";
}

function render(services, served) {
  return `# The methods

<!-- Generated from proto/ by \`pnpm run docs\`. Change the proto, not this file. -->

A method is called at \`/<package>.<service>/<method>\`, for example \`/cinedeepmatch.v1.MatchService/Match\`: with Connect
or gRPC-Web at the gateway (port 8080), with gRPC, gRPC-Web or Connect at the gRPC server (port 9090). The routes
are how plain HTTP and JSON reach it at the gateway: see [rest.md](rest.md). A method that is not served yet answers
\`UNIMPLEMENTED\` with the reason \`NOT_IMPLEMENTED\`.

The caller's token needs the scope. A token bound to one user, as \`MintUserToken\` issues them for browsers, may call
only the methods marked so, for that user.

${services.map((service) => renderService(service, served)).join("\n")}`;
}

function renderService({ name, comment, methods }, served) {
  const rows = methods.map(({ name: method, comment: does, route, rule, stream }) => [
    `\`${method}\`${stream}`,
    does,
    route,
    rule.public ? "none: no token" : `\`${rule.scope}\`${isForModels(rule) ? ", model token" : ""}`,
    rule.userBound ? "yes" : "",
    served.has(`${name}/${method}`) ? "yes" : "not yet",
  ]);
  const table = [["Method", "What it does", "Route", "Scope", "User's token", "Served"], Array(6).fill("---"), ...rows];
  return `## ${name}\n\n${comment}\n\n${table.map((row) => `| ${row.join(" | ")} |`).join("\n")}\n`;
}

function isForModels({ audience }) {
  return audience === "TOKEN_AUDIENCE_MODEL";
}
