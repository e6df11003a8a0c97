#!/usr/bin/env node
import { createProgram } from "./program.js";

// ONNX Runtime would otherwise report its use to its maker. Set before anything loads it.
process.env.ORT_DISABLE_TELEMETRY ??= "1";

await createProgram().parseAsync();
