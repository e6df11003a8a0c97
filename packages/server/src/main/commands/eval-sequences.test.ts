import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tempFolder, writeTemp } from "../../importing/read-all.test.support.js";
import { runCli } from "./run-cli.test.support.js";

/** Users who go along 30 items, each from another one. */
const SEQUENCES = Array.from({ length: 40 }, (_, user) =>
  Array.from({ length: 12 }, (_, place) => 1 + ((user * 3 + place) % 30)).join(" "),
);
const ITEMS = [
  "item,movieId,title,genres",
  ...Array.from({ length: 30 }, (_, item) => `${item + 1},${item},Film ${item} (1990),Drama`),
];

test("next-item encodes, learns, saves, measures, and ends with one JSON object; a saved model is measured the same", async () => {
  const sequences = await writeTemp("sequences.txt", SEQUENCES.join("\n"));
  const items = await writeTemp("items.csv", ITEMS.join("\n"));
  const model = join(await tempFolder(), "model");
  const args = ["eval", "next-item", "--sequences", sequences, "--items", items, "--threads", "1"];
  const { code, stdout, stderr } = await runCli([...args, "--epochs", "2", "--save", model]);
  expect(stderr).toContain("Training");
  expect(code).toBe(0);
  const report = JSON.parse(stdout.trim().split("\n").at(-1) as string);
  expect(report).toMatchObject({ metric: "next-item", users: 40, items: 30, learned: { epochs: 2 } });
  expect(stdout).toMatch(/markov-10 +\d\.\d{4} ±\d\.\d{4}/);
  expect(JSON.parse(await readFile(join(model, "manifest.json"), "utf8"))).toMatchObject({ kind: "taste-encoder" });
  const again = await runCli([...args, "--model", model]);
  expect(JSON.parse(again.stdout.trim().split("\n").at(-1) as string).rows).toEqual(report.rows);
}, 60_000);

test("strong needs nothing but sequences", async () => {
  const sequences = await writeTemp("sequences.txt", SEQUENCES.join("\n"));
  const args = ["eval", "strong", "--sequences", sequences, "--users", "10", "--epochs", "0", "--threads", "1"];
  const { code, stdout } = await runCli(args);
  expect(code).toBe(0);
  const report = JSON.parse(stdout.trim().split("\n").at(-1) as string);
  expect(report).toMatchObject({
    metric: "strong",
    users: 10,
    items: 30,
    rows: { ease: { "recall@20": expect.any(Number) } },
  });
});

test("what cannot be measured is refused with the reason", async () => {
  const sequences = await writeTemp("sequences.txt", "1 2 31\n1 2\n");
  const items = await writeTemp("items.csv", ITEMS.join("\n"));
  const unknown = await runCli(["eval", "next-item", "--sequences", sequences, "--items", items]);
  expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining("item 31, which is not among the items") });
  const short = await writeTemp("sequences.txt", "1\n");
  const single = await runCli(["eval", "next-item", "--sequences", short, "--items", items]);
  expect(single).toMatchObject({ code: 1, stderr: expect.stringContaining("fewer than two items") });
  expect(await runCli(["eval", "strong", "--sequences", sequences])).toMatchObject({ code: 2 });
  expect(await runCli(["eval", "cold", "--sequences", sequences, "--items", items])).toMatchObject({ code: 2 });
  expect(await runCli(["eval", "strong", "--sequences", sequences, "--minutes", "0"])).toMatchObject({ code: 2 });
});
