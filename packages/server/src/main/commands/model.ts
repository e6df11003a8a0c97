import { toJson } from "@bufbuild/protobuf";
import { ListModelsResponseSchema, type Model, ModelSchema } from "@cinedeepmatch/contract";
import type { NodeClient } from "@cinedeepmatch/sdk-node";
import { type Command, InvalidArgumentError } from "commander";
import { modelKey } from "../../matching/taste-models.js";
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
import { sendModel } from "./send-model.js";
import { showHistory, showModel, showModels } from "./show-models.js";
import { validateModel } from "./validate-model.js";

interface ModelFlags extends ConnectionFlags {
  readonly json?: boolean;
}

interface RegisterFlags extends ModelFlags {
  readonly label?: Record<string, string>;
  readonly activate?: boolean;
}

interface Ref {
  readonly name: string;
  readonly version: string;
}

/** `cinedeepmatch model …`: the registry of models. */
export function addModelCommand(program: Command, context: CommandContext = processContext): void {
  const group = inContext(program.command("model").description("register, try and switch models"), context);
  const add = (name: string, description: string) =>
    inContext(group.command(name).description(description), context)
      .option("--json", "print the answer as JSON")
      .addHelpText("after", EXIT_HELP);
  const change = (name: string, description: string, act: (client: NodeClient, ref: Ref) => Promise<Model>) =>
    addConnectionOptions(add(`${name} <model>`, `${description}; <model> is name@version`)).action(
      (model: string, flags: ModelFlags) =>
        runAction(context, () => answer((c) => act(c, refOf(model)), flags, context)),
    );

  addConnectionOptions(add("list", "list the models and what was done with them")).action((flags: ModelFlags) =>
    runAction(context, () => list(flags, context)),
  );
  change("get", "show a model", (client, ref) => client.models.get(ref));
  add("validate <folder>", "check a model as a server would, and run it").action((folder: string, flags: ModelFlags) =>
    runAction(context, () => validate(folder, flags, context)),
  );
  addConnectionOptions(add("register <folder>", "check, upload and register a model"))
    .option("--label <name=value>", "what to remember of it; may be given several times", toLabels)
    .option("--activate", "make it the one that matches at once")
    .action((folder: string, flags: RegisterFlags) => runAction(context, () => register(folder, flags, context)));
  change("activate", "make a model the one that matches", (client, ref) => client.models.activate(ref));
  addConnectionOptions(
    add("canary <model> <share>", "give a model a share of the traffic, such as 10%; 0 ends it"),
  ).action((model: string, share: string, flags: ModelFlags) =>
    runAction(context, () => {
      const request = { ...refOf(model), trafficShare: toShare(share) };
      return answer((client) => client.models.canary(request), flags, context);
    }),
  );
  addConnectionOptions(add("shadow <model>", "have a model rank unseen beside the one that answers"))
    .option("--stop", "end it")
    .action((model: string, flags: ModelFlags & { stop?: boolean }) =>
      runAction(context, () => {
        const request = { ...refOf(model), stop: flags.stop === true };
        return answer((client) => client.models.shadow(request), flags, context);
      }),
    );
  addConnectionOptions(add("rollback", "take back the canary or, without one, the last activation")).action(
    (flags: ModelFlags) => runAction(context, () => answer((client) => client.models.rollBack({}), flags, context)),
  );
}

async function list(flags: ModelFlags, { env, stdout }: CommandContext): Promise<undefined> {
  const response = await withClient(flags, env, (client) => client.models.list());
  if (flags.json) stdout.write(`${JSON.stringify(toJson(ListModelsResponseSchema, response), undefined, 2)}\n`);
  else stdout.write(showModels(response.models) + showHistory(response.history));
}

async function answer(
  act: (client: NodeClient) => Promise<Model>,
  flags: ModelFlags,
  { env, stdout }: CommandContext,
): Promise<undefined> {
  const model = await withClient(flags, env, act);
  stdout.write(flags.json ? `${JSON.stringify(toJson(ModelSchema, model), undefined, 2)}\n` : showModel(model));
}

async function validate(folder: string, flags: ModelFlags, { stdout }: CommandContext): Promise<number> {
  const found = await validateModel(folder);
  const problems = "problems" in found ? found.problems : [];
  if (flags.json) stdout.write(`${JSON.stringify({ valid: problems.length === 0, problems })}\n`);
  else if ("model" in found)
    stdout.write(`${modelKey(found.model.manifest)} is good: it loads, runs and keeps the contract.\n`);
  else stdout.write(`${problems.join("\n")}\n`);
  return problems.length === 0 ? EXIT.ok : EXIT.failure;
}

async function register(folder: string, flags: RegisterFlags, context: CommandContext): Promise<undefined> {
  const found = await validateModel(folder);
  if ("problems" in found) throw new CommandError(`The model breaks the contract:\n${found.problems.join("\n")}`);
  const { stderr } = context;
  await answer(
    async (client) => {
      const model = await sendModel(client, found.model, { labels: flags.label ?? {} }, (file) => {
        stderr.write(`${file} is there\n`);
      });
      const { name, version } = model;
      return flags.activate ? client.models.activate({ name, version }) : model;
    },
    flags,
    context,
  );
}

/** `name@version` */
function refOf(text: string): Ref {
  const at = text.lastIndexOf("@");
  if (at > 0 && at < text.length - 1) return { name: text.slice(0, at), version: text.slice(at + 1) };
  throw new CommandError(`"${text}" is no model: write name@version.`, EXIT.usage);
}

/** `10%` or `0.1` */
function toShare(text: string): number {
  const share = text.endsWith("%") ? Number(text.slice(0, -1)) / 100 : Number(text);
  if (text !== "" && share >= 0 && share <= 1) return share;
  throw new CommandError(`"${text}" is no share: write 10% or 0.1.`, EXIT.usage);
}

function toLabels(text: string, before: Record<string, string> = {}): Record<string, string> {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("Write name=value.");
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}
