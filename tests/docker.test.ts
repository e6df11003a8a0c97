import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const all = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, group]) => group as string);
const sorted = (names: Iterable<string>) => [...new Set(names)].sort();

const compose = read("docker/compose.yaml");
const embedded = read("docker/compose.embedded.yaml");
const manifests = Object.fromEntries(
  readdirSync(join(root, "docker/kubernetes")).map((name) => [name, read(`docker/kubernetes/${name}`)]),
);

/** Every variable that the server reads, and for secrets the variable that names a file. */
function variables(): string[] {
  const sources =
    read("packages/server/src/main/config.ts") +
    read("packages/server/src/main/read-rates.ts") +
    read("packages/server/src/main/read-tracing.ts");
  const [, list = ""] = /SECRETS = \[([^\]]+)\]/.exec(read("packages/server/src/main/read-secret-files.ts")) ?? [];
  const secrets = all(list, /"(\w+)"/g).flatMap((name) => [name, `${name}_FILE`]);
  return sorted([...all(sources, /\benv\.([A-Z_]+)/g), ...secrets]);
}

describe("docs/self-hosting.md", () => {
  test("has exactly the variables that the server reads", () => {
    const rows = all(read("docs/self-hosting.md"), /^\| ((?:`[A-Z_]+`(?:, )?)+) \|/gm);
    const named = rows.flatMap((row) => all(row, /`([A-Z_]+)`/g));
    expect(variables().length).toBeGreaterThan(20);
    expect(sorted(named)).toEqual(variables());
    expect(named).toHaveLength(new Set(named).size);
  });
});

describe("what runs the image", () => {
  test("sets only variables that the server reads", () => {
    const ofStores = /^(POSTGRES|MONGO)_|^HOME$/;
    const named = [
      ...all(compose, /^ +([A-Z][A-Z_]+):/gm).filter((name) => !ofStores.test(name)),
      ...Object.values(manifests).flatMap((text) => all(text, /- name: ([A-Z][A-Z_]+)$/gm)),
    ];
    expect(named).toContain("MODEL_KEYS_FILE");
    expect(sorted(named).filter((name) => !variables().includes(name))).toEqual([]);
  });

  test("names one image", () => {
    const built = [compose, embedded].flatMap((text) => all(text, /image: (cinedeepmatch\S*)/g));
    expect(sorted(built)).toEqual(["cinedeepmatch:local"]);
    expect(read("docker/Dockerfile")).toContain("-t cinedeepmatch:local ");
    const deployed = Object.values(manifests).flatMap((text) => all(text, /^ +image: (\S+)/gm));
    expect(deployed).toEqual(["cinedeepmatch", "cinedeepmatch", "cinedeepmatch"]);
    expect(manifests["kustomization.yaml"]).toContain("- name: cinedeepmatch\n");
  });

  test("takes secrets from files, which init-secrets.sh makes and git ignores", () => {
    const made = all(read("docker/init-secrets.sh"), /(?:password|put) ([a-z]\w+)$/gm);
    const used = all(compose, /file: \.\/secrets\/(\w+)/g);
    expect(used).toContain("model_keys");
    expect(used.filter((name) => !made.includes(name))).toEqual([]);
    expect(read("docker/.gitignore").split("\n")).toContain("secrets/");
    expect(read(".dockerignore")).toMatch(/^#.*\n\*\n/);
  });

  test("closes every container: no root, no writing, no capabilities", () => {
    const ours = Object.values(manifests).filter((text) => text.includes("image: cinedeepmatch"));
    expect(ours).toHaveLength(3);
    for (const text of ours) {
      expect(text).toContain("runAsNonRoot: true");
      expect(text).toContain("readOnlyRootFilesystem: true");
      expect(text).toContain("capabilities: { drop: [ALL] }");
      expect(text).toContain("seccompProfile: { type: RuntimeDefault }");
      expect(text).not.toMatch(/automountServiceAccountToken: true|privileged: true/);
    }
    for (const anchor of ["x-role: &role", "x-store: &store"]) {
      const [block = ""] = compose.slice(compose.indexOf(anchor)).split("\n\n");
      expect(block).toContain("read_only: true");
      expect(block).toContain("cap_drop: [ALL]");
    }
    const services = compose.slice(compose.indexOf("\nservices:"), compose.indexOf("\nnetworks:"));
    expect(all(services, /^ {2}([\w-]+):\n {4}<<: \*/gm)).toEqual(all(services, /^ {2}([\w-]+):$/gm));
  });
});

describe("the manifests", () => {
  test("are all in the kustomization, or say what else they are for", () => {
    const resources = all(manifests["kustomization.yaml"] ?? "", /^ {2}- (\S+\.yaml)$/gm);
    const others = ["kustomization.yaml", "prometheus-adapter.yaml"];
    expect(sorted([...resources, ...others])).toEqual(sorted(Object.keys(manifests)));
  });

  test("scale on a metric that the server exports", () => {
    const [metric = "missing"] = all(manifests["worker.yaml"] ?? "", /metric: \{ name: (\w+) \}/g);
    expect(manifests["prometheus-adapter.yaml"]).toContain(`as: ${metric}`);
    expect(read("packages/server/src/telemetry/server-metrics.ts")).toContain(metric);
  });
});

test("the image is built with the pnpm that the checkout uses", () => {
  const [version] = all(read("scripts/find-toolchain.mjs"), /pnpmVersion = "([\d.]+)"/g);
  expect(read("docker/Dockerfile")).toContain(`pnpm@${version}\n`);
});
