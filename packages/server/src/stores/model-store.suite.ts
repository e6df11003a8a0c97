import { create } from "@bufbuild/protobuf";
import { type Model, ModelKind, ModelSchema } from "@cinedeepmatch/contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { activate, NOTHING_DEPLOYED, rollBack } from "../registry/deployment.js";
import type { ModelStore } from "../registry/model-store.js";
import type { RecordedChange } from "../registry/recorded-change.js";

/** A kind of model store that the suite can test. */
export interface ModelStoreFixture {
  /** Opens the store; after `close` the same one again, with what was written. */
  open(): Promise<ModelStore>;
  close(): Promise<void>;
}

const model = (version: string, name = "taste"): Model =>
  create(ModelSchema, {
    name,
    version,
    kind: ModelKind.TASTE_ENCODER,
    files: [{ name: "taste.onnx", sha256: version.padStart(64, "0"), sizeBytes: 5n }],
    metrics: { "ndcg@10": 0.25 },
    labels: { owner: "ada" },
    card: "# Card\n千と",
  });
const doing = { subject: "ada", reason: "", at: 1_700_000_000_000 };
const registered = (version: string, at = doing.at): RecordedChange => ({
  action: "register",
  model: { name: "taste", version },
  share: 0,
  ...doing,
  at,
});

/** The tests that every model store must pass. */
export function testModelStore(name: string, fixture: ModelStoreFixture): void {
  describe(name, () => {
    let store: ModelStore;
    let tenantCount = 0;
    const newTenant = () => `models-${++tenantCount}`;
    beforeAll(async () => {
      store = await fixture.open();
    });
    afterAll(() => fixture.close());

    test("models are read as they were registered, newest first, and never change", async () => {
      const tenant = newTenant();
      expect(await store.register(tenant, model("1"), registered("1", 1))).toBe(true);
      expect(await store.register(tenant, model("2"), registered("2", 2))).toBe(true);
      expect(await store.register(tenant, { ...model("1"), card: "other" }, registered("1", 3))).toBe(false);
      expect((await store.list(tenant)).map(({ version }) => version)).toEqual(["2", "1"]);
      expect(await store.get(tenant, "taste", "1")).toEqual(model("1"));
      expect(await store.get(tenant, "taste", "3")).toBeUndefined();
      expect(await store.history(tenant, 10)).toEqual([registered("2", 2), registered("1", 1)]);
    });

    test("what is in use begins with nothing, and is what the last change made of it", async () => {
      const tenant = newTenant();
      expect(await store.deployment(tenant)).toEqual(NOTHING_DEPLOYED);
      const [one, two] = ["1", "2"].map((version) => ({ name: "taste", version }));
      await store.change(tenant, (current) => activate(current, one as never, doing));
      await store.change(tenant, (current) => activate(current, two as never, doing));
      expect(await store.deployment(tenant)).toMatchObject({ active: two, before: [one, null] });
      await store.change(tenant, (current) => rollBack(current, doing));
      expect(await store.deployment(tenant)).toMatchObject({ active: one, before: [null] });
      expect((await store.history(tenant, 2)).map(({ action }) => action)).toEqual(["roll-back", "activate"]);
    });

    test("a change that throws or decides for nothing leaves everything as it is", async () => {
      const tenant = newTenant();
      await expect(store.change(tenant, (current) => rollBack(current, doing))).rejects.toThrow("go back");
      await store.change(tenant, () => undefined);
      expect(await store.deployment(tenant)).toEqual(NOTHING_DEPLOYED);
      expect(await store.history(tenant, 10)).toEqual([]);
    });

    test("20 changes at once come one after the other", async () => {
      const tenant = newTenant();
      const versions = Array.from({ length: 20 }, (_, index) => `${index}`);
      await Promise.all(
        versions.map((version) =>
          store.change(tenant, (current) => activate(current, { name: "taste", version }, doing)),
        ),
      );
      const { active, before } = await store.deployment(tenant);
      const seen = [active, ...before].map((ref) => ref?.version);
      expect(seen.at(-1)).toBeUndefined();
      expect(seen.slice(0, -1).sort()).toEqual([...versions].sort());
    });

    test("tenants never see each other", async () => {
      const [one, other] = [newTenant(), newTenant()];
      await store.register(one, model("1"), registered("1"));
      await store.change(one, (current) => activate(current, { name: "taste", version: "1" }, doing));
      expect(await store.list(other)).toEqual([]);
      expect(await store.get(other, "taste", "1")).toBeUndefined();
      expect(await store.deployment(other)).toEqual(NOTHING_DEPLOYED);
      expect(await store.history(other, 10)).toEqual([]);
      const files = await store.files();
      const { sizeBytes } = model("1").files[0] ?? {};
      const of = (tenant: string) => files.filter((file) => file.tenant === tenant);
      expect(of(one)).toEqual([{ tenant: one, sha256: "1".padStart(64, "0"), bytes: Number(sizeBytes) }]);
      expect(of(other)).toEqual([]);
    });

    test("everything is there after reopening", async () => {
      const tenant = newTenant();
      await store.register(tenant, model("1"), registered("1"));
      await store.change(tenant, (current) => activate(current, { name: "taste", version: "1" }, doing));
      await fixture.close();
      store = await fixture.open();
      expect(await store.get(tenant, "taste", "1")).toEqual(model("1"));
      expect(await store.deployment(tenant)).toMatchObject({ active: { name: "taste", version: "1" } });
    });
  });
}
