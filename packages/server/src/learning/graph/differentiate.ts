import { gradients, steps } from "./gradients.js";
import type { Graph } from "./graph.js";
import { add } from "./operators.js";
import type { Value } from "./value.js";

/**
 * Appends to a graph what computes gradients, by reverse-mode differentiation.
 *
 * @param slopes where gradients start: values, and the gradient of what is minimised by each
 * @param parameters the values by which to differentiate; each must influence one of those
 * @returns the gradients, in the order of the parameters
 */
export function differentiate(
  graph: Graph,
  slopes: readonly (readonly [Value, Value])[],
  parameters: readonly Value[],
): Value[] {
  const slopeOf = new Map(slopes.map(([value, slope]) => [value.name, slope]));
  const relevant = influencedBy(graph, parameters);
  // The gradients are nodes too; only what was there before is differentiated.
  for (const node of [...graph.nodes].reverse()) {
    const slope = slopeOf.get(node.outputs[0]?.name ?? "");
    if (slope === undefined || !node.outputs.some(({ name }) => relevant.has(name))) continue;
    const gradient = gradients[node.operator];
    if (gradient === undefined) throw new Error(`no gradient is known for ${node.operator}`);
    for (const [index, part] of gradient(graph, node, slope).entries()) {
      const { name } = node.inputs[index] as Value;
      if (part === undefined || !relevant.has(name)) continue;
      const known = slopeOf.get(name);
      slopeOf.set(name, known === undefined ? part : add(graph, known, part));
    }
  }
  return parameters.map(({ name }) => {
    const slope = slopeOf.get(name);
    if (slope === undefined) throw new Error(`${name} influences nothing`);
    return slope;
  });
}

/** Everything that changes with the parameters; the rest needs no gradients. */
function influencedBy(graph: Graph, parameters: readonly Value[]): Set<string> {
  const names = new Set(parameters.map(({ name }) => name));
  for (const { operator, inputs, outputs } of graph.nodes) {
    if (!steps.has(operator) && inputs.some(({ name }) => names.has(name)))
      for (const { name } of outputs) names.add(name);
  }
  return names;
}
