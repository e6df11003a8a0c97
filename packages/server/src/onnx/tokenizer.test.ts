import { loadManifest } from "@cinedeepmatch/models";
import { Tokenizer } from "@huggingface/tokenizers";
import { expect, test } from "vitest";

/** Made by the Python package `tokenizers` 0.23.3 from the same tokenizer.json. */
const reference: [text: string, ids: number[]][] = [
  [
    "a clownfish father searches the ocean for his son",
    [101, 1037, 15912, 7529, 2269, 17193, 1996, 4153, 2005, 2010, 2365, 102],
  ],
  ["Amélie — café in Montmartre (2001)", [101, 25285, 1517, 7668, 1999, 18318, 22345, 2890, 1006, 2541, 1007, 102]],
  ["E.T. the Extra-Terrestrial, 1982!", [101, 1041, 1012, 1056, 1012, 1996, 4469, 1011, 12350, 1010, 3196, 999, 102]],
  ["七人の侍 Seven Samurai", [101, 100, 1756, 1671, 1765, 2698, 16352, 102]],
  ["", [101, 102]],
];

test("texts get the same token ids as from the reference tokenizer", async () => {
  const { read } = await loadManifest("movie-minilm-l6-int8");
  const json = async (file: string) => JSON.parse(new TextDecoder().decode(await read(file)));
  const tokenizer = new Tokenizer(await json("tokenizer.json"), await json("tokenizer_config.json"));
  for (const [text, ids] of reference) expect(tokenizer.encode(text).ids).toEqual(ids);
});
