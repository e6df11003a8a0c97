import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";
import { expect, test } from "vitest";

const packages = resolve(import.meta.dirname, "../packages");
const sdk = join(packages, "sdk-web/dist/index.js");

/** In bytes. The promise is 40 kB; what is left of it is for features, not for accidents. */
const LIMIT = 39_300;

test(`a page that matches carries at most ${LIMIT} bytes of the SDK for browsers`, async () => {
  const { code, modules } = await bundle(`import { createClient } from ${JSON.stringify(sdk)};
createClient({ baseUrl: "/" }).match({ text: "x" }).then(console.log);`);
  // What a bundle holds that grew for one of these is easier to tell by name than by weight.
  expect(modules.filter((id) => /protovalidate|buf\/validate|(to|from)-json\.js$|google\/api/.test(id))).toEqual([]);
  expect(code).not.toMatch(/from\s*["']node:/);
  expect(gzipSync(code, { level: 9 }).length).toBeLessThanOrEqual(LIMIT);
});

test("a page that needs only an enum carries no client", async () => {
  const { code } = await bundle(`import { ErrorReason } from ${JSON.stringify(sdk)};
console.log(ErrorReason.MOVIE_NOT_FOUND);`);
  expect(code).not.toContain("fetch");
  expect(gzipSync(code, { level: 9 }).length).toBeLessThan(5_000);
});

async function bundle(page: string): Promise<{ code: string; modules: string[] }> {
  const entry = join(packages, "sdk-web/page.js");
  const build = await rolldown({
    input: entry,
    platform: "browser",
    plugins: [
      { name: "page", resolveId: (id) => (id === entry ? id : null), load: (id) => (id === entry ? page : null) },
    ],
  });
  const { output } = await build.generate({ format: "esm", minify: true });
  await build.close();
  const [{ code, modules }] = output;
  const kept = Object.entries(modules).filter(([, { renderedLength }]) => renderedLength > 0);
  return { code, modules: kept.map(([id]) => id) };
}
