import type { Document } from "mongodb";

/** A query as it was sent to a server. */
export interface SentQuery {
  readonly collection: string;
  readonly filter: Document;
  readonly sort: Document;
}

/** The fields of an index in order, each with its direction. */
export type IndexKey = readonly (readonly [field: string, direction: number])[];

/** What a filter says of a field: one value, any of some, or those within bounds. */
type Condition = "one" | "any" | "range";

/** The queries in a command that looks for documents. */
export function queriesOf(command: Document): SentQuery[] {
  const { find, count, distinct, aggregate, findAndModify, update, delete: remove } = command;
  const collection = find ?? count ?? distinct ?? findAndModify;
  if (collection !== undefined) {
    return [{ collection, filter: command.filter ?? command.query ?? {}, sort: sortOf(command) }];
  }
  // Nobody sends one; whoever does teaches this what it looks for.
  if (aggregate !== undefined) return [{ collection: aggregate, filter: {}, sort: {} }];
  const statements: Document[] = command.updates ?? command.deletes ?? [];
  return statements.map(({ q }) => ({ collection: update ?? remove, filter: q, sort: {} }));
}

/** The driver keeps an order as a Map. */
function sortOf({ sort = {} }: Document): Document {
  return sort instanceof Map ? Object.fromEntries(sort) : sort;
}

/**
 * Whether an index leads to a query's documents, in their order: its first fields have one value or any of some, then come
 * the fields of the order, all forwards or all backwards. Without an order a condition on its first field is enough.
 */
export function isCovered({ filter, sort }: SentQuery, indexes: readonly IndexKey[]): boolean {
  const conditions = conditionsOf(filter);
  // What has one value only is in any order.
  const order = Object.entries(sort).filter(([field]) => conditions.get(field) !== "one");
  return [[["_id", 1]] as IndexKey, ...indexes].some((index) => {
    if (!conditions.has(index[0]?.[0] ?? "")) return false;
    if (order.length === 0) return true;
    for (let fixed = 0; fixed < index.length; fixed++) {
      if (isAhead(index.slice(fixed), order)) return true;
      if (!["one", "any"].includes(conditions.get(index[fixed]?.[0] ?? "") ?? "")) return false;
    }
    return false;
  });
}

/** Whether fields come in the order of an index, or all the other way round. */
function isAhead(index: IndexKey, order: readonly (readonly [string, number])[]): boolean {
  const signs = order.map(([field, direction], at) => (index[at]?.[0] === field ? index[at][1] * direction : 0));
  return signs.every((sign) => sign === 1) || signs.every((sign) => sign === -1);
}

/** What a filter says of each field that an index can make use of; alternatives are left to be looked at. */
function conditionsOf(filter: Document): Map<string, Condition> {
  const conditions = new Map<string, Condition>();
  for (const [field, value] of Object.entries(filter)) {
    if (field === "$and") {
      for (const part of value as Document[]) {
        for (const [name, condition] of conditionsOf(part)) add(conditions, name, condition);
      }
    } else if (!field.startsWith("$")) {
      const condition = conditionOf(value);
      if (condition !== undefined) add(conditions, field, condition);
    }
  }
  return conditions;
}

function conditionOf(value: unknown): Condition | undefined {
  if (value === null || typeof value !== "object") return "one";
  const operators = Object.keys(value);
  if (!operators.some((name) => name.startsWith("$"))) return "one";
  if (operators.includes("$eq")) return "one";
  if (operators.includes("$in")) return "any";
  if (operators.some((name) => ["$gt", "$gte", "$lt", "$lte"].includes(name))) return "range";
  // Only a beginning can be looked up.
  if (operators.includes("$regex") && String((value as Document).$regex).startsWith("^")) return "range";
  return undefined;
}

const STRENGTH = { one: 2, any: 1, range: 0 } as const;

function add(conditions: Map<string, Condition>, field: string, condition: Condition): void {
  const known = conditions.get(field);
  if (known === undefined || STRENGTH[known] < STRENGTH[condition]) conditions.set(field, condition);
}
