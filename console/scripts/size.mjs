// Fails when what a browser loads before the first page shows is above the limit: the entry script and all it imports
// at once, gzip-compressed (brotli is smaller still).
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const limit = 500_000;
const dist = new URL("../dist/", import.meta.url);
const html = readFileSync(new URL("index.html", dist), "utf8");
const files = new Set();

function follow(name) {
  if (files.has(name)) return;
  files.add(name);
  const text = readFileSync(new URL(name, dist), "utf8");
  // Static imports only: `import … from"./x.js"` and `import"./x.js"`; `import("./x.js")` loads later.
  for (const found of text.matchAll(/(?:from|import)\s*"(\.\/[^"]+\.js)"/g)) follow(`assets/${found[1].slice(2)}`);
}
for (const found of html.matchAll(/(?:src|href)="\/([^"]+\.js)"/g)) follow(found[1]);

const sizes = [...files].map((name) => [name, gzipSync(readFileSync(new URL(name, dist)), { level: 9 }).length]);
const total = sizes.reduce((sum, [, size]) => sum + size, 0);
for (const [name, size] of sizes) console.log(`${String(size).padStart(8)} ${name}`);
console.log(`${String(total).padStart(8)} bytes of script before the first page, limit ${limit}`);
if (files.size === 0) throw new Error("expected a script in dist/index.html, found none: run npm run build");
if (total > limit) process.exit(1);
