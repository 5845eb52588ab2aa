// Every page of the console, by whose eyes it is looked at, and how one tells that it has come.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BrowserContext } from "@playwright/test";
import { askAs } from "./people";

export type Seen = { name: string; path: string; by: string };

const lookers: Readonly<Record<string, string>> = { "/apply": "mei", "/users": "root", "/policies": "wei", "/experiments": "min", "/models": "min" };
const looker = "anna";

// As src/pages.ts lists them: a page that is added is looked at without an edit here.
function listed(): string[] {
  const folder = fileURLToPath(new URL("../src/pages", import.meta.url));
  return readdirSync(folder, { withFileTypes: true })
    .filter((one) => one.isDirectory())
    .flatMap((one) => {
      const text = readFileSync(join(folder, one.name, "page.tsx"), "utf8");
      const path = /path: "([^"]+)"/.exec(text)?.[1];
      return path ? [path] : [];
    });
}

export function everyPage(): Seen[] {
  const pages = listed().filter((path) => path !== "/blocks");
  const seen = pages.map((path) => ({ name: path === "/" ? "overview" : path.slice(1), path, by: lookers[path] ?? looker }));
  return [...seen, { name: "block", path: "/blocks/3A", by: looker }, { name: "policy", path: "/policies/of/lending.approval/person_revolving", by: "wei" }];
}

// Pages of one thing, whose address is known only once the bank is there.
export async function pagesOfOne(context: BrowserContext): Promise<Seen[]> {
  const found = await askAs<{ decisions: { id: string }[] }>(context, "/v1/decision/find?outcome=refuse&limit=1");
  const book = await askAs<{ loans: { loan: string }[] }>(context, "/v1/lending/book?limit=1");
  const base = await askAs<{ artefacts: { name: string; digest: string }[] }>(context, "/v1/draft/base?use_case=lending.approval/person_revolving");
  const judged = await askAs<{ payments: { scheme: string; key: string }[] }>(context, "/v1/fraud/payments?scheme=card_payment&action=hold&limit=1");
  const cases = await Promise.all(["fraud", "aml"].map((name) => askAs<{ cases: { id: string }[] }>(context, `/v1/case/list?application=${name}&limit=1`)));
  const findings = await askAs<{ findings: { in_case?: string }[] }>(context, "/v1/aml/findings?outcome=alert&limit=1");
  const matches = await askAs<{ matches: { match: string }[] }>(context, "/v1/aml/matches?limit=1");
  const joint = await askAs<{ jobs: { hash: string; name: string }[] }>(context, "/v1/federation/jobs?limit=100");
  const hashOf = (name: string) => joint.jobs.find((one) => one.name === name)?.hash ?? name;
  const model = base.artefacts.find((one) => one.name === "model:pd");
  return [
    ...found.decisions.map(({ id }) => ({ name: "decision", path: `/decisions/${id}`, by: looker })),
    ...book.loans.map(({ loan }) => ({ name: "loan", path: `/loans/${loan}`, by: looker })),
    ...judged.payments.map(({ scheme, key }) => ({ name: "payment", path: `/payments/${scheme}/${key}`, by: looker })),
    ...cases.flatMap((found, i) => found.cases.map(({ id }) => ({ name: i === 0 ? "case_fraud" : "case_newest", path: `/cases/${id}`, by: looker }))),
    ...findings.findings.flatMap(({ in_case }) => (in_case ? [{ name: "case", path: `/cases/${in_case}`, by: looker }] : [])),
    ...matches.matches.map(({ match }) => ({ name: "match", path: `/screening/${match}`, by: looker })),
    ...["holds", "schemes"].map((tab) => ({ name: `payments_${tab}`, path: `/payments?tab=${tab}`, by: looker })),
    ...["cases", "precision", "snoozes"].map((tab) => ({ name: `cases_${tab}`, path: `/cases?tab=${tab}`, by: looker })),
    ...["matches", "lists", "parties"].map((tab) => ({ name: `screening_${tab}`, path: `/screening?tab=${tab}`, by: looker })),
    { name: "federation_job", path: `/federation/${hashOf("invoices")}`, by: looker },
    { name: "federation_transcript", path: `/federation/${hashOf("invoices")}/transcript`, by: looker },
    { name: "federation_approval", path: `/federation/${hashOf("renewal")}`, by: looker },
    { name: "federation_models", path: "/federation?tab=models", by: looker },
    { name: "federation_propose", path: "/federation?tab=propose", by: "min" },
    ...(model ? [{ name: "model", path: `/models/${model.digest}`, by: "min" }] : []),
  ];
}
