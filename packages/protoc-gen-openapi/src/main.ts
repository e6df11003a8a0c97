import { createEcmaScriptPlugin, runNodeJs, type Schema } from "@bufbuild/protoplugin";
import { buildDocument } from "./document.ts";

/** Writes `openapi.json`. Needs `strategy: all`, so that one document describes all files, and `opt: target=ts`. */
const plugin = createEcmaScriptPlugin({
  name: "protoc-gen-openapi",
  version: "v1",
  generateTs(schema: Schema) {
    schema.generateFile("openapi.json").print(JSON.stringify(buildDocument(schema), null, 2));
  },
});

runNodeJs(plugin);
