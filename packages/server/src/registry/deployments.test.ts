import { expect, test } from "vitest";
import type { TasteOutcome } from "../matching/taste-models.js";
import { chooseModel } from "./choose-model.js";
import { activate, canary, type Deployment, NOTHING_DEPLOYED, rollBack, shadow } from "./deployment.js";
import { Deployments } from "./deployments.js";
import type { ModelStore } from "./model-store.js";
import type { RecordedChange } from "./recorded-change.js";

const doing = { subject: "ada", reason: "", at: 1 };
const [one, two] = [
  { name: "taste", version: "1" },
  { name: "taste", version: "2" },
];
const after = (current: Deployment, change: { next: Deployment } | undefined) => change?.next ?? current;

test("an activation can be taken back one after the other, down to no model at all", () => {
  let now = after(NOTHING_DEPLOYED, activate(NOTHING_DEPLOYED, one, doing));
  now = after(now, activate(now, two, doing));
  expect(activate(now, two, doing)).toBeUndefined();
  now = after(now, rollBack(now, doing));
  expect(now.active).toEqual(one);
  now = after(now, rollBack(now, doing));
  expect(now.active).toBeUndefined();
  expect(() => rollBack(now, doing)).toThrow("nothing to go back to");
});

test("while there is a canary it is what is taken back, and an activated canary is one no more", () => {
  let now = after(NOTHING_DEPLOYED, activate(NOTHING_DEPLOYED, one, doing));
  now = after(now, shadow(now, two, false, doing));
  now = after(now, canary(now, two, 0.2, doing));
  expect(now).toMatchObject({ active: one, canary: { ...two, share: 0.2 }, shadow: undefined });
  expect(after(now, rollBack(now, doing))).toMatchObject({ active: one, canary: undefined });
  expect(after(now, activate(now, two, doing))).toMatchObject({ active: two, canary: undefined, before: [one, null] });
});

test("what the server takes back must still be what it judged", () => {
  const now = after(NOTHING_DEPLOYED, activate(NOTHING_DEPLOYED, one, doing));
  expect(rollBack(now, doing, two)).toBeUndefined();
  expect(rollBack(now, doing, one)?.next.active).toBeUndefined();
});

test("a canary gets its share, always of the same keys, and a growing share only adds to them", () => {
  const at = (share: number) => after(NOTHING_DEPLOYED, canary(NOTHING_DEPLOYED, two, share, doing));
  const chosen = (share: number) =>
    Array.from({ length: 5_000 }, (_, key) => `user:${key}`).filter(
      (key) => chooseModel(at(share), "t", key).answers !== undefined,
    );
  const [tenth, fifth] = [chosen(0.1), chosen(0.2)];
  expect(tenth.length / 5_000).toBeCloseTo(0.1, 1);
  expect(fifth.length / 5_000).toBeCloseTo(0.2, 1);
  expect(tenth.filter((key) => !fifth.includes(key))).toEqual([]);
  expect(chosen(1)).toHaveLength(5_000);
});

/** Deployments over a store that is a variable, at a time that the test sets. */
function deploymentsOver(first: Deployment) {
  const state = { now: 1_000_000, deployment: first, down: false, records: [] as RecordedChange[] };
  const store = {
    deployment: async () => {
      if (state.down) throw new Error("down");
      return state.deployment;
    },
    change: async (_tenant: string, change: (current: Deployment) => ReturnType<typeof activate>) => {
      const changed = change(state.deployment);
      if (changed !== undefined) state.records.push(changed.record);
      state.deployment = changed?.next ?? state.deployment;
      return state.deployment;
    },
  } as unknown as ModelStore;
  const log = { info() {}, warn() {} };
  return { state, deployments: new Deployments({ store, log, now: () => state.now }) };
}

const canaryOf = (share = 0.5) => ({ ...NOTHING_DEPLOYED, active: one, canary: { ...two, share } });
const outcome = (fields: Partial<TasteOutcome>): TasteOutcome => ({
  answered: undefined,
  ms: undefined,
  failed: [],
  shadows: [],
  ...fields,
});

