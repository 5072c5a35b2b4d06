// How the pages are built, served while developing, and unit-tested.

import { resolve } from "node:path";
import preact from "@preact/preset-vite";
import { defineConfig } from "vitest/config";
import { precompress } from "./build/precompress.ts";
import { world } from "./build/world.ts";

export default defineConfig({
  plugins: [preact({ prefreshEnabled: false }), world(), precompress()],
  build: {
    outDir: resolve(import.meta.dirname, "../dist"),
    emptyOutDir: true,
    target: "es2022",
    // Inlined files would be data: addresses, which the content security policy refuses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  experimental: {
    // The page names its files from the root, where the server puts a base path before them; scripts and styles name each
    // other by where they stand themselves.
    renderBuiltUrl: (_, { hostType }) => (hostType === "html" ? undefined : { relative: true }),
  },
  server: {
    // The host stays the one that the browser asked for: BanGUI answers no other, and compares it with the page's origin.
    proxy: { "/api": { target: process.env["BANGUI_DEV_API"] ?? "http://127.0.0.1:8686", changeOrigin: false } },
  },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
  },
});
