import { createHash } from "node:crypto";
import type { TasteChoice } from "../matching/taste-models.js";
import type { Deployment } from "./deployment.js";

/**
 * Which models take part in a match of whoever the key names. The same key falls on the same side of a canary of the
 * same model, and a growing share only ever adds keys to it.
 */
export function chooseModel({ active, canary, shadow }: Deployment, tenant: string, key: string): TasteChoice {
  if (canary === undefined || positionOf([tenant, canary.name, canary.version, key]) >= canary.share) {
    return { answers: active, shadow };
  }
  const { name, version } = canary;
  return { answers: { name, version }, shadow };
}

/** Evenly spread over 0 to 1. */
function positionOf(parts: readonly string[]): number {
  const digest = createHash("sha256").update(JSON.stringify(parts)).digest();
  return digest.readUInt32BE(0) / 2 ** 32;
}
