import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// `npm start` serves the built page from the gateway. While working on the page, `pnpm dev` serves it from here and
// passes calls on to that gateway.
const gateway = "http://localhost:8080";

export default defineConfig({
  plugins: [react()],
  build: { modulePreload: { polyfill: false } },
  server: { proxy: { "^/cinedeepmatch\\.v1\\.": gateway, "/demo/": gateway } },
});
