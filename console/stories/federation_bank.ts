// What the stories' bank learns together with another house: a registry with a store of its own, one job that both ran to
// its end, and jobs that wait for signatures.
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

type House = (words: readonly string[]) => string;
type Declared = { name: string; intersection: { rows_min: number }; boosting: { trees: number } };

export type Federation = { toPropose: string }; // a job's file that nobody handed in yet

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((open) => server.listen(0, "127.0.0.1", open));
  const { port } = server.address() as { port: number };
  await new Promise((closed) => server.close(closed));
  return port;
}

export async function federateWith(program: string, puhui: (store: string, words: readonly string[]) => string, store: string, into: string): Promise<Federation> {
  const folder = join(into, "federation");
  const file = (name: string) => join(folder, name);
  const other = file("registry");
  mkdirSync(other, { recursive: true });
  const lender: House = (words) => puhui(store, ["federation", ...words]);
  const registry: House = (words) => puhui(other, ["federation", ...words]);

  lender(["simulate", "--firms", "1500", "--seed", "1", "--out", folder]);
  lender(["init", "--name", "lender", "--key-file", file("lender.key")]);
  registry(["init", "--name", "registry", "--address", `127.0.0.1:${await freePort()}`, "--key-file", file("registry.key")]);
  const invite = (house: House, name: string) => (JSON.parse(house(["invite", "--out", file(name), "--json"])) as { fingerprint: string }).fingerprint;
  registry(["accept", "--invitation", file("lender.invitation"), "--fingerprint", invite(lender, "lender.invitation")]);
  lender(["accept", "--invitation", file("registry.invitation"), "--fingerprint", invite(registry, "registry.invitation")]);

  for (const name of ["paula", "quentin"]) {
    for (const at of [store, other]) puhui(at, ["person", "add", "--name", name, "--key-file", file(`${name}.${at === store ? "lender" : "registry"}`), "--may-approve"]);
  }
  const declare = (name: string, trees: number) => {
    const job = JSON.parse(readFileSync(join(root, "policies/federation/invoices.json"), "utf8")) as Declared;
    Object.assign(job, { name, intersection: { ...job.intersection, rows_min: 100 }, boosting: { ...job.boosting, trees } });
    writeFileSync(file("template.json"), JSON.stringify(job));
    lender(["prepare", "--template", file("template.json"), "--out", file(`${name}.json`)]);
    return file(`${name}.json`);
  };
  const sign = (house: House, at: string, job: string, person: string) => house(["approve", "--job", job, "--person", person, "--key-file", file(`${person}.${at}`)]);

  const job = declare("invoices", 2);
  for (const person of ["paula", "quentin"]) {
    sign(lender, "lender", job, person);
    sign(registry, "registry", job, person);
  }
  const waiting = spawn(program, ["federation", "run", "--job", job, "--data", file("registry.csv"), "--work-folder", file("registry.work"), "--store", other, "--quiet"], { cwd: root, stdio: "ignore" });
  const ended = new Promise<number | null>((end) => waiting.once("exit", end));
  try {
    lender(["run", "--job", job, "--data", file("lender.csv"), "--work-folder", file("lender.work")]);
  } catch (error) {
    waiting.kill("SIGTERM");
    throw error;
  }
  if ((await ended) !== 0) throw new Error("expected the registry to end its run well");

  const begun = declare("begun_here", 2); // its registry never comes
  for (const person of ["paula", "quentin"]) sign(lender, "lender", begun, person);
  lender(["offer", "--job", begun, "--data", file("lender.csv")]);
  for (const name of ["second_look", "curiosity", "renewal"]) sign(lender, "lender", declare(name, 3), "paula");
  return { toPropose: readFileSync(declare("by_hand", 4), "utf8") };
}
