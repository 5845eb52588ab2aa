// What `promotion show` answers.
export type Promotion = {
  id: string;
  use_case: string;
  champion: string;
  challenger: string;
  tier: number;
  author: string;
  started_by: string;
  started_at: string;
  stage_since: string;
  stage: "shadow" | "canary" | "ramp" | "watch";
  state: string;
  share_ppm: number;
  golden_vectors: number;
  why: string;
  approvals: { person: string; stage: string; at: string }[];
};
export type Guardrail = {
  name: string;
  compares: string;
  unit: string;
  value: number;
  low: number;
  high: number;
  bound_low: number;
  bound_high: number;
  rows_champion: number;
  rows_challenger: number;
  broken: boolean;
};
export type PromotionShown = {
  promotion: Promotion;
  arms: {
    arm: string;
    decisions: number;
    approvals: number;
    referrals: number;
    refusals: number;
    failures: number;
    approval_share: number;
    referral_share: number;
    cpu_us_mean: number;
    latency_us_mean: number;
  }[];
  swaps: { champion: string; challenger: string; decisions: number }[];
  guardrails: Guardrail[];
  quality: {
    pairs: number;
    matured: number;
    bad: number;
    next_look_rows: number;
    verdict: string;
    looks: { number: number; rows: number; bad: number; auc_champion: number; auc_challenger: number; z: number; z_margin: number; boundary: number; alpha_spent: number; verdict: string; at: string }[];
  };
  next_stage?: string;
  waits_for: string[];
  events: { at: string; kind: string; words: string; by: string }[];
  at: string;
};
