import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { CreditRole, type Movie, MovieSchema } from "@cinedeepmatch/contract";

/** A movie with an id and a title. */
export function sampleMovie(id: string, fields: MessageInitShape<typeof MovieSchema> = {}): Movie {
  return create(MovieSchema, { id, title: `The ${id}`, ...fields });
}

/** Actors of these names. */
export function actors(...names: string[]): { displayName: string; role: CreditRole }[] {
  return names.map((displayName) => ({ displayName, role: CreditRole.ACTOR }));
}

/** A vector of three numbers. */
export function sampleVector(seed: number): Uint8Array {
  return new Uint8Array(Float32Array.of(seed, seed / 2, -seed).buffer);
}
