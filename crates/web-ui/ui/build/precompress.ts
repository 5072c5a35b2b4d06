// A Vite plugin that writes a brotli and a gzip twin beside each built file, so that the server never compresses.

import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Plugin } from "vite";

const brotli = promisify(brotliCompress);
const gzipped = promisify(gzip);

/** Below this a twin saves less than its headers cost. */
const SMALLEST_BYTES = 512;

const COMPRESSIBLE = /\.(?:css|html|js|svg|txt|webmanifest)$/;

/** Compresses what was built into `outDir`; skips a twin that is not smaller than its file. */
export function precompress(): Plugin {
  let folder = "";
  return {
    name: "precompress",
    apply: "build",
    configResolved(config) {
      folder = config.build.outDir;
    },
    async closeBundle() {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile() && COMPRESSIBLE.test(entry.name));
      await Promise.all(files.map((entry) => compress(join(entry.parentPath, entry.name))));
    },
  };
}

async function compress(path: string): Promise<void> {
  const bytes = await readFile(path);
  if (bytes.length < SMALLEST_BYTES) return;
  const twins: [string, Buffer][] = [
    [".br", await brotli(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } })],
    [".gz", await gzipped(bytes, { level: 9 })],
  ];
  for (const [suffix, twin] of twins) {
    if (twin.length < bytes.length) await writeFile(path + suffix, twin);
  }
}