test("another server's change is seen within a second, and an outage of the store costs no match", async () => {
  const { state, deployments } = deploymentsOver({ ...NOTHING_DEPLOYED, active: one });
  expect(await deployments.choose("t", "u")).toMatchObject({ answers: one });
  state.deployment = { ...NOTHING_DEPLOYED, active: two };
  expect(await deployments.choose("t", "u")).toMatchObject({ answers: one });
  state.now += 1_001;
  expect(await deployments.choose("t", "u")).toMatchObject({ answers: two });
  state.down = true;
  state.now += 5_000;
  expect(await deployments.choose("t", "u")).toMatchObject({ answers: two });
});

test("a canary that fails more often than its neighbour is taken back, with the reason on record", async () => {
  const { state, deployments } = deploymentsOver(canaryOf());
  await deployments.get("t");
  for (let match = 0; match < 30; match++) {
    state.now += 100;
    deployments.ended("t", outcome(match % 3 === 0 ? { failed: [two], ms: 5 } : { answered: two, ms: 5 }));
    deployments.ended("t", outcome({ answered: one, ms: 5 }));
  }
  await expect.poll(() => state.deployment.canary).toBeUndefined();
  expect(state.deployment.active).toEqual(one);
  expect(state.records).toMatchObject([{ action: "roll-back", model: two, subject: "server" }]);
  expect(state.records[0]?.reason).toMatch(/matches failed/);
});

test("a canary that is much slower than its neighbour is taken back; one that is as fast stays", async () => {
  const { state, deployments } = deploymentsOver(canaryOf());
  await deployments.get("t");
  const run = (ms: number) => {
    for (let match = 0; match < 100; match++) {
      state.now += 50;
      deployments.ended("t", outcome({ answered: two, ms }));
      deployments.ended("t", outcome({ answered: one, ms: 20 }));
    }
  };
  run(22);
  expect(state.deployment.canary).toBeDefined();
  run(200);
  await expect.poll(() => state.deployment.canary).toBeUndefined();
  expect(state.records[0]?.reason).toMatch(/up to 200 ms, and 20 ms beside it/);
});

test("an active model is not called slow for what another load did to the one before", async () => {
  const { state, deployments } = deploymentsOver({ ...NOTHING_DEPLOYED, active: two, before: [one] });
  await deployments.get("t");
  for (let match = 0; match < 200; match++) {
    state.now += 20;
    deployments.ended("t", outcome(match < 100 ? { answered: one, ms: 5 } : { answered: two, ms: 900 }));
  }
  expect(state.deployment.active).toEqual(two);
});

test("an active model that fails is taken back to the one before, unless nothing was", async () => {
  const { state, deployments } = deploymentsOver({ ...NOTHING_DEPLOYED, active: two, before: [one, null] });
  await deployments.get("t");
  for (let match = 0; match < 25; match++) {
    state.now += 100;
    deployments.ended("t", outcome({ failed: [two] }));
  }
  await expect.poll(() => state.deployment.active).toEqual(one);
  const alone = deploymentsOver({ ...NOTHING_DEPLOYED, active: two });
  await alone.deployments.get("t");
  for (let match = 0; match < 25; match++) alone.deployments.ended("t", outcome({ failed: [two] }));
  expect(alone.state.deployment.active).toEqual(two);
});

test("how a shadow fares is kept beside how the answers do", async () => {
  const { deployments } = deploymentsOver({ ...NOTHING_DEPLOYED, active: one, shadow: two });
  for (const agreement of [0.5, 1]) {
    deployments.ended("t", outcome({ answered: one, ms: 5, shadows: [{ model: two, ms: 8, agreement }] }));
  }
  expect(deployments.traffic("t", two)).toMatchObject({ matches: 2, failures: 0, agreement: 0.75, medianMs: 8 });
  expect(deployments.traffic("other", two).matches).toBe(0);
});
