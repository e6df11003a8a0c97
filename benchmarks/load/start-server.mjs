import "../../packages/server/src/stores/testing/resolve-typescript.mjs";

// Sources in TypeScript, and what they import, can be imported from here on.
export const { startServer } = await import("../../tests/spawn-server.ts");
