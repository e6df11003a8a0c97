import { describe, test } from "vitest";

/**
 * Runs tests that need a server; skips them, under a name that says why, where there is none. In CI there must be one.
 *
 * @param variable what holds the server's URL
 */
export function needsServer(variable: string, tests: (url: string) => void): void {
  const url = process.env[variable];
  if (url) {
    tests(url);
    return;
  }
  describe(`tests that need a server (${variable})`, () => {
    test.skipIf(!process.env.CI)(`are skipped unless ${variable} is set`, () => {
      throw new Error(`${variable} must be set where CI is`);
    });
  });
}
