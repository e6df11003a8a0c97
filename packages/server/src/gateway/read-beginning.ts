import type { IncomingMessage } from "node:http";

/** The beginning of a body, and whether that is all of it. */
export interface Beginning {
  readonly bytes: Buffer;
  readonly isWhole: boolean;
}

/** Reads a body until it has ended or is longer than `limitBytes`; what remains can be read from it. */
export function readBeginning(body: IncomingMessage, limitBytes: number): Promise<Beginning> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const end = (isWhole: boolean) => {
      body.off("data", take).off("end", onEnd).off("error", reject).off("close", onClose);
      resolve({ bytes: chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks), isWhole });
    };
    const take = (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length <= limitBytes) return;
      body.pause();
      end(false);
    };
    const onEnd = () => end(true);
    const onClose = () => reject(new Error("The request was cut off."));
    body.on("data", take).once("end", onEnd).once("error", reject).once("close", onClose);
  });
}
