import type { Command, CommanderError } from "commander";
import { ImportFileError } from "../../importing/import-row.js";

/** What every client command ends with. */
export const EXIT = {
  ok: 0,
  failure: 1,
  /** The command line is wrong. */
  usage: 2,
  /** Some rows were rejected. */
  partly: 3,
} as const;

/** The world around a command, for tests to replace. */
export interface CommandContext {
  readonly env: NodeJS.ProcessEnv;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
  /** Ends the process at once. */
  readonly exit: (code: number) => never;
  /** What the process ends with once nothing is left to do. */
  readonly setExitCode: (code: number) => void;
}

/** The world as it is. */
export const processContext: CommandContext = {
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  exit: (code) => process.exit(code),
  setExitCode: (code) => {
    process.exitCode = code;
  },
};

/** A failure whose message says all that the user needs. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly exitCode: number;

  /** @param exitCode one of {@link EXIT} */
  constructor(message: string, exitCode: number = EXIT.failure) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Sends a command's own output, and what is wrong with its command line, where the context wants it. */
export function inContext(command: Command, { stdout, stderr, exit }: CommandContext): Command {
  return command
    .configureOutput({ writeOut: (text) => stdout.write(text), writeErr: (text) => stderr.write(text) })
    .exitOverride((error: CommanderError) => exit(error.exitCode === 0 ? EXIT.ok : EXIT.usage));
}

/** Runs what a command does: its result becomes the exit code, an expected failure a line on stderr. */
export async function runAction(
  { stderr, setExitCode }: CommandContext,
  act: () => Promise<number | undefined>,
): Promise<void> {
  try {
    setExitCode((await act()) ?? EXIT.ok);
  } catch (error) {
    if (!(error instanceof CommandError) && !(error instanceof ImportFileError)) throw error;
    stderr.write(`cinedeepmatch: ${error.message}\n`);
    setExitCode(error instanceof CommandError ? error.exitCode : EXIT.failure);
  }
}

/** The note at the end of each command's help. */
export const EXIT_HELP = `
Exit codes:
  0  done
  1  it failed
  2  the command line is wrong
`;
