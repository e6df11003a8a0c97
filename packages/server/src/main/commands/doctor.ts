import { resolve } from "node:path";
import type { Command } from "commander";
import { type Config, readConfig } from "../config.js";
import { checkDataDirectory } from "../doctor/check-data-directory.js";
import { checkDatabases } from "../doctor/check-databases.js";
import { checkKeys } from "../doctor/check-keys.js";
import { checkModels } from "../doctor/check-models.js";
import { checkNode } from "../doctor/check-node.js";
import { checkPorts, originOf } from "../doctor/check-ports.js";
import { checkRedis } from "../doctor/check-redis.js";
import { checkServer } from "../doctor/check-server.js";
import { checkToken } from "../doctor/check-token.js";
import { type Check, type Finding, findingsOf, type Patient } from "../doctor/finding.js";
import { readSecretFiles } from "../read-secret-files.js";
import {
  type CommandContext,
  CommandError,
  EXIT,
  EXIT_HELP,
  inContext,
  processContext,
  runAction,
} from "./command-context.js";
import { plain } from "./format-table.js";

interface DoctorFlags {
  readonly dataDir?: string;
  readonly host?: string;
  readonly gatewayPort?: string;
  readonly grpcPort?: string;
  readonly url?: string;
  readonly token?: string;
  readonly json?: boolean;
}

const CHECKS: readonly (readonly [name: string, check: Check])[] = [
  ["node", () => checkNode()],
  ["ports", checkPorts],
  ["data directory", checkDataDirectory],
  ["keys", checkKeys],
  ["token", (patient) => checkToken(patient)],
  ["models", () => checkModels()],
  ["redis", checkRedis],
  ["databases", checkDatabases],
  ["server", checkServer],
];

const HELP = `
It looks at this machine with the flags and the environment that the server would be started with, and at the server,
if one runs. It changes nothing.
${EXIT_HELP.replace("1  it failed", "1  something is wrong")}`;

/** `cinedeepmatch doctor`: looks for what is wrong and says what to do. */
export function addDoctorCommand(program: Command, context: CommandContext = processContext): void {
  inContext(program.command("doctor").description("look for what is wrong, and say what to do"), context)
    .option("--data-dir <folder>", "the server's data directory (default: $CINEDEEPMATCH_DATA_DIR or ./.data)")
    .option("--host <address>", "address that it listens on (default: $HOST or 127.0.0.1)")
    .option("--gateway-port <port>", "port of the gateway (default: $GATEWAY_PORT or 8080)")
    .option("--grpc-port <port>", "port of the gRPC server (default: $GRPC_PORT or 9090)")
    .option("--url <url>", "address of a gRPC server that should answer (default: $CINEDEEPMATCH_URL)")
    .option("--token <token>", "token to ask it with (default: $CINEDEEPMATCH_TOKEN or the data directory's)")
    .option("--json", "print the findings as JSON")
    .addHelpText("after", HELP)
    .action((flags: DoctorFlags) => runAction(context, () => examine(flags, context)));
}

async function examine(flags: DoctorFlags, { env, stdout }: CommandContext): Promise<number> {
  const patient = patientOf(flags, env);
  const findings: Finding[] = [];
  for (const [name, check] of CHECKS) findings.push(...(await run(name, check, patient)));
  const isWell = findings.every(({ status }) => status !== "problem");
  stdout.write(flags.json ? `${JSON.stringify({ ok: isWell, findings })}\n` : report(findings));
  return isWell ? EXIT.ok : EXIT.failure;
}

/** One part that cannot be looked at must not hide the others. */
async function run(name: string, check: Check, patient: Patient): Promise<readonly Finding[]> {
  try {
    return await check(patient);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [findingsOf(name).problem(`It could not be looked at: ${why}`, "Correct that, and ask again.")];
  }
}

function patientOf(flags: DoctorFlags, given: NodeJS.ProcessEnv): Patient {
  const config = configOf(flags, given);
  const named = flags.url ?? (given.CINEDEEPMATCH_URL || undefined);
  return {
    config,
    env: readSecretFiles(given),
    url: named ?? originOf(config.host, config.grpcPort),
    isUrlGiven: named !== undefined,
    token: flags.token ?? (given.CINEDEEPMATCH_TOKEN || undefined),
  };
}

/** What the server itself would refuse to start with is the first finding, and there is nothing to look at without it. */
function configOf({ dataDir, host, gatewayPort, grpcPort }: DoctorFlags, given: NodeJS.ProcessEnv): Config {
  const flags = {
    CINEDEEPMATCH_DATA_DIR: dataDir && resolve(dataDir),
    HOST: host,
    GATEWAY_PORT: gatewayPort,
    GRPC_PORT: grpcPort,
  };
  const set = Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
  try {
    return readConfig({ ...given, ...set });
  } catch (error) {
    throw new CommandError(`The configuration is wrong: ${(error as Error).message}`);
  }
}

const MARKS = { ok: "ok     ", warning: "warning", problem: "PROBLEM" } as const;

function report(findings: readonly Finding[]): string {
  const lines = findings.flatMap(({ check, status, message, remedy }) => [
    `${MARKS[status]}  ${check.padEnd(14)}  ${plain(message)}`,
    ...(remedy === undefined ? [] : [`${" ".repeat(25)}→ ${plain(remedy)}`]),
  ]);
  const problems = findings.filter(({ status }) => status === "problem").length;
  const verdict =
    problems === 0 ? "Nothing is wrong." : `${problems} ${problems === 1 ? "thing is" : "things are"} wrong.`;
  return `${[...lines, "", verdict].join("\n")}\n`;
}
