/** How a caller speaks to a method, which decides how a failure must be written for the caller to understand it. */
export type RpcProtocol = "connect-unary" | "connect-stream" | "grpc-web" | "grpc";

/** Reads the protocol off a request's content type. A GET, which has none, is unary Connect. */
export function rpcProtocolOf(contentType: string | undefined): RpcProtocol {
  const type = (contentType ?? "").trim().toLowerCase();
  if (type.startsWith("application/grpc-web")) return "grpc-web";
  if (type.startsWith("application/connect+")) return "connect-stream";
  if (/^application\/grpc($|[+; ])/.test(type)) return "grpc";
  return "connect-unary";
}

/** Tells whether a path has the shape `/package.Service/Method`, whether or not such a method exists. */
export function isRpcPath(url: string): boolean {
  return /^\/(?:[A-Za-z_]\w*\.)+[A-Za-z_]\w*\/[A-Za-z_]\w*(?:\?|$)/.test(url);
}
