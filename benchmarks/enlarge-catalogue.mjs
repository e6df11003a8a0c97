// `node benchmarks/enlarge-catalogue.mjs FILE --count 100000 >movies.ndjson`: a catalogue of any size out of a real one,
// to measure with. First come the movies of FILE (any format that can be imported), then varied copies of them, with ids,
// titles, casts and texts of their own: each has the sentences of two films. The same file gives the same catalogue.
import { once } from "node:events";
import { parseArgs } from "node:util";
import { detectFormat } from "../packages/server/dist/importing/detect-format.js";
import { IMPORT_FORMATS } from "../packages/server/dist/importing/import-formats.js";

const { values, positionals } = parseArgs({ options: { count: { type: "string" } }, allowPositionals: true });
const [path = ""] = positionals;
const count = Number(values.count ?? 100_000);

const originals = [];
for await (const { movie } of IMPORT_FORMATS[await detectFormat(path)].read(path)) if (movie) originals.push(movie);
for (let index = 0; index < count; index++) {
  const round = Math.floor(index / originals.length);
  const movie = originals[index % originals.length];
  const line = round === 0 ? movie : mixed(movie, originals[(index * 7_919 + round) % originals.length], round);
  if (!process.stdout.write(`${JSON.stringify(line)}\n`)) await once(process.stdout, "drain");
}

function mixed(movie, other, round) {
  const own = sentences(movie.synopsis);
  const others = sentences(other.synopsis);
  const synopsis = own.map((sentence, at) => (at % 2 === 1 ? (others[at] ?? sentence) : sentence)).join(" ");
  const { externalIds: _, ...rest } = movie;
  return {
    ...rest,
    id: `${movie.id}-copy-${round}`,
    title: `${movie.title} ${other.title.split(" ").at(-1)} ${round}`,
    releaseYear: movie.releaseYear && Math.min(movie.releaseYear + round, 2026),
    credits: [...(movie.credits ?? []).slice(0, 2), ...(other.credits ?? []).slice(0, 3)],
    synopsis,
  };
}

function sentences(text = "") {
  return text.match(/[^.]+\.?\s*/g)?.map((sentence) => sentence.trim()) ?? [];
}
