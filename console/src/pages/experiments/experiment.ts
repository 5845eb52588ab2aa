import type { CalibrationRow, RocPoint } from "../models/charts";

export type Measures = { rows: number; bad: number; auc: number; auc_low: number; auc_high: number; ks: number; gini: number; average_precision: number; brier: number; log_loss: number };
export type Figures = {
  train: Measures;
  test: Measures;
  roc?: RocPoint[];
  calibration?: CalibrationRow[];
  lift?: { share_of_rows: number; bad_share: number; lift: number; share_of_bad: number; rows: number }[];
  psi: number;
  psi_null_limit: number;
};
export type Run = {
  id: string;
  name: string;
  note: string;
  manifest: Record<string, unknown>;
  figures: Figures;
  features: string[];
  model: string;
  training_cpu_ms: number;
  made_at: string;
  made_by: string;
};
