import { create } from "@bufbuild/protobuf";
import { type Model, ModelSchema, ModelState } from "@cinedeepmatch/contract";
import { expect, test } from "vitest";
import type { TasteModel } from "./taste-model.js";
import { TenantModels } from "./tenant-models.js";

const modelOf = (version: string, content: string, state = ModelState.ACTIVE) =>
  create(ModelSchema, { name: "taste", version, state, files: [{ name: "taste.onnx", sha256: content }] });
const ref = (version: string) => ({ name: "taste", version });

/** Models whose loading and closing can be seen. */
function open(load: (model: Model) => void = () => {}) {
  const events: string[] = [];
  const models = new TenantModels({
    log: { warn() {} },
    async load(model) {
      const name = `${model.version} of ${model.files[0]?.sha256}`;
      events.push(`load ${name}`);
      load(model);
      return {
        ref: ref(model.version),
        name,
        close: async () => events.push(`close ${name}`),
      } as unknown as TasteModel;
    },
  });
  const settle = async (...wanted: Model[]) => {
    models.update(wanted);
    await models.settled();
  };
  return { models, events, settle };
}

test("a model is loaded once for as long as it is wanted", async () => {
  const { models, events, settle } = open();
  await settle(modelOf("1", "x"));
  await settle(modelOf("1", "x"), modelOf("2", "y", ModelState.SHADOW));
  await settle(modelOf("1", "x"));
  expect(events).toEqual(["load 1 of x", "load 2 of y", "close 2 of y"]);
  expect(models.exactly(ref("1"))).toMatchObject({ name: "1 of x" });
});

test("one of the same name and version with other files takes its place, as after a restore", async () => {
  const { models, events, settle } = open(({ files }) => {
    // Nothing is ranked meanwhile with one that is closed.
    if (files[0]?.sha256 === "restored") expect(models.find(ref("1"))).toBeUndefined();
  });
  await settle(modelOf("1", "x"));
  await settle(modelOf("1", "restored"));
  expect(events).toEqual(["load 1 of x", "close 1 of x", "load 1 of restored"]);
  expect(models.find(ref("1"))).toMatchObject({ name: "1 of restored" });
});

test("one that cannot be loaded is not tried again, until it is of other files", async () => {
  const { models, events, settle } = open(({ files }) => {
    if (files[0]?.sha256 === "broken") throw new Error("no such operator");
  });
  await settle(modelOf("1", "broken"));
  await settle(modelOf("1", "broken"));
  expect(events).toEqual(["load 1 of broken"]);
  expect(models.status()).toEqual([{ ...ref("1"), failure: "no such operator" }]);
  await settle(modelOf("1", "mended"));
  expect(models.status()).toEqual([{ ...ref("1"), failure: "" }]);
});
