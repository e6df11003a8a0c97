import { Command } from "commander";
import { addBackupCommand } from "./commands/backup.js";
import { addDoctorCommand } from "./commands/doctor.js";
import { addEvalCommand } from "./commands/eval.js";
import { addImportCommand } from "./commands/import.js";
import { addKeysCommand } from "./commands/keys.js";
import { addLearnCommand } from "./commands/learn.js";
import { addMatchCommand } from "./commands/match.js";
import { addModelCommand } from "./commands/model.js";
import { addMovieCommand } from "./commands/movie.js";
import { addQueueCommand } from "./commands/queue.js";
import { addRestoreCommand } from "./commands/restore.js";
import { addServeCommand } from "./commands/serve.js";
import { addStatusCommand } from "./commands/status.js";
import { addTokenCommand } from "./commands/token.js";

/** The command line with all of its commands. */
export function createProgram(): Command {
  const program = new Command("cinedeepmatch")
    .description("Match movies by text, by example and by taste, on your own server.")
    .showHelpAfterError()
    .showSuggestionAfterError();
  addServeCommand(program);
  addImportCommand(program);
  addMatchCommand(program);
  addMovieCommand(program);
  addModelCommand(program);
  addLearnCommand(program);
  addStatusCommand(program);
  addDoctorCommand(program);
  addQueueCommand(program);
  addBackupCommand(program);
  addRestoreCommand(program);
  addTokenCommand(program);
  addKeysCommand(program);
  addEvalCommand(program);
  return program;
}
