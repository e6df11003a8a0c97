import { CineDeepMatchError, createClient, type NodeClient } from "@cinedeepmatch/sdk-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { issueTestToken, runCli } from "./run-cli.js";
import { type SpawnedServer, startServer } from "./spawn-server.js";

const PASSWORD = "correct horse battery";

let server: SpawnedServer;
let owner: NodeClient;
let count = 0;

const clientOf = (token?: string) =>
  createClient({ baseUrl: server.grpcUrl, token, protocol: "grpc", maxRetries: 0, timeoutMs: 20_000 });
const newEmail = () => `person-${++count}@example.com`;
/** Calls come from this machine, where the server believes what a gateway says of their origin. */
const from = (address: string) => ({ headers: { "x-forwarded-for": address } });

async function failure(call: PromiseLike<unknown>): Promise<{ reason: string | undefined; message: string }> {
  const error = await Promise.resolve(call).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(CineDeepMatchError);
  return error as CineDeepMatchError;
}

beforeAll(async () => {
  server = await startServer({ env: { RATE_LIMIT_PUBLIC: "off", RATE_LIMIT_REFUSED: "off" } });
  owner = clientOf(server.token);
}, 120_000);
afterAll(() => server?.stop());

test("a key is exchanged for a token that may do what the key may, and nothing more", async () => {
  const { apiKey, secret } = await owner.accounts.createApiKey({
    displayName: "shop",
    scopes: ["match:read", "token:mint"],
  });
  expect(secret).toMatch(/^cdm_[0-9a-f]{16}_[\w-]{43}$/);
  const { token, refreshToken, userId } = await clientOf().accounts.exchangeApiKey({ secret });
  expect({ refreshToken, userId }).toEqual({ refreshToken: "", userId: "" });
  const shop = clientOf(token);
  expect((await shop.accounts.mintUserToken({ userId: "u" })).token).not.toBe("");
  expect((await failure(shop.accounts.listApiKeys())).reason).toBe("SCOPE_MISSING");
  const listed = (await owner.accounts.listApiKeys().toArray({ limit: 100 })).find(({ id }) => id === apiKey?.id);
  expect(listed?.displayName).toBe("shop");
  expect(listed?.lastUseTime).toBeDefined();
  expect(JSON.stringify(listed, (_, value) => (typeof value === "bigint" ? "" : value))).not.toContain(secret);
});

test("nobody makes a key that may do more than they may", async () => {
  const token = await issueTestToken(server.dataDirectory, ["account:admin", "match:read"]);
  const create = clientOf(token).accounts.createApiKey({ displayName: "x", scopes: ["match:read", "catalog:write"] });
  expect(await failure(create)).toMatchObject({ reason: "SCOPE_MISSING", metadata: { scope: "catalog:write" } });
});

test("a revoked key takes its tokens with it, those that it minted too", async () => {
  const created = await owner.accounts.createApiKey({ displayName: "gone", scopes: ["match:read", "token:mint"] });
  const { token } = await clientOf().accounts.exchangeApiKey({ secret: created.secret });
  const minted = await clientOf(token).accounts.mintUserToken({ userId: "u" });
  await clientOf(minted.token).match({ text: "x" });
  await owner.accounts.revokeApiKey({ id: created.apiKey?.id ?? "" });
  for (const revoked of [token, minted.token]) {
    expect((await failure(clientOf(revoked).match({ text: "x" }))).reason).toBe("TOKEN_REJECTED");
  }
  const { reason, message } = await failure(clientOf().accounts.exchangeApiKey({ secret: created.secret }));
  expect(reason).toBe("CREDENTIALS_REJECTED");
  // A key that never was is refused with the same words.
  const invented = `cdm_0123456789abcdef_${"a".repeat(43)}`;
  expect(await failure(clientOf().accounts.exchangeApiKey({ secret: invented }))).toMatchObject({ reason, message });
  expect((await failure(owner.accounts.revokeApiKey({ id: "nobody" }))).reason).toBe("API_KEY_NOT_FOUND");
});

test("whoever signed up signs in and acts for themselves only", async () => {
  const email = newEmail();
  expect(await clientOf().accounts.signUp({ email, password: PASSWORD })).toMatchObject({});
  const grant = await clientOf().accounts.signIn({ email: email.toUpperCase(), password: PASSWORD });
  const user = clientOf(grant.token);
  await user.match({ text: "x" });
  await user.activity.listEvents({ userId: grant.userId });
  expect((await failure(user.activity.listEvents({ userId: "somebody-else" }))).reason).toBe("USER_MISMATCH");
  expect((await failure(user.catalog.createMovie({ movie: { title: "x" } }))).reason).toBe("SCOPE_MISSING");
});

test("an address with an account is signed up with the same answer, and nothing of it changes", async () => {
  const [email, free] = [newEmail(), newEmail()];
  await clientOf().accounts.signUp({ email, password: PASSWORD });
  const again = await clientOf().accounts.signUp({ email, password: "another password" });
  const first = await clientOf().accounts.signUp({ email: free, password: "another password" });
  expect(again).toEqual(first);
  await clientOf().accounts.signIn({ email, password: PASSWORD });
  const wrong = await failure(clientOf().accounts.signIn({ email, password: "another password" }));
  const unknown = await failure(clientOf().accounts.signIn({ email: newEmail(), password: "another password" }));
  expect(wrong.reason).toBe("CREDENTIALS_REJECTED");
  expect([unknown.reason, unknown.message]).toEqual([wrong.reason, wrong.message]);
});

