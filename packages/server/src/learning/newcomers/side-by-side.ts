import { sharedFloats } from "../tower/shared-array.js";

/** One table of so many rows out of several, of which each has a width of its own. */
export function sideBySide(blocks: readonly Float32Array[], widths: readonly number[], rows: number): Float32Array {
  const width = widths.reduce((sum, each) => sum + each, 0);
  const joined = sharedFloats(rows * width);
  let from = 0;
  for (const [index, block] of blocks.entries()) {
    const own = widths[index] as number;
    for (let row = 0; row < rows; row++) joined.set(block.subarray(row * own, (row + 1) * own), row * width + from);
    from += own;
  }
  return joined;
}
