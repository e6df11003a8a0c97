import { loadManifest, ModelFileError, modelNames } from "@cinedeepmatch/models";
import { type Finding, findingsOf } from "./finding.js";

/** Whether the models' files are the shipped ones, byte for byte. */
export async function checkModels(assets?: URL): Promise<readonly Finding[]> {
  const { ok, problem } = findingsOf("models");
  const findings: Finding[] = [];
  for (const name of modelNames) {
    try {
      const model = await loadManifest(name, assets);
      const files = Object.keys(model.manifest.files);
      for (const file of files) await model.read(file);
      findings.push(ok(`${name} ${model.manifest.version}: ${files.length} files are as shipped.`));
    } catch (error) {
      if (!(error instanceof ModelFileError)) throw error;
      findings.push(
        problem(`${name}: ${error.message}.`, "Install CineDeepMatch anew, or restore the file with git checkout."),
      );
    }
  }
  return findings;
}
