// What the verbs of federation answer.
export type Self = { name: string; fingerprint: string; address: string; from: string; until: string };

export type Leakage = { job_name: string; to: string; code: string; amount: number; unit: string; english: string; chinese: string };

export type Partner = {
  name: string;
  fingerprint: string;
  address: string;
  pinned_by: string;
  pinned_at: string;
  last_contact?: string;
  jobs: number;
  bytes_sent: number;
  bytes_received: number;
  leakage: Leakage[];
};

export type SignedBy = { person: string; role: string; at: string; key: string; signature: string };

export type Job = {
  hash: string;
  name: string;
  kind: string;
  self: string;
  parties: string[];
  state: string;
  registered_at: string;
  approvals: SignedBy[];
  why: string;
};

export type Traffic = { partner: string; bytes_sent: number; bytes_received: number };

export type Run = {
  number: number;
  began_at: string;
  ended_at?: string;
  state: string;
  stage: string;
  stage_number: number;
  stages: number;
  step: number;
  steps: number; // 0: not known yet
  attempt: number;
  doing: string;
  last_error: string;
  bytes_sent: number;
  bytes_received: number;
  partners: Traffic[];
};

export type Party = { name: string; role: string; certificate: string; address: string; columns: string[] };
export type Measures = Record<string, unknown>; // by stage

export type JobShown = {
  job: Job;
  declaration: Record<string, unknown> & { parties: Party[] };
  in_words: { english: string; chinese: string }[];
  runs: Run[]; // the newest first
  leakage: Leakage[];
  model?: string;
  measures?: Measures;
};

export type Status = { jobs: { job: Job; run?: Run }[]; at: string };
export type ApprovalBytes = { bytes: string; hash: string };

export type Model = {
  model: string;
  part: string;
  job: string;
  job_name: string;
  kind: string;
  self: string;
  build: string;
  parties: string[];
  made_at: string;
  rows: number;
  part_bytes: number;
  measures: Measures;
  leakage: Leakage[];
};

export type Entry = { number: number; at: string; kind: string; body: Record<string, unknown>; link: string };
export type HeadSignature = { party: string; by: string; entries: number; head: string; certificate: string; signature: string };
export type Report = { entries: number; head: string; first_break: string; signatures: HeadSignature[]; faults: string[] };
export type Transcript = { entries: Entry[]; next?: number; report?: Report; at: string };
