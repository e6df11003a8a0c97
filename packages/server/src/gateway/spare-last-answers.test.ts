import { once } from "node:events";
import { createServer, get, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test, vi } from "vitest";
import { spareLastAnswers } from "./spare-last-answers.js";

const LENGTH = 64 * 1024 * 1024;

test("an answer that is on its way out when the server closes arrives whole, and then the connection ends", async () => {
  const end = vi.fn();
  const server = createServer((_request, answer) => answer.end(Buffer.alloc(LENGTH), end));
  spareLastAnswers(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const call = get({ host: "127.0.0.1", port, headers: { connection: "keep-alive" } });
  const [answer] = (await once(call, "response")) as [IncomingMessage];
  const closed = once(server, "close");
  server.close();
  expect(end).not.toHaveBeenCalled();
  let length = 0;
  for await (const chunk of answer) length += chunk.length;
  expect(length).toBe(LENGTH);
  await closed;
});
