/// <reference types="vitest/config" />
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const server = process.env.BOTTEGA_URL ?? "http://127.0.0.1:8600";
// `changeOrigin`: the server answers only to names of its own machine.
const proxy = Object.fromEntries(
  ["/api", "/v1", "/health", "/openapi.json"].map((path) => [path, { target: server, changeOrigin: true }]),
);

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: { host: "127.0.0.1", port: 5173, proxy },
  preview: {
    host: "127.0.0.1",
    port: 4173,
    proxy,
    // What the wheel's server sends with the built page, so that a breach shows here already.
    headers: {
      "Content-Security-Policy":
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; " +
        "media-src 'self' blob:; connect-src 'self'; font-src 'self'; manifest-src 'self'; " +
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
      "X-Content-Type-Options": "nosniff",
      "Referrer-Policy": "no-referrer",
    },
  },
  build: {
    outDir: "dist",
    target: "es2022",
    // Inlined files would need data: addresses in the policy for more than pictures.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // What several pages share is one file, loaded beside the entry: a page is then one more request, not a dozen that
        // wait for one another's connections.
        codeSplitting: {
          groups: [{ name: "shared", test: /\/src\/(?:api|i18n|lib|ui)\//, minShareCount: 2 }],
        },
        // Every page is a `page.tsx`: its folder is its name.
        chunkFileNames: ({ facadeModuleId }) => {
          const page = /pages\/([^/]+)\/page\.tsx$/.exec(facadeModuleId ?? "");
          return page === null ? "assets/[name]-[hash].js" : `assets/page-${page[1] ?? ""}-[hash].js`;
        },
      },
    },
  },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/test-setup.ts"],
    restoreMocks: true,
  },
});
