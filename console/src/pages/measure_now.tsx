// `drift run`, `decay run`, `fairness run`: measured at night by itself, and now when somebody asks.
import { useKnows } from "../api/openapi";
import { useMay } from "../api/session";
import { VerbForm } from "../parts/verb_form";

export function MeasureNow({ noun, label, onDone }: { noun: string; label: string; onDone: () => void }) {
  const may = useMay();
  const knows = useKnows();
  if (!knows(noun, "run") || !may(`${noun}.run`)) return null;
  return (
    <details style={{ marginBottom: 10 }}>
      <summary>{label}</summary>
      <VerbForm noun={noun} verb="run" long submit={label} onDone={onDone} />
    </details>
  );
}
