import { create, toBinary } from "@bufbuild/protobuf";
import { CatalogService, type Client, WatchMatchJobResponseSchema } from "@cinedeepmatch/sdk-core";
import { encodeEnvelope } from "@connectrpc/connect/protocol";
import { expect, test } from "vitest";
import { createClient } from "./create-client.js";

const JOB = toBinary(
  WatchMatchJobResponseSchema,
  create(WatchMatchJobResponseSchema, { update: { case: "job", value: { requestCount: 2 } } }),
);
const end = (message: object) => encodeEnvelope(0b10, new TextEncoder().encode(JSON.stringify(message)));

/** A client of a server whose stream is these bytes. */
function clientOf(...parts: Uint8Array<ArrayBuffer>[]): Client {
  const headers = { "content-type": "application/connect+proto", "x-request-id": "r" };
  return createClient({ baseUrl: "/", fetch: async () => new Response(new Blob(parts), { headers }) });
}

async function watch(client: Client): Promise<number[]> {
  const counts: number[] = [];
  for await (const { update } of client.matchJobs.watch({ id: "j" }, { maxRetries: 0 })) {
    if (update.case === "job") counts.push(update.value.requestCount);
  }
  return counts;
}

test("a stream is read to its end, wherever its bytes were parted", async () => {
  const bytes = [encodeEnvelope(0, JOB), encodeEnvelope(0, JOB), end({})].flatMap((part) => [...part]);
  expect(await watch(clientOf(Uint8Array.from(bytes)))).toEqual([2, 2]);
  expect(await watch(clientOf(...bytes.map((byte) => Uint8Array.of(byte))))).toEqual([2, 2]);
});

test("a stream without an end was cut short by something in between", async () => {
  const cut = watch(clientOf(encodeEnvelope(0, JOB)));
  await expect(cut).rejects.toMatchObject({ code: "unavailable", retryable: true });
});

test("a stream that ends with an error tells it, with the request's id", async () => {
  const late = clientOf(encodeEnvelope(0, JOB), end({ error: { code: "not_found", message: "gone" } }));
  await expect(watch(late)).rejects.toMatchObject({ code: "not_found", message: "gone", requestId: "r" });
});

test("a compressed message, which was not asked for, and one that is none are internal errors", async () => {
  await expect(watch(clientOf(encodeEnvelope(0b01, JOB)))).rejects.toMatchObject({ code: "internal" });
  const noMessage = clientOf(encodeEnvelope(0, Uint8Array.of(255)));
  await expect(watch(noMessage)).rejects.toMatchObject({
    code: "internal",
    message: expect.stringMatching(/^parse binary/),
  });
});

test("a value out of its field's range is the caller's mistake", async () => {
  const match = clientOf().match({ text: "x", pageSize: 2 ** 40 });
  await expect(match).rejects.toMatchObject({ code: "invalid_argument" });
});

test("a stream of requests is refused: browsers cannot send one", async () => {
  const importMovies = clientOf().rpc(CatalogService).importMovies;
  const all = async () => {
    for await (const _ of importMovies((async function* () {})()));
  };
  await expect(all()).rejects.toThrow("ImportMovies takes a stream of requests");
});
