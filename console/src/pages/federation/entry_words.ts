// An entry of a transcript in short lines. What is not said here stands in the entry itself, which the page shows too.
import { numberText } from "../../parts/values";
import { codeText } from "../../words/codes";
import { say, type Language } from "../../words/said";
import { bytesText } from "./parts";
import type { Entry, Traffic } from "./shapes";
import { words } from "./words";

export function kindText(kind: string, language: Language): string {
  const said = words[`kind_${kind}` as keyof typeof words];
  return said ? say(language, said) : kind;
}

const list = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? (value as Record<string, unknown>[]) : []);
const text = (value: unknown): string => (value === undefined || value === null ? "" : String(value));

// The zeros of a job that leaves no model.
const isModel = (digest: unknown): boolean => /[1-9a-f]/.test(text(digest));

function trafficLines(traffic: unknown, language: Language): string[] {
  return (list(traffic) as unknown as Traffic[]).map((one) =>
    say(language, words.sayTraffic, { partner: one.partner, sent: bytesText(one.bytes_sent, language), received: bytesText(one.bytes_received, language) }),
  );
}

export function entryLines({ kind, body }: Entry, language: Language): string[] {
  const stage = codeText(text(body.stage), language);
  switch (kind) {
    case "parameters":
      return [say(language, words.sayParameters, { name: text(body.name), parties: Array.isArray(body.parties) ? body.parties.join(", ") : "", build: text(body.build) })];
    case "approvals": {
      const signed = list(body.signed).map((one) => `${text(one.person)} (${codeText(text(one.role), language)})`);
      return [say(language, words.sayApprovals, { house: text(body.house), signed: signed.join(", ") })];
    }
    case "meeting":
      return [say(language, words.sayMeeting, { attempt: text(body.attempt), parties: list(body.met).map((one) => text(one.party)).join(", ") })];
    case "stage":
      return [say(language, words.sayStage, { stage, rows: numberText(Number(body.rows), language) })];
    case "step":
      return [say(language, words.sayStep, { stage, step: text(body.step) }), ...trafficLines(body.traffic, language)];
    case "stage_done":
      return [stage, measuresLine(body.measures, language)].filter((line) => line !== "");
    case "result":
      return [isModel(body.model) ? say(language, words.sayModel, { model: `${text(body.model).slice(0, 16)}…` }) : say(language, words.sayNoModel)];
    case "end":
      return [body.done === true ? say(language, words.sayDone, { signatures: text(body.signatures) }) : text(body.failed)];
    default: // breaks, refusals, stops, damage: who, where and why
      return [[body.party, body.at].map(text).filter(Boolean).join(", "), text(body.why ?? body.what)].filter((line) => line !== "");
  }
}

function measuresLine(measures: unknown, language: Language): string {
  if (typeof measures !== "object" || measures === null) return "";
  return Object.entries(measures)
    .filter(([, value]) => typeof value !== "object")
    .map(([name, value]) => `${name} ${typeof value === "number" ? numberText(value, language, Number.isInteger(value) ? 0 : 4) : text(value)}`)
    .join(", ");
}
