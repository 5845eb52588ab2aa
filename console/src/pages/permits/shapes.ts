// What the verbs of proposals and of the permits' history answer.
export type Proposal = {
  id: string;
  use_case: string;
  digest: string;
  base?: string;
  state: string;
  author: string;
  submitted_at: string;
  changed_at: string;
  scheduled_at?: string;
  approvals_needed: number;
  approvals: { person: string; at: string; seen: string; signature: string }[];
  closed_by: string;
  why: string;
  manifest: Record<string, unknown>;
};

export type Difference = {
  in_force?: string;
  thresholds: { name: string; then?: string; now?: string }[];
  tables: {
    decision: string;
    what: string;
    rows_added: { number: number; row: string }[];
    rows_removed: { number: number; row: string }[];
    rows_changed: { then: string; now: string; number_then: number; number_now: number }[];
  }[];
  expressions: { decision: string; then?: string; now?: string }[];
  models: {
    name: string;
    then?: string;
    now?: string;
    kind_then: string;
    kind_now: string;
    figures: { name: string; then?: string; now?: string }[];
  }[];
  other: string[];
  none: boolean;
};

export type ProposalShown = { proposal: Proposal; difference: Difference; in_words: string[] | string; in_words_zh: string[] | string; seen: string };
export type ApprovalBytes = { bytes: string; at: string; seen: string };

export type PermitSpan = {
  use_case: string;
  permit: string;
  from: string;
  until?: string;
  author: string;
  build: string;
  signed_by: string[];
  expires_at: string;
  champion: boolean;
};
export type Rollback = { use_case: string; at: string; by: string; why: string; from: string; to: string; reviewed_by: string; review: string; reviewed_at?: string };
