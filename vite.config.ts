// Builds the web application into dist/ui; `npm run dev` serves it with live reload before a running server.
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  root: "src/ui",
  plugins: [react()],
  build: {
    outDir: "../../dist/ui",
    emptyOutDir: true,
    sourcemap: true,
    // The page's policy forbids data: for fonts, and scripts that stand in the page.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
    chunkSizeWarningLimit: 800,
  },
  // The application's own folder "api" is not the server's.
  server: { proxy: { "^/api/(?!\\w[\\w-]*\\.ts)": "http://127.0.0.1:8000" } },
});
