// What the heat map and today's verbs answer.
import { minorText, numberText, ppmText } from "../../parts/values";
import type { Language } from "../../words/said";

export type Use = {
  calls: number;
  errors: number;
  cpu_ns: number;
  tokens: number;
  cost_nano: number;
  latency_p50_us: number;
  latency_p99_us: number;
};
export type Risk = { score: number; level: "none" | "low" | "medium" | "high"; why: string[] };
export type Heading = { key: string; en: string; zh: string };
export type Cell = {
  block: string;
  domain: string;
  kind: string;
  en: string;
  zh: string;
  tier: number;
  value?: number;
  use_cases: string[];
  use: Use;
  risk: Risk;
};
export const measures = ["calls", "cpu", "tokens", "cost", "latency", "errors", "risk", "cost_per_decision", "override_rate"] as const;
export type Measure = (typeof measures)[number];
export type HeatMap = {
  measure: Measure;
  unit: string;
  currency: string;
  from: string;
  to: string;
  at: string;
  domains: Heading[];
  kinds: Heading[];
  cells: Cell[];
  activities: { name: string; en: string; zh: string; use: Use }[];
  cells_cpu_ns: number;
  activities_cpu_ns: number;
  unattributed_cpu_ns: number;
  process_cpu_ns: number;
  unattributed_ppm: number;
};
export type Block = {
  block: string;
  en: string;
  zh: string;
  currency: string;
  tier: number;
  step: "minute" | "hour" | "day";
  from: string;
  to: string;
  at: string;
  points: { at: string; use_case: string; permit: string; use: Use }[];
  use_cases: { use_case: string; permit: string; use: Use; cpu_share_ppm: number }[];
  trend: { this_week: Use; last_week: Use; calls_change_ppm?: number; cpu_change_ppm?: number; cost_change_ppm?: number };
  quotas: { use_case: string; cpu_seconds_day: number; tokens_day: number; used_cpu_ns: number; used_tokens: number; borrowed_cpu_ns: number }[];
  risk: Risk;
};
export type Summary = {
  from: string;
  to: string;
  at: string;
  herfindahl_ppm: number;
  top: { name: string; cpu_ns: number; share_ppm: number }[];
  cores: number;
  headroom_ppm: number;
  used_p95_ppm: number;
  unattributed_ppm: number;
  forecast: { days?: number; days_low?: number; days_high?: number; en: string; zh: string };
  decisions: number;
  override_rate_ppm?: number;
  cost_per_decision_nano?: number;
  currency: string;
};
export type Matter = { kind: string; id: string; use_case: string; en: string; zh: string; since: string; severity: number };
export type Today = { matters: Matter[]; counts: { kind: string; count: number }[]; at: string };

export function cpuText(ns: number, language: Language): string {
  if (ns >= 1e9) return `${numberText(ns / 1e9, language, ns >= 1e11 ? 0 : 1)} s`;
  if (ns >= 1e6) return `${numberText(ns / 1e6, language, 1)} ms`;
  return `${numberText(ns / 1e3, language, 1)} µs`;
}

export function costText(nano: number, currency: string, language: Language): string {
  return nano !== 0 && Math.abs(nano) < 1e7 ? `${numberText(nano / 1e9, language, 6)} ${currency}` : minorText(Math.round(nano / 1e7), currency, language);
}

export function microsText(us: number, language: Language): string {
  return us >= 10_000 ? `${numberText(us / 1000, language, 1)} ms` : `${numberText(us, language, 0)} µs`;
}

export function measureText(measure: Measure, value: number, currency: string, language: Language): string {
  switch (measure) {
    case "cpu":
      return cpuText(value, language);
    case "cost":
    case "cost_per_decision":
      return costText(value, currency, language);
    case "latency":
      return microsText(value, language);
    case "override_rate":
      return ppmText(value, language);
    default:
      return numberText(value, language, 0);
  }
}

// Where a matter of today is dealt with.
export function matterLink(matter: Matter): string {
  const id = encodeURIComponent(matter.id);
  switch (matter.kind) {
    case "proposal":
      return `/permits/${id}`;
    case "alert":
      return `/incidents?alert=${id}`;
    case "incident":
      return `/incidents/${id}`;
    case "validation":
      return `/inventory?overdue=true`;
    case "right":
      return `/subjects?request=${id}`;
    case "lift":
      return "/switches";
    case "review":
      return `/decisions/${id}`;
    default:
      return "/audit";
  }
}

export const ranges = { hour: 1, day: 24, week: 168, month: 720 } as const; // in hours
export type Range = keyof typeof ranges;

// The start of a range, on a whole minute: the same question for a minute long.
export function startOf(range: Range): string {
  return new Date(Math.floor(Date.now() / 60_000 - ranges[range] * 60) * 60_000).toISOString();
}
