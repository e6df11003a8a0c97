import { afterAll, expect, test } from "vitest";
import { type MathTensors, startMathEngine } from "../../onnx/math-engine.js";
import { normal, seededRandom } from "../random.js";
import { NEVER } from "./taste-tower.js";
import { type TowerShape, towerParameters } from "./tower-shape.js";
import { trainingGraph } from "./training-graph.js";

const engine = startMathEngine({ threads: 1 });
afterAll(() => engine[Symbol.asyncDispose]());

const shape: TowerShape = { content: 5, width: 6, heads: 2, layers: 2, inner: 7, window: 4 };
const CANDIDATES = 9;

/** Two histories, the second shorter, with a dislike and time gaps; every parameter away from where it begins. */
function feeds(): Record<string, MathTensors[string]> {
  const random = seededRandom(3);
  const noise = (...sizes: number[]) => {
    const length = sizes.reduce((product, size) => product * size, 1);
    return { data: Float32Array.from({ length }, () => normal(random, 0.6)), shape: sizes };
  };
  const parameters = towerParameters(shape).map(({ name, shape: sizes }) => [name, noise(...sizes)] as const);
  return {
    ...Object.fromEntries(parameters),
    content: noise(CANDIDATES, shape.content),
    corrections: noise(CANDIDATES, shape.width),
    keep: { data: Float32Array.from([1, 1, 0, 1, 1, 1, 0, 1, 1]), shape: [CANDIDATES, 1] },
    slots: { data: BigInt64Array.from([1n, 2n, 3n, 2n, 0n, 0n, 4n, 5n]), shape: [2, 4] },
    strengths: { data: Float32Array.from([1, 0.5, -0.7, 1, 0, 0, 1, 0.3]), shape: [2, 4, 1] },
    gaps: { data: Float32Array.from([0.1, 0.5, 0, 0.3, 0, 0, 0.9, 0.2]), shape: [2, 4, 1] },
    absence: { data: Float32Array.from([0, 0, 0, 0, NEVER, NEVER, 0, 0]), shape: [2, 1, 1, 4] },
    places: { data: BigInt64Array.from([0n, 1n, 3n, 6n, 7n]), shape: [5] },
    targets: { data: BigInt64Array.from([2n, 3n, 6n, 5n, 8n]), shape: [5, 1] },
    importance: { data: Float32Array.from([0.3, 0.1, 0.2, 0.2, 0.2]), shape: [5, 1] },
    bias: { data: Float32Array.from([NEVER, 0, 0.4, 0, 0, -0.5, 0, 0, 0.1]), shape: [CANDIDATES] },
  };
}

test("every gradient is the slope that finite differences measure", async () => {
  const program = await engine.load(trainingGraph(shape, 0));
  const given = feeds();
  const gradients = await program.run(given);
  const loss = async () => (await program.run(given)).loss?.data[0] as number;
  for (const name of ["corrections", ...towerParameters(shape).map((spec) => spec.name)]) {
    const values = given[name]?.data as Float32Array;
    const claimed = gradients[`d.${name}`]?.data as Float32Array;
    expect(claimed.length, name).toBe(values.length);
    // Along the gradient itself, where the slope is its squared length: one number that every entry has a part in.
    const size = Math.hypot(...claimed);
    const before = values.slice();
    const step = 0.01 / Math.max(size, 1e-6);
    const moved = async (by: number) => {
      values.set(before.map((value, index) => value + by * (claimed[index] as number)));
      return loss();
    };
    const measured = ((await moved(step)) - (await moved(-step))) / (2 * step);
    values.set(before);
    expect(size, `${name} matters`).toBeGreaterThan(1e-5);
    expect(Math.abs(measured - size ** 2) / size ** 2, name).toBeLessThan(0.02);
  }
});

test("each entry of the gradients is right, not only their length", async () => {
  const program = await engine.load(trainingGraph(shape, 0));
  const given = feeds();
  const gradients = await program.run(given);
  for (const name of ["corrections", "project", "layer0.distance", "layer1.key", "layer0.attend.scale", "gap.in"]) {
    const values = given[name]?.data as Float32Array;
    const claimed = gradients[`d.${name}`]?.data as Float32Array;
    for (let index = 0; index < values.length; index += 3) {
      const before = values[index] as number;
      const at = async (value: number) => {
        values[index] = value;
        return (await program.run(given)).loss?.data[0] as number;
      };
      const measured = ((await at(before + 0.02)) - (await at(before - 0.02))) / 0.04;
      values[index] = before;
      expect(Math.abs(measured - (claimed[index] as number)), `${name}[${index}]`).toBeLessThan(2e-3);
    }
  }
});

test("dropout silences the same share at every run, and no run like another", async () => {
  const program = await engine.load(trainingGraph(shape, 0.4));
  const given = feeds();
  const losses = [];
  for (let run = 0; run < 3; run++) losses.push((await program.run(given)).loss?.data[0] as number);
  expect(new Set(losses).size).toBe(3);
});