test("a tenant that is not open takes no sign-ups", async () => {
  const closed = clientOf().accounts.signUp({ email: newEmail(), password: PASSWORD, tenant: "acme" });
  expect((await failure(closed)).reason).toBe("SIGN_UP_CLOSED");
});

test("a refresh token works once; using it again ends the session and its tokens", async () => {
  const email = newEmail();
  await clientOf().accounts.signUp({ email, password: PASSWORD });
  const first = await clientOf().accounts.signIn({ email, password: PASSWORD });
  const other = await clientOf().accounts.signIn({ email, password: PASSWORD });
  const second = await clientOf().accounts.refreshToken({ refreshToken: first.refreshToken });
  expect(second.userId).toBe(first.userId);
  expect(second.refreshToken).not.toBe(first.refreshToken);
  await clientOf(second.token).match({ text: "x" });
  const reuse = await failure(clientOf().accounts.refreshToken({ refreshToken: first.refreshToken }));
  expect(reuse.reason).toBe("CREDENTIALS_REJECTED");
  expect((await failure(clientOf().accounts.refreshToken({ refreshToken: second.refreshToken }))).reason).toBe(
    "CREDENTIALS_REJECTED",
  );
  for (const { token } of [first, second]) {
    expect((await failure(clientOf(token).match({ text: "x" }))).reason).toBe("TOKEN_REJECTED");
  }
  await clientOf(other.token).match({ text: "x" });
});

test("signing out everywhere ends every token and session of the user, and signing in works at once", async () => {
  const email = newEmail();
  await clientOf().accounts.signUp({ email, password: PASSWORD });
  const [phone, laptop] = [
    await clientOf().accounts.signIn({ email, password: PASSWORD }),
    await clientOf().accounts.signIn({ email, password: PASSWORD }),
  ];
  const minted = await owner.accounts.mintUserToken({ userId: phone.userId });
  await clientOf(phone.token).accounts.signOutEverywhere({ userId: phone.userId });
  for (const { token } of [phone, laptop, minted]) {
    expect((await failure(clientOf(token).match({ text: "x" }))).reason).toBe("TOKEN_REJECTED");
  }
  expect((await failure(clientOf().accounts.refreshToken({ refreshToken: laptop.refreshToken }))).reason).toBe(
    "CREDENTIALS_REJECTED",
  );
  const again = await clientOf().accounts.signIn({ email, password: PASSWORD });
  await clientOf(again.token).match({ text: "x" });
});

test("the CLI revokes a token by its id, and a subject's tokens by its name", async () => {
  const flags = ["--data-dir", server.dataDirectory];
  const issued = await runCli(["token", "issue", ...flags, "--subject", "batch"]);
  const [, id = ""] = /--jti": (\S+)/.exec(issued.stderr) ?? [];
  const [one, other] = [
    issued.stdout.trim(),
    await issueTestToken(server.dataDirectory, ["match:read"], ["--subject", "batch"]),
  ];
  await clientOf(one).match({ text: "x" });
  const revoke = (...which: string[]) => runCli(["token", "revoke", ...flags, "--url", server.grpcUrl, ...which]);
  expect(await revoke("--jti", id)).toMatchObject({ code: 0, stdout: expect.stringContaining("Revoked") });
  expect((await failure(clientOf(one).match({ text: "x" }))).reason).toBe("TOKEN_REJECTED");
  await clientOf(other).match({ text: "x" });
  expect((await revoke("--subject", "batch")).code).toBe(0);
  expect((await failure(clientOf(other).match({ text: "x" }))).reason).toBe("TOKEN_REJECTED");
  expect(await revoke()).toMatchObject({ code: 2, stderr: expect.stringContaining("--jti") });
});

test("300 guesses at once are stopped, and the user signs in from elsewhere", async () => {
  const email = newEmail();
  await clientOf().accounts.signUp({ email, password: PASSWORD });
  const attacker = clientOf();
  const guesses = await Promise.all(
    Array.from({ length: 300 }, (_, index) =>
      failure(attacker.accounts.signIn({ email, password: `guess ${index}` }, from("198.51.100.7"))),
    ),
  );
  const tried = guesses.filter(({ reason }) => reason === "CREDENTIALS_REJECTED");
  expect(tried).toHaveLength(5);
  expect(new Set(guesses.map(({ reason }) => reason))).toEqual(new Set(["CREDENTIALS_REJECTED", "TOO_MANY_ATTEMPTS"]));
  const right = clientOf().accounts.signIn({ email, password: PASSWORD }, from("198.51.100.7"));
  expect(await failure(right)).toMatchObject({ reason: "TOO_MANY_ATTEMPTS", retryAfterMs: expect.any(Number) });
  await clientOf().accounts.signIn({ email, password: PASSWORD }, from("203.0.113.9"));
});
