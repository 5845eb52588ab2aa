import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// `npm run dev` shows the sources as they are edited and asks a running `puhui serve` (PUHUI_SERVER) for the rest.
const server = process.env.PUHUI_SERVER ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { path: "path-browserify" } },
  build: {
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 4096,
    reportCompressedSize: false,
  },
  server: {
    proxy: Object.fromEntries(["/v1", "/session", "/job", "/openapi.json"].map((path) => [path, { target: server }])),
  },
});
