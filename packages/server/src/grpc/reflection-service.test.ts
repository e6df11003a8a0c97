import { fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { reflection } from "@cinedeepmatch/contract/grpc";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { expect, test } from "vitest";
import { SERVICES } from "./services.js";
import { startTestGrpcServer } from "./start-grpc-server.test.support.js";

type Question = reflection.ServerReflectionRequest["messageRequest"];

/** Asks as gRPC's own tools do, by a stream. */
async function ask(...questions: Question[]) {
  const server = await startTestGrpcServer();
  const client = createClient(reflection.ServerReflection, createGrpcTransport({ baseUrl: server.url }));
  async function* requests() {
    for (const messageRequest of questions) yield { host: "here", messageRequest };
  }
  const headers = { authorization: `Bearer ${await server.token({ scopes: [] })}` };
  const answers: reflection.ServerReflectionResponse["messageResponse"][] = [];
  for await (const { messageResponse } of client.serverReflectionInfo(requests(), { headers }))
    answers.push(messageResponse);
  return answers;
}

const namesOf = (answer: Awaited<ReturnType<typeof ask>>[number] | undefined) =>
  answer?.case === "fileDescriptorResponse"
    ? answer.value.fileDescriptorProto.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes).name)
    : [];

test("a gRPC client lists every service that the port serves", async () => {
  const [answer] = await ask({ case: "listServices", value: "*" });
  const listed = answer?.case === "listServicesResponse" ? answer.value.service.map(({ name }) => name) : [];
  expect(listed).toEqual(SERVICES.map(({ typeName }) => typeName));
});

test.each(["cinedeepmatch.v1.MatchService", "cinedeepmatch.v1.MatchService.Match", "cinedeepmatch.v1.MatchRequest"])(
  "the file of %s comes after those that it imports",
  async (symbol) => {
    const [answer] = await ask({ case: "fileContainingSymbol", value: symbol });
    const names = namesOf(answer);
    expect(names).toContain("google/protobuf/duration.proto");
    expect(names.at(-1)).toMatch(/^cinedeepmatch\/v1\//);
  },
);

test("one stream answers many questions, and unknown ones without ending", async () => {
  const [unknown, file, extension, strange] = await ask(
    { case: "fileContainingSymbol", value: "no.such.Thing" },
    { case: "fileByFilename", value: "cinedeepmatch/v1/match_service.proto" },
    {
      case: "fileContainingExtension",
      value: { containingType: "google.protobuf.MethodOptions", extensionNumber: 50260 } as never,
    },
    { case: "fileByFilename", value: "../../etc/passwd" },
  );
  const notFound = { case: "errorResponse", value: { errorCode: Code.NotFound, errorMessage: "not found" } };
  expect(unknown).toMatchObject(notFound);
  expect(namesOf(file)).toContain("cinedeepmatch/v1/match_service.proto");
  expect(namesOf(extension)).toContain("cinedeepmatch/v1/authorization.proto");
  expect(strange).toMatchObject(notFound);
});

test("nobody without a token learns what is served", async () => {
  const server = await startTestGrpcServer();
  const client = createClient(reflection.ServerReflection, createGrpcTransport({ baseUrl: server.url }));
  async function* requests() {
    yield { messageRequest: { case: "listServices", value: "" } as const };
  }
  const answers = (async () => {
    for await (const _ of client.serverReflectionInfo(requests()));
  })();
  const error = await answers.catch((thrown: unknown) => ConnectError.from(thrown));
  expect(error).toMatchObject({ code: Code.Unauthenticated });
});
