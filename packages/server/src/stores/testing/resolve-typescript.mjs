import { existsSync } from "node:fs";
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";

// Lets a process that a test starts run the sources: Node takes the types off, but looks for the `.js` of an import.
registerHooks({
  resolve(specifier, context, nextResolve) {
    if (!specifier.startsWith(".") || !specifier.endsWith(".js")) return nextResolve(specifier, context);
    const source = new URL(specifier.replace(/\.js$/, ".ts"), context.parentURL);
    return nextResolve(existsSync(fileURLToPath(source)) ? source.href : specifier, context);
  },
});
