/** Padded characters in a batch: about 500 tokens, some 25 ms on two cores, which is what an interactive request may wait. */
const paddedCharacters = 2000;
/** Beyond this, a batch of short texts gains nothing. */
const mostTexts = 16;

/**
 * Splits texts into small batches of like length, since a batch is padded to its longest text.
 *
 * @returns batches of positions in `texts`, together each position once, short texts first.
 */
export function lengthBatches(texts: readonly string[]): number[][] {
  const length = (position: number) => (texts[position] as string).length;
  const order = texts.map((_, position) => position).sort((a, b) => length(a) - length(b));
  const batches: number[][] = [];
  let batch: number[] = [];
  for (const position of order) {
    const full = batch.length === mostTexts || (batch.length + 1) * length(position) > paddedCharacters;
    if (full && batch.length > 0) {
      batches.push(batch);
      batch = [];
    }
    batch.push(position);
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
