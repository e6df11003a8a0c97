/** Makes the columns orthogonal and of length 1, in place (Gram–Schmidt). @param width how many columns */
export function orthonormal(basis: Float64Array<ArrayBuffer>, width: number): Float64Array<ArrayBuffer> {
  for (let column = 0; column < width; column++) {
    for (let other = 0; other < column; other++) {
      let shared = 0;
      for (let at = 0; at < basis.length; at += width) {
        shared += (basis[at + column] as number) * (basis[at + other] as number);
      }
      for (let at = 0; at < basis.length; at += width) {
        basis[at + column] = (basis[at + column] as number) - shared * (basis[at + other] as number);
      }
    }
    let square = 0;
    for (let at = column; at < basis.length; at += width) square += (basis[at] as number) ** 2;
    // Fewer movies than columns: what is left of such a column is rounding, and stays nothing.
    const factor = square < 1e-18 ? 0 : 1 / Math.sqrt(square);
    for (let at = column; at < basis.length; at += width) basis[at] = (basis[at] as number) * factor;
  }
  return basis;
}
