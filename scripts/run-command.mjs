import { spawn } from "node:child_process";
import { constants } from "node:os";

/** Says one line to the person at the terminal. Not on stdout, which belongs to the command. */
export function note(line) {
  process.stderr.write(`cinedeepmatch: ${line}\n`);
}

/**
 * Runs a command to its end. A signal sent to this process reaches the command, and this process outlives it.
 *
 * @param options.env - its environment
 * @param options.quiet - keeps its output back and shows it only when it fails
 * @returns its exit code; 128 and the signal's number when a signal ended it, as shells have it
 */
export function runCommand(command, args, { env, quiet = false }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, stdio: quiet ? ["ignore", "pipe", "pipe"] : "inherit" });
    const output = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => output.push(chunk));
    const stopForwarding = forwardSignals(child);
    child.once("error", (error) => {
      stopForwarding();
      reject(error);
    });
    child.once("close", (code, signal) => {
      stopForwarding();
      if (code !== 0 && signal === null) process.stderr.write(Buffer.concat(output));
      resolve(code ?? 128 + constants.signals[signal]);
    });
  });
}

function forwardSignals(child) {
  const forward = (signal) => {
    // Ctrl-C in a terminal goes to every process of the command line, so the child has it already, and a second one
    // would tell it to drop everything. Elsewhere a SIGINT may have gone to all of them as well: a SIGTERM asks for the
    // same, and to ask twice in two ways is still to ask once.
    if (signal !== "SIGINT") child.kill(signal);
    else if (!process.stdin.isTTY && !process.stderr.isTTY) child.kill("SIGTERM");
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, forward);
  return () => {
    for (const signal of signals) process.off(signal, forward);
  };
}
