// Lays a .gz and a .br beside each asset of dist that shrinks by it, so that the server compresses nothing itself.
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const kinds = /\.(js|css|html|svg|json|wasm|ttf|map)$/;
const dist = new URL("../dist", import.meta.url).pathname;

function walk(folder) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? walk(path) : [path];
  });
}

let files = 0;
for (const path of walk(dist)) {
  if (/\.(gz|br)$/.test(path)) rmSync(path);
}
for (const path of walk(dist)) {
  const bytes = readFileSync(path);
  if (!kinds.test(path) || bytes.length < 512) continue;
  const brotli = brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: bytes.length > 2_000_000 ? 9 : 11,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  writeFileSync(`${path}.br`, brotli);
  files += 1;
}
console.log(`compressed ${files} files`);
