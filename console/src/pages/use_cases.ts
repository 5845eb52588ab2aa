// The use cases this bank decides, for pages that let a person choose one.
import { useMay } from "../api/session";
import { useAsk } from "../api/use_ask";

export function useUseCases(): string[] {
  const may = useMay();
  const asked = useAsk<Record<string, unknown>>(may("permit.list") ? "permit" : null, "list");
  const list = Object.values(asked.data ?? {}).find(Array.isArray) as { use_case?: string; scope?: string }[] | undefined;
  return [...new Set((list ?? []).map((one) => (one.scope ? `${one.use_case}/${one.scope}` : (one.use_case ?? ""))).filter(Boolean))].sort();
}
