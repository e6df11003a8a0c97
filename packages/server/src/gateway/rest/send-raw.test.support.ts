import { type IncomingHttpHeaders, request } from "node:http";
import { text } from "node:stream/consumers";
import type { JsonValue } from "@bufbuild/protobuf";

/** An HTTP answer that was read to its end. */
export interface RawAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  json: JsonValue;
}

/** Sends a request with exactly this path: `fetch` would resolve `..` and `%2e` in it. */
export async function sendRaw(
  port: number,
  method: string,
  path: string,
  { body, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {},
): Promise<RawAnswer> {
  const data = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  return await new Promise((resolve, reject) => {
    const call = request(
      {
        host: "127.0.0.1",
        port,
        method,
        path,
        headers: {
          ...(data !== undefined && {
            "content-type": "application/json",
            "content-length": String(Buffer.byteLength(data)),
          }),
          ...headers,
        },
      },
      async (answer) => {
        const body = await text(answer);
        const isJson = answer.headers["content-type"]?.startsWith("application/json");
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          text: body,
          json: isJson && body !== "" ? JSON.parse(body) : null,
        });
      },
    );
    call.on("error", reject);
    call.end(data);
  });
}
