import { Code, type ConnectError } from "@connectrpc/connect";

// Node's names for a connection that could not be made or did not last, those of its fetch (UND_ERR_…) included.
const NODE_CODE =
  /^(E(CONN(REFUSED|RESET|ABORTED)|PIPE|TIMEDOUT|HOSTUNREACH|NETUNREACH|NETDOWN|AI_AGAIN|NOTFOUND)|ENOTFOUND|UND_ERR_(SOCKET|CONNECT_TIMEOUT|CLOSED|DESTROYED)|ERR_HTTP2_(GOAWAY_SESSION|INVALID_(SESSION|STREAM)|SESSION_ERROR|STREAM_CANCEL|STREAM_ERROR)|ERR_STREAM_(PREMATURE_CLOSE|DESTROYED)|HPE_.*)$/;

// What fetch rejects with, in the words of Chromium, Firefox, WebKit and Node. All of them are plain TypeErrors, and so
// are mistakes in a caller's interceptor, which must not pass for a broken network.
const FETCH_MESSAGE =
  /^(Failed to fetch|NetworkError when attempting to fetch resource|Load failed|The network connection was lost|network error|Error in (body|input) stream|fetch failed|terminated)/i;

/**
 * Whether the call failed because the server could not be reached or the connection broke. Each transport reports that
 * in its own way: connect-web as `unknown`, connect-node as `unavailable`, `aborted`, `internal` or even `canceled`.
 */
export function isNetworkFailure(error: ConnectError): boolean {
  if (error.details.length > 0) return false;
  if (isStreamReset(error) || isCutShort(error)) return true;
  for (let cause = error.cause, depth = 0; cause instanceof Error && depth < 8; cause = cause.cause, depth++) {
    if (cause instanceof TypeError && FETCH_MESSAGE.test(cause.message)) return true;
    if ("code" in cause && typeof cause.code === "string" && NODE_CODE.test(cause.code)) return true;
  }
  return false;
}

// A connection that goes away takes its HTTP/2 streams along, which shows as a reset with CANCEL. Where it was the
// caller who cancelled, the error is never read: see CallClock.
function isStreamReset({ code, rawMessage }: ConnectError): boolean {
  if (code !== Code.Canceled && code !== Code.Internal) return false;
  return rawMessage.startsWith("http/2 stream closed with error code");
}

// A stream that ends without its last envelope was cut by something in between.
function isCutShort({ rawMessage }: ConnectError): boolean {
  return rawMessage.endsWith("missing EndStreamResponse");
}
