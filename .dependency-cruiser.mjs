// Which part may import which. Imports point inward: sdk-core ← sdk-node and sdk-web; in the server every adapter knows
// matching/ and no other adapter, and only main/ knows them all. docs/design.md says why.
//
// Imports of types count like all others: what has to be read together has to be understood together.

/** Tests and what they share: suites that several adapters pass, cases, and what starts things for them. */
const tests = "([.](test|suite|test-kit|test[.](support|data))[.]tsx?$)|(/testing/)";

/** Another package of this repository, by what its name resolves to: what it builds, or nothing before it is built. */
const packages = (...names) => `^(packages/|@cinedeepmatch/)(${names.join("|")})(/|$)`;
const allPackages = packages("[a-z-]+");

/** Third-party packages, wherever pnpm keeps them. */
const npm = (...names) => `(^|node_modules/)(${names.join("|")})(/|$)`;

const server = "packages/server/src";
/** What the rest of the server is built on: what matches, who may call, and how often. */
const cores = { accounts: ["matching"], limits: [], registry: ["matching"] };
/** What speaks to the outside, and which other parts of the server each may know besides itself and matching/. */
const adapters = {
  backup: ["importing", "registry"],
  caching: [],
  evaluation: ["importing", "learning", "onnx"],
  grpc: ["accounts", "limits", "registry"],
  importing: [],
  learning: ["onnx"],
  onnx: [],
  queue: ["limits"],
  stores: ["accounts", "registry"],
  telemetry: [],
  worker: ["onnx", "queue"],
};

const packageRule = (name, allowed, except = "^$") => ({
  name: `${name}-imports`,
  comment: allowed.length === 0 ? `${name} stands alone.` : `${name} knows ${allowed.join(" and ")} only.`,
  severity: "error",
  from: { path: `^packages/${name}/`, pathNot: except },
  to: { path: allPackages, pathNot: packages(name, ...allowed) },
});

const serverRule = (name, allowed, comment) => ({
  name: `server-${name}-imports`,
  comment,
  severity: "error",
  from: { path: `^${server}/${name}/`, pathNot: tests },
  to: { path: `^${server}/`, pathNot: `^${server}/(${[name, ...allowed].join("|")})/` },
});

/** A library that only one part of the server may touch. */
const keptIn = (folder, names, comment, except = []) => ({
  name: `only-${folder.replaceAll("/", "-")}-uses-${names[0]}`,
  comment,
  severity: "error",
  from: { path: `^${server}/`, pathNot: [`^${server}/(${folder}|main)/`, tests, ...except] },
  to: { path: npm(...names) },
});

