import { Transform } from "node:stream";
import { bodyTooLarge } from "./gateway-error.js";

/** Passes a body on until it grows beyond a limit, then fails. */
export function limitBody(limitBytes: number): Transform {
  let seen = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen += chunk.length;
      if (seen > limitBytes) done(bodyTooLarge(limitBytes));
      else done(null, chunk);
    },
  });
}
