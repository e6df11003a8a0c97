import { expect, test } from "vitest";
import { Permit } from "./permit.js";

test("work stops once when the token is refused, and is taken up once when it is accepted again", () => {
  const calls: string[] = [];
  const consumer = {
    pause: async () => void calls.push("pause"),
    resume: async () => void calls.push("resume"),
  };
  const permit = new Permit({ consumer, log: { warn() {}, error() {} } });
  permit.grant();
  expect(permit.granted).toBe(true);
  permit.withdraw();
  permit.withdraw();
  expect(permit.granted).toBe(false);
  permit.grant();
  permit.grant();
  expect(calls).toEqual(["pause", "resume"]);
});