export default {
  forbidden: [
    {
      name: "no-cycles",
      comment: "Neither of values nor of types.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-orphans",
      comment: "What nothing imports is dead, or is started by its path: those are named here.",
      severity: "error",
      from: {
        orphan: true,
        pathNot: [
          tests,
          "[.]d[.]ts$",
          "[.]config[.]ts$",
          // Threads are started by their path.
          `^${server}/onnx/inference-thread[.]ts$`,
          `^${server}/onnx/math-thread[.]ts$`,
          `^${server}/main/gateway-thread[.]ts$`,
          // A package in the making, with nothing in it yet.
          "^packages/[^/]+/src/index[.]ts$",
          // Started by hand: measurements, and the making of the models.
          "^packages/[^/]+/(bench|recipe)/",
          "^tests/",
        ],
      },
      to: {},
    },
    {
      name: "no-unresolved",
      comment: "Sibling packages resolve once they are built; everything else must resolve now.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true, pathNot: "^@cinedeepmatch/" },
    },
    {
      name: "no-undeclared-packages",
      comment: "What a package imports stands in its own package.json.",
      severity: "error",
      from: { path: "^(packages|examples)/", pathNot: tests },
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown"], pathNot: "^@cinedeepmatch/" },
    },
    {
      name: "no-dev-dependencies-at-run-time",
      comment: "Whoever installs a package gets its dependencies, not its development dependencies.",
      severity: "error",
      from: { path: "^packages/[^/]+/src/", pathNot: tests },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"], pathNot: "/@types/" },
    },
    {
      name: "no-tests-in-production",
      severity: "error",
      from: { path: "^packages/[^/]+/src/", pathNot: tests },
      to: { path: tests },
    },
    {
      name: "no-reaching-into-packages",
      comment: "Packages are imported by name, which is what they export; examples do as our users do.",
      severity: "error",
      from: { path: "^(packages/[^/]+|examples/[^/]+)/" },
      to: { path: "^(packages|examples)/[^/]+/src/", pathNot: "^$1/" },
    },

    packageRule("contract", []),
    packageRule("auth", []),
    packageRule("models", []),
    packageRule("protoc-gen-openapi", []),
    packageRule("sdk-core", []),
    packageRule("sdk-node", ["sdk-core"], tests),
    {
      name: "sdk-node-test-imports",
      comment: "The promises that both SDKs make are tested once, here, on both.",
      severity: "error",
      from: { path: "^packages/sdk-node/.*[.](test|test-kit)[.]ts$" },
      to: { path: allPackages, pathNot: packages("contract", "sdk-core", "sdk-node", "sdk-web") },
    },
    packageRule("sdk-web", ["sdk-core"]),
    {
      name: "server-imports",
      comment: "A server has no use for the SDK for browsers.",
      severity: "error",
      from: { path: "^packages/server/" },
      to: { path: packages("sdk-web") },
    },
    {
      name: "examples-imports",
      comment: "Examples show what users install: an SDK. Their tests may start a server.",
      severity: "error",
      from: { path: "^examples/", pathNot: tests },
      to: { path: allPackages, pathNot: packages("sdk-node", "sdk-web") },
    },
    {
      name: "browsers-have-no-node",
      comment: "What browsers run uses nothing of Node.",
      severity: "error",
      from: { path: "^packages/(contract|sdk-core|sdk-web)/src/", pathNot: tests },
      to: { dependencyTypes: ["core"] },
    },

    {
      name: "matching-is-pure",
      comment: "No I/O: matching/ holds the ports, the types and the mathematics, and can be understood alone.",
      severity: "error",
      from: { path: `^${server}/matching/`, pathNot: tests },
      to: { pathNot: [`^${server}/matching/`, packages("contract"), npm("@bufbuild/protobuf"), "^(node:)?crypto$"] },
    },
    ...Object.entries(cores).map(([name, allowed]) =>
      serverRule(name, allowed, "What everything is built on knows nothing of what is built on it."),
    ),
    ...Object.entries(adapters).map(([name, allowed]) =>
      serverRule(
        name,
        ["matching", ...allowed],
        "Adapters meet in main/, so that each can be read, tested and replaced by itself.",
      ),
    ),
    {
      name: "server-gateway-imports",
      comment: "The gateway forwards what it does not understand: no store, no queue, no keys, no matching.",
      severity: "error",
      from: { path: `^${server}/gateway/`, pathNot: tests },
      to: {
        path: [`^${server}/`, packages("auth", "models", "sdk-core", "sdk-node", "sdk-web")],
        pathNot: `^${server}/(gateway|limits)/`,
      },
    },
    {
      name: "stores-stay-apart",
      comment:
        "Stores share the files beside their folders and, where they speak SQL, sql/; they know nothing of each other.",
      severity: "error",
      from: { path: `^${server}/stores/([^/]+)/`, pathNot: tests },
      to: { path: `^${server}/stores/[^/]+/`, pathNot: [`^${server}/stores/$1/`, `^${server}/stores/sql/`] },
    },
    {
      name: "sql-is-shared-by-those-who-speak-it",
      comment: "What the embedded and the PostgreSQL stores share is no store of its own.",
      severity: "error",
      from: { path: `^${server}/stores/(?!(sql|embedded|postgres)/)`, pathNot: tests },
      to: { path: `^${server}/stores/sql/` },
    },
    {
      name: "nothing-imports-main",
      comment: "main/ builds everything; whoever needed it would be built by itself.",
      severity: "error",
      from: { pathNot: [`^${server}/main/`, "^tests/"] },
      to: { path: `^${server}/main/` },
    },
    keptIn("onnx", ["onnxruntime-node"], "ONNX Runtime blocks its thread, so one place owns it."),
    keptIn("queue", ["bullmq"], "The queue is a port; BullMQ is how we serve it.", [
      // Gives BullMQ's PostgreSQL backend the embedded database to run on.
      `^${server}/stores/embedded/bullmq-`,
    ]),
    keptIn("stores/embedded", ["@electric-sql/pglite"], "PGlite has one owner, which holds its lock."),
    {
      name: "telemetry-counts-what-it-is-told",
      comment: "It knows the shapes of what is measured; who measures what, main/ decides.",
      severity: "error",
      from: { path: `^${server}/telemetry/`, pathNot: tests },
      to: { path: `^${server}/matching/`, dependencyTypesNot: ["type-only"] },
    },
    keptIn("telemetry", ["prom-client", "@bull-board/[^/]+"], "What is measured does not know how it is shown."),
    keptIn("gateway", ["fastify", "@fastify/[^/]+"], "HTTP/1.1 is spoken by the gateway.", [
      // Operators have a port of their own, for metrics and the queue's dashboard.
      `^${server}/telemetry/`,
    ]),
  ],
  options: {
    doNotFollow: { path: ["node_modules", "^packages/[^/]+/dist/"] },
    exclude: { path: ["^(packages|examples)/[^/]+/dist/.*[.]map$", "/[.]vite/", "^examples/[^/]+/dist/"] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.base.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["types", "import", "node", "default"],
      mainFields: ["module", "main", "types"],
    },
    reporterOptions: { text: { highlightFocused: true } },
  },
};
