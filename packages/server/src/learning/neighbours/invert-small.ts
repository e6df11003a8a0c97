/**
 * The inverse of a small symmetric positive definite matrix, by Gauss–Jordan elimination; such matrices need no
 * pivoting.
 *
 * @param matrix size × size; overwritten
 */
export function invertSmall(matrix: Float64Array, size: number): Float64Array {
  for (let pivot = 0; pivot < size; pivot++) {
    const base = pivot * size;
    const factor = 1 / (matrix[base + pivot] as number);
    matrix[base + pivot] = 1;
    for (let column = 0; column < size; column++) matrix[base + column] = (matrix[base + column] as number) * factor;
    for (let row = 0; row < size; row++) {
      if (row === pivot) continue;
      const at = row * size;
      const share = matrix[at + pivot] as number;
      matrix[at + pivot] = 0;
      for (let column = 0; column < size; column++) {
        matrix[at + column] = (matrix[at + column] as number) - share * (matrix[base + column] as number);
      }
    }
  }
  return matrix;
}
