// The bank of the stories: a small population simulated and decided in a private store, what guards its stream, people with
// their roles, and the program serving it with the console. Runs once before all stories; everything is gone afterwards.
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { federateWith } from "./federation_bank";
import { guardWith, tryOut } from "./guard_bank";
import { passwordOf, users, type Kept } from "./people";

const root = fileURLToPath(new URL("../..", import.meta.url));
const built = process.env.PUHUI_CONSOLE ?? join(root, "console/dist");
const rows = process.env.PUHUI_STORY_ROWS ?? "4000";
const startMs = 60_000;
const features = { target: "default", positive: "1", excluded: ["applicant_id", "applied_on"], sealed: ["sex", "age", "marital_status", "region_group"] };

function program(): string {
  const named = process.env.PUHUI;
  const found = named ?? ["dev", "release", "quick"].map((build) => join(root, "build", build, "bin/puhui")).find((path) => existsSync(path));
  if (!found || !existsSync(found)) throw new Error("expected the program under build/; build it, or name it by PUHUI");
  return found;
}

function puhui(store: string, words: readonly string[]): string {
  return execFileSync(program(), [...words, "--store", store, "--quiet"], { cwd: root, encoding: "utf8", maxBuffer: 64 << 20 });
}

async function serve(store: string): Promise<{ url: string; server: ChildProcess }> {
  const server = spawn(program(), ["serve", "--store", store, "--listen", "127.0.0.1:0", "--console", built], { cwd: root, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  const url = await new Promise<string>((found, failed) => {
    const timer = setTimeout(() => failed(new Error(`the server did not open in ${startMs} ms: ${said}`)), startMs);
    server.stderr!.on("data", (bytes: Buffer) => {
      said += bytes.toString();
      const open = /open at (http:\/\/[^/]+)/.exec(said);
      if (!open) return;
      clearTimeout(timer);
      found(open[1]!);
    });
    server.once("exit", () => failed(new Error(`the server stopped: ${said}`)));
  });
  return { url, server };
}

// Signs in through the door; answers how to act in that session.
async function signIn(url: string, name: string, password: string): Promise<(path: string, input: unknown) => Promise<unknown>> {
  const headers = { "Content-Type": "application/json", Origin: url };
  const signedIn = await fetch(`${url}/session`, { method: "POST", headers, body: JSON.stringify({ name, password }) });
  if (!signedIn.ok) throw new Error(`${name} could not sign in: ${await signedIn.text()}`);
  const { csrf } = (await signedIn.json()) as { csrf: string };
  const cookie = signedIn.headers.getSetCookie().map((one) => one.split(";")[0]).join("; ");
  return async (path, input) => {
    const answer = await fetch(`${url}${path}`, { method: "POST", headers: { ...headers, Cookie: cookie, "X-Puhui-Csrf": csrf }, body: JSON.stringify(input) });
    if (!answer.ok) throw new Error(`${name}: ${path}: ${await answer.text()}`);
    return answer.json();
  };
}

// Everybody's one-time password is changed to one of their own, as they would at the first sign-in.
async function changePassword(url: string, name: string, oldPassword: string, newPassword: string): Promise<void> {
  const act = await signIn(url, name, oldPassword);
  await act("/v1/user/password", { old_password: oldPassword, new_password: newPassword });
}

// Payments of this morning, so that something waits and the shadow has judged.
async function judgeSome(url: string): Promise<void> {
  const act = await signIn(url, "mei", passwordOf("mei"));
  for (const [customer, amount] of [["c-2207", 38_000], ["c-3141", 129_900], ["c-4096", 64_000]] as const) {
    await tryOut((payment) => act("/v1/fraud/judge", payment), customer, amount);
  }
}

export default async function open(): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), "puhui-stories-"));
  const store = join(folder, "store");
  const table = join(folder, "people.csv");
  mkdirSync(store);
  puhui(store, ["lending", "simulate", "--population", "person_revolving", "--rows", rows, "--seed", "1", "--out", table]);
  puhui(store, ["lending", "replay", "--applications", table, "--mapping", "policies/person_revolving/mapping.json"]);
  for (const date of ["2026-02-28", "2026-03-31", "2026-04-30"]) puhui(store, ["lending", "day-end", "--date", date]);
  for (const kind of ["boosting", "scorecard"]) {
    puhui(store, ["experiment", "run", "--name", `${kind} of the stories`, "--file", table, "--kind", kind, "--features", JSON.stringify(features)]);
  }
  guardWith((words) => puhui(store, words), folder);
  const federation = await federateWith(program(), puhui, store, folder);
  const oneTime = new Map<string, string>();
  for (const user of users) {
    const roles = user.roles.flatMap((role) => ["--roles", role]);
    const answer = JSON.parse(puhui(store, ["user", "add", "--name", user.name, "--display-name", user.shown, ...roles, "--json"])) as { one_time_password: string };
    oneTime.set(user.name, answer.one_time_password);
  }
  const { url, server } = await serve(store);
  const stop = () => {
    server.kill("SIGTERM");
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    for (const user of users) if (!user.fresh) await changePassword(url, user.name, oneTime.get(user.name)!, user.password);
    await judgeSome(url);
    const kept: Kept = { url, oneTime: Object.fromEntries(oneTime), federation };
    const file = join(folder, "bank.json");
    writeFileSync(file, JSON.stringify(kept), { mode: 0o600 });
    process.env.PUHUI_STORY_BANK = file;
  } catch (error) {
    stop();
    throw error;
  }
  return stop;
}
