// A draft as the server keeps it, and what is tried of one.
export type Case = { name: string; input: Record<string, unknown>; expected: Record<string, unknown> };

export type Draft = {
  id?: string;
  revision?: number;
  name: string;
  use_case: string;
  policy: string;
  cases: Case[];
  base?: string;
  saved_by?: string;
  saved_at?: string;
};

export type Fact = { name: string; type: "boolean" | "number" | "text" | "date"; required?: boolean; personal?: boolean; sealed?: boolean; help?: string };
export type Threshold = { name: string; value: string };

// The permit in force of the draft's use case.
export type Base = {
  use_case: string;
  name: string;
  policy: string;
  policy_digest: string;
  permit: string;
  author: string;
  signed_by: string[];
  made_at: string;
  expires_at: string;
  conditions?: string;
  facts: Fact[];
  thresholds: Threshold[];
  artefacts: { name: string; digest: string }[];
};

export type Hit = { owner: string; rule: number; id: string; words: string };
export type Step = { decision: string; value: string; why?: string; rules: Hit[] };
export type Evaluated = { outputs: Record<string, unknown>; steps?: Step[] };

// What a panel beside the editor works with.
export type Desk = {
  draft: Draft;
  base: Base | undefined;
  dirty: boolean;
  readOnly: boolean;
  text: () => string; // the DMN as it is now
  change: (change: Partial<Draft>) => void;
  saved: (draft: Draft) => void;
  highlight: (steps: Step[] | undefined) => void;
  show: (decision: string) => void;
  replaceText: (text: string) => void;
};
