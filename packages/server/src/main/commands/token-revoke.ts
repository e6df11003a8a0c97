import { type Command, Option } from "commander";
import {
  type CommandContext,
  CommandError,
  EXIT,
  EXIT_HELP,
  inContext,
  processContext,
  runAction,
} from "./command-context.js";
import { addConnectionOptions, type ConnectionFlags, withClient } from "./connection.js";

interface RevokeFlags extends ConnectionFlags {
  readonly jti?: string;
  readonly subject?: string;
  readonly user?: string;
}

/** `cinedeepmatch token revoke`: has a running server refuse tokens. */
export function addTokenRevokeCommand(token: Command, context: CommandContext = processContext): void {
  const command = token.command("revoke").description("have a running server refuse tokens from now on");
  addConnectionOptions(inContext(command, context))
    .addOption(new Option("--jti <id>", "the token with this id").conflicts(["subject", "user"]))
    .addOption(new Option("--subject <name>", "all tokens of this subject, such as key:<id>").conflicts(["user"]))
    .option("--user <id>", "all tokens bound to this user, and the user's sessions")
    .addHelpText("after", EXIT_HELP)
    .action((flags: RevokeFlags) => runAction(context, () => revoke(flags, context)));
}

async function revoke(flags: RevokeFlags, { env, stdout }: CommandContext): Promise<undefined> {
  const target = targetOf(flags);
  await withClient(flags, env, (client) => client.accounts.revokeTokens({ target }));
  stdout.write("Revoked. Every server refuses these tokens within two seconds.\n");
}

function targetOf({ jti, subject, user }: RevokeFlags) {
  if (jti !== undefined) return { case: "tokenId", value: jti } as const;
  if (subject !== undefined) return { case: "subject", value: subject } as const;
  if (user !== undefined) return { case: "userId", value: user } as const;
  throw new CommandError("Say which tokens: --jti, --subject or --user.", EXIT.usage);
}
