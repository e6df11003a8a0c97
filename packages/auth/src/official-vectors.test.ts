import { existsSync, readFileSync } from "node:fs";
import { InvalidTokenError, LocalDecrypt, LocalProtocol } from "paseto";
import { describe, expect, test } from "vitest";
import { formatLocalPaserk, localKeyId, parseLocalPaserk } from "./paserk.js";
import { decodeBody, joinFrame, splitFrame } from "./token-frame.js";
import { V4Local } from "./v4-local.js";

const folder = new URL("../../../../shared/data/paseto-test-vectors/", import.meta.url);

interface Vector {
  readonly name: string;
  readonly "expect-fail": boolean;
  readonly key: string | null;
  readonly nonce: string;
  readonly token: string;
  readonly payload: string | null;
  readonly footer: string;
  readonly "implicit-assertion": string;
  readonly paserk: string | null;
}

function vectors(file: string): readonly Vector[] {
  return JSON.parse(readFileSync(new URL(file, folder), "utf8")).tests;
}

const hex = (text: string | null) => Uint8Array.from(Buffer.from(text ?? "", "hex"));

/** The `paseto` package over our cipher, with the key bytes of the vector. */
const protocol = new LocalProtocol(
  LocalDecrypt<4, typeof key>({
    version: 4,
    async run(_key, body, footer, implicit) {
      const message = current.decrypt(body, footer, implicit);
      if (message === undefined) throw new InvalidTokenError();
      return message;
    },
  }),
);
const key = { algorithm: { name: "vector" }, type: "secret", extractable: false } as const;
let current: V4Local;

function decryptAlone({ token, ...vector }: Vector): string | undefined {
  const frame = splitFrame(token.split(".").length === 3 ? `${token}.e30` : token);
  const body = frame && decodeBody(frame.bodyText);
  const message = body && current.decrypt(body, Buffer.from(vector.footer), Buffer.from(vector["implicit-assertion"]));
  return message && Buffer.from(message).toString();
}

if (!existsSync(folder)) {
  test.skip("official PASETO vectors: SKIPPED, ../shared/data/paseto-test-vectors is not beside this repository", () => {});
} else {
  describe("official PASETO vectors", () => {
    const tokens = vectors("v4.json").filter(({ name }) => /^4-[EF]-/.test(name));
    const good = tokens.filter((vector) => !vector["expect-fail"]);
    const bad = tokens.filter((vector) => vector["expect-fail"]);

    test.each(good)("$name is encrypted and decrypted", async (vector) => {
      current = new V4Local(hex(vector.key));
      const [message, footer, implicit] = [vector.payload ?? "", vector.footer, vector["implicit-assertion"]].map(
        (part) => Uint8Array.from(Buffer.from(part)),
      ) as [Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>];
      const token = joinFrame(
        current.encrypt(message, footer, implicit, hex(vector.nonce)),
        Buffer.from(footer).toString("base64url"),
      );
      expect(vector.footer === "" ? token.slice(0, -1) : token).toBe(vector.token);
      const options = { footer, implicitAssertion: implicit, now: new Date("2021-06-01") };
      const { claims } = await protocol.Decrypt(key, vector.token, options);
      expect(claims).toEqual(JSON.parse(vector.payload ?? ""));
      expect(decryptAlone(vector)).toBe(vector.payload);
    });

    test.each(bad)("$name is refused", async (vector) => {
      // 4-F-1 is meant for v4.public and has no local key; any will do, since v4.local must refuse it too.
      current = new V4Local(vector.key ? hex(vector.key) : new Uint8Array(32));
      const implicitAssertion = Uint8Array.from(Buffer.from(vector["implicit-assertion"]));
      const options = { implicitAssertion, now: new Date("2021-06-01") };
      await expect(protocol.Decrypt(key, vector.token, options)).rejects.toBeInstanceOf(InvalidTokenError);
      expect(decryptAlone(vector)).toBeUndefined();
    });

    test.each(vectors("k4.local.json"))("$name", (vector) => {
      if (vector["expect-fail"]) return expect(() => parseLocalPaserk(vector.paserk ?? "")).toThrow("k4.local");
      expect(formatLocalPaserk(hex(vector.key))).toBe(vector.paserk);
      expect(Buffer.from(parseLocalPaserk(vector.paserk ?? "")).toString("hex")).toBe(vector.key);
    });

    test.each(vectors("k4.lid.json"))("$name", (vector) => {
      if (vector["expect-fail"]) return expect(() => localKeyId(hex(vector.key))).toThrow("k4.local");
      expect(localKeyId(hex(vector.key))).toBe(vector.paserk);
    });

    test("are all here: 9 to pass and 5 to fail for v4.local", () => {
      expect([good.length, bad.length]).toEqual([9, 5]);
    });
  });
}
