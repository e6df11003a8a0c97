import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const gateway = process.env.GATEWAY ?? "http://localhost:8080";
const proxy = { "^/cinedeepmatch\\.v1\\.": gateway, "/demo/": gateway };

export default defineConfig({
  plugins: [react()],
  server: { proxy },
  preview: { proxy },
});
