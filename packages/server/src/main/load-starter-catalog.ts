import { createClient } from "@cinedeepmatch/sdk-node";
import { importFile } from "../importing/import-file.js";
import { createProgress } from "../importing/progress.js";
import type { ImportProblem } from "../importing/row-tally.js";
import { STARTER_CATALOG } from "./starter-catalog.js";

/** Imports the catalogue that ships with the server, as any client would; does nothing where that was done before. */
export async function loadStarterCatalog(
  server: { readonly grpcUrl: string; readonly token: string },
  { quiet }: { quiet: boolean },
): Promise<void> {
  const client = createClient({ baseUrl: server.grpcUrl, token: server.token, protocol: "grpc" });
  const progress = createProgress(process.stderr, quiet);
  const onProblem = ({ row, problem }: ImportProblem) => progress.note(`row ${row}: ${problem}`);
  await importFile({ client, path: STARTER_CATALOG, progress, onProblem });
}
