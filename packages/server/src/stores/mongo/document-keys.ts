/**
 * A document's `_id`: the tenant and the name of the thing in it, in this order, so that a tenant's documents stand
 * together and no two names make the same key. A text, because only by a text does FerretDB v1 find a document without
 * reading all of them.
 */
export function keyOf(tenant: string, name: string): string {
  return `${prefixOf(tenant)}${name}`;
}

/** The condition on `_id` that a tenant's documents pass. */
export function keysOf(tenant: string): { $gt: string; $lt: string } {
  const prefix = prefixOf(tenant);
  // The character after the slash.
  return { $gt: prefix, $lt: `${prefix.slice(0, -1)}0` };
}

/** The tenant of a document. */
export function tenantOf(key: string): string {
  return decodeURIComponent(key.slice(0, key.indexOf("/")));
}

function prefixOf(tenant: string): string {
  // Without a slash of its own.
  return `${encodeURIComponent(tenant)}/`;
}

/** A model's version as the name of a field, which must not have a dot or begin with a dollar sign. */
export function fieldOf(modelVersion: string): string {
  return encodeURIComponent(modelVersion).replaceAll(".", "%2E");
}
