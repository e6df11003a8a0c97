/**
 * The `limit` ordinals with the highest scores, best first; equal scores in order of their ordinals. Keeps a small
 * heap, so that a query whose words are in every document does not sort them all.
 */
export function bestFirst(ordinals: readonly number[], scores: ArrayLike<number>, limit: number): number[] {
  const score = (ordinal: number) => scores[ordinal] as number;
  const worse = (a: number, b: number) => score(a) < score(b) || (score(a) === score(b) && a > b);
  const heap: number[] = [];
  for (const ordinal of ordinals) {
    if (heap.length < limit) {
      heap.push(ordinal);
      rise(heap, worse);
    } else if (limit > 0 && worse(heap[0] as number, ordinal)) {
      heap[0] = ordinal;
      sink(heap, worse);
    }
  }
  return heap.sort((a, b) => (worse(a, b) ? 1 : -1));
}

type Order = (a: number, b: number) => boolean;

function rise(heap: number[], worse: Order): void {
  for (let at = heap.length - 1; at > 0; ) {
    const parent = (at - 1) >> 1;
    if (!worse(heap[at] as number, heap[parent] as number)) return;
    swap(heap, at, parent);
    at = parent;
  }
}

function sink(heap: number[], worse: Order): void {
  for (let at = 0; ; ) {
    let least = at;
    for (const child of [2 * at + 1, 2 * at + 2]) {
      if (child < heap.length && worse(heap[child] as number, heap[least] as number)) least = child;
    }
    if (least === at) return;
    swap(heap, at, least);
    at = least;
  }
}

function swap(heap: number[], a: number, b: number): void {
  [heap[a], heap[b]] = [heap[b] as number, heap[a] as number];
}
