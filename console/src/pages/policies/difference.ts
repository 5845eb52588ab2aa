// What differs between two DMN texts, as people read it: rules of tables by their ids, other expressions by their text.
import { openModel } from "./dmn_model";

export type Change = { owner: string; what: "added" | "removed" | "changed"; then?: string; now?: string };

type Node = Record<string, unknown>;
type Table = { input?: Node[]; output?: Node[]; rule?: { "@_id"?: string; inputEntry?: Node[]; outputEntry?: Node[] }[]; "@_hitPolicy"?: string };

const textOf = (node: unknown): string => {
  const text = (node as { text?: { __$$text?: string } | string } | undefined)?.text;
  return typeof text === "string" ? text : (text?.__$$text ?? "");
};

// A table's rows by id, or its one other expression.
function partsOf(expression: Node | undefined): Map<string, string> {
  const out = new Map<string, string>();
  if (!expression) return out;
  if (expression.__$$element === "decisionTable") {
    const table = expression as Table;
    const columns = (table.input ?? []).map((input) => textOf((input as { inputExpression?: Node }).inputExpression));
    out.set("hit policy", table["@_hitPolicy"] ?? "UNIQUE");
    out.set("columns", [...columns, ...(table.output ?? []).map((output) => String(output["@_name"] ?? ""))].join(" | "));
    (table.rule ?? []).forEach((rule, i) => {
      const tests = (rule.inputEntry ?? []).map((entry, c) => [columns[c] ?? "", textOf(entry)] as const).filter(([, test]) => test !== "-" && test !== "");
      const left = tests.map(([column, test]) => `${column}: ${test}`).join(", ") || "–";
      out.set(`rule ${rule["@_id"] ?? i}`, `${i + 1}. ${left} → ${(rule.outputEntry ?? []).map(textOf).join(", ")}`);
    });
    return out;
  }
  out.set("expression", expression.__$$element === "literalExpression" ? textOf(expression) : JSON.stringify(bare(expression)));
  return out;
}

// Without ids and widths, which mean nothing to who decides by it.
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== "@_id" && !key.startsWith("di:")).map(([key, of]) => [key, bare(of)]));
}

function ownersOf(text: string): Map<string, Map<string, string>> {
  const out = new Map<string, Map<string, string>>();
  for (const element of (openModel(text).model.definitions.drgElement ?? []) as unknown as Node[]) {
    const logic = (element.expression ?? (element.encapsulatedLogic as Node | undefined)?.expression) as Node | undefined;
    const parts = partsOf(logic);
    if (element.__$$element === "inputData") parts.set("type", String((element.variable as Node | undefined)?.["@_typeRef"] ?? ""));
    out.set(String(element["@_name"] ?? element["@_id"]), parts);
  }
  return out;
}

// A policy to be read: each decision with its rules or its expression, in the order of the file.
export function readingOf(text: string): { owner: string; parts: string[] }[] {
  return [...ownersOf(text)].map(([owner, parts]) => ({
    owner,
    parts: [...parts].filter(([part]) => part !== "columns" && part !== "type").map(([, of]) => of),
  })).filter(({ parts }) => parts.length > 0);
}

// The row number in front of a rule is for people; a rule that only moved has not changed.
const unnumbered = (text: string): string => text.replace(/^\d+\. /, "");

export function differenceOf(then: string, now: string): Change[] {
  const [before, after] = [ownersOf(then), ownersOf(now)];
  const out: Change[] = [];
  for (const owner of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(owner) ?? new Map<string, string>(), after.get(owner) ?? new Map<string, string>()];
    for (const part of new Set([...was.keys(), ...is.keys()])) {
      const [a, b] = [was.get(part), is.get(part)];
      if (a === undefined) out.push({ owner, what: "added", now: b });
      else if (b === undefined) out.push({ owner, what: "removed", then: a });
      else if (unnumbered(a) !== unnumbered(b)) out.push({ owner, what: "changed", then: a, now: b });
    }
  }
  return out;
}
