// How long every page takes from its address to being useful: its heading and what it asked the server for are there.
//   npm run pages -- http://127.0.0.1:8080 [NAME PASSWORD]
// Without a name the server must be open to this machine (no users, no keys). Fails when a page takes longer than it may.
import { readdirSync, readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const allowedMs = 1000;
const repeats = 3;
const [url, name, password] = process.argv.slice(2);
if (!url) throw new Error("expected the server's address: npm run pages -- http://127.0.0.1:8080 [NAME PASSWORD]");

const folder = new URL("../src/pages/", import.meta.url);
const listed = readdirSync(folder, { withFileTypes: true })
  .filter((one) => one.isDirectory())
  .flatMap((one) => /path: "([^"]+)"/.exec(readFileSync(new URL(`${one.name}/page.tsx`, folder), "utf8"))?.[1] ?? [])
  .map((path) => (path === "/blocks" ? "/blocks/3A" : path));

const browser = await chromium.launch({ executablePath: process.env.PUHUI_CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
const context = await browser.newContext({ baseURL: url, viewport: { width: 1280, height: 800 }, reducedMotion: "reduce" });
if (name) {
  const answer = await context.request.post("/session", { data: { name, password }, headers: { Origin: new URL(url).origin } });
  if (!answer.ok()) throw new Error(`${name} could not sign in: ${await answer.text()}`);
}
const page = await context.newPage();
const found = await context.request.get("/v1/decision/find?limit=1");
const decisions = found.ok() ? (await found.json()).decisions : [];
const paths = [...listed, ...decisions.map(({ id }) => `/decisions/${id}`)];

const useful = () => {
  const content = document.querySelector("#content");
  return Boolean(content?.querySelector("h1")) && !content.querySelector(".ant-skeleton, .ant-spin-spinning, .page-wait");
};
let slow = 0;
console.log(`${"page".padEnd(46)} first   again   (ms to useful; first: nothing cached)`);
for (const path of paths) {
  const times = [];
  for (let i = 0; i < repeats; ++i) {
    if (i === 0) await (await context.newCDPSession(page)).send("Network.clearBrowserCache");
    const from = performance.now();
    await page.goto(`/console${path}`, { waitUntil: "commit" });
    await page.waitForFunction(useful, undefined, { polling: "raf", timeout: 60_000 });
    times.push(Math.round(performance.now() - from));
  }
  const again = Math.min(...times.slice(1));
  const late = Math.max(times[0], again) > allowedMs;
  slow += late ? 1 : 0;
  console.log(`${path.slice(0, 45).padEnd(46)} ${String(times[0]).padStart(5)}   ${String(again).padStart(5)}${late ? `   above ${allowedMs}` : ""}`);
}
await browser.close();
console.log(`${paths.length} pages, ${slow} above ${allowedMs} ms`);
if (slow > 0) process.exit(1);
