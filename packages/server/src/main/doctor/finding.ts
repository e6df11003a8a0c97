import type { Config } from "../config.js";

/** One thing that was looked at, and what to do about it. */
export interface Finding {
  /** What was looked at, for example `token`. */
  readonly check: string;
  /** `problem`: something does not work. `warning`: it works, and may not for long or not as meant. */
  readonly status: "ok" | "warning" | "problem";
  /** What was found, as a sentence. */
  readonly message: string;
  /** What to do; only for warnings and problems. */
  readonly remedy?: string;
}

/** Whom the doctor sees. */
export interface Patient {
  readonly config: Config;
  readonly env: NodeJS.ProcessEnv;
  /** The gRPC server's address, and whether somebody named it: one that was named should answer. */
  readonly url: string;
  readonly isUrlGiven: boolean;
  /** A token that was given; the data directory's own unless set. */
  readonly token: string | undefined;
}

/** Looks at one part. Throws only where the doctor itself is at fault. */
export type Check = (patient: Patient) => Promise<readonly Finding[]>;

/** The findings of one part. */
export function findingsOf(check: string) {
  return {
    ok: (message: string): Finding => ({ check, status: "ok", message }),
    warning: (message: string, remedy: string): Finding => ({ check, status: "warning", message, remedy }),
    problem: (message: string, remedy: string): Finding => ({ check, status: "problem", message, remedy }),
  };
}
