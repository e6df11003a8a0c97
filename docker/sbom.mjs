// Completes pnpm's software bill of materials (CycloneDX), which knows the npm packages, with what else is in the image: the
// models, Node, and Debian's packages. Runs while the image is built, because only there are they all to be seen.
//   node docker/sbom.mjs NPM_SBOM >SBOM
import { existsSync, globSync, readFileSync } from "node:fs";

const bom = JSON.parse(readFileSync(process.argv[2], "utf8"));
bom.components.push(node(), ...models(), ...debianPackages());
process.stdout.write(`${JSON.stringify(bom, null, 2)}\n`);

function node() {
  const version = process.versions.node;
  return component("application", "node", version, `pkg:generic/node@${version}`);
}

function models() {
  return globSync("packages/models/assets/*/manifest.json").map((path) => {
    const { name, version, model, licence, files } = JSON.parse(readFileSync(path, "utf8"));
    return {
      ...component("machine-learning-model", name, version, `pkg:generic/${name}@${version}`),
      licenses: [{ license: { id: licence } }],
      hashes: [{ alg: "SHA-256", content: files[model].sha256 }],
    };
  });
}

function debianPackages() {
  const status = "/var/lib/dpkg/status";
  if (!existsSync(status)) return [];
  const release = /^VERSION_ID="?(\d+)/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1];
  return readFileSync(status, "utf8")
    .split("\n\n")
    .flatMap((paragraph) => {
      const field = (name) => new RegExp(`^${name}: (.*)$`, "m").exec(paragraph)?.[1];
      if (field("Status") !== "install ok installed") return [];
      const [name, version, architecture] = ["Package", "Version", "Architecture"].map(field);
      const purl = `pkg:deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(version)}`;
      return component("library", name, version, `${purl}?arch=${architecture}&distro=debian-${release}`);
    });
}

function component(type, name, version, purl) {
  return { type, name, version, purl, "bom-ref": purl };
}
