import { checkTasteModel, type ModelFolder, readModelFolder, tasteFiles } from "@cinedeepmatch/models";
import { startTasteSession } from "../../onnx/taste-session.js";

/** What is wrong with a model's folder, or the model where nothing is. */
export type Validation = { readonly model: ModelFolder } | { readonly problems: readonly string[] };

/** Checks everything that a server would refuse, and runs the model on made-up histories as a worker does. */
export async function validateModel(folder: string): Promise<Validation> {
  const model = await readModelFolder(folder);
  if ("problems" in model) return model;
  const { manifest, files } = model;
  const bytes = (name: string) => files.get(name) ?? new Uint8Array();
  const [taste, item, items] = [bytes(tasteFiles.taste), bytes(tasteFiles.item), bytes(tasteFiles.items)];
  const problems = checkTasteModel(manifest, { taste, item, items });
  if (problems.length > 0) return { problems };
  const { contentModel, dimension, maxEvents } = manifest;
  const sizes = { content: contentModel.dimension, dimension, events: maxEvents };
  try {
    const session = await startTasteSession({ taste, item, sizes });
    await session.close();
    return { model };
  } catch (error) {
    return { problems: [`it does not run: ${(error as Error).message}`] };
  }
}
