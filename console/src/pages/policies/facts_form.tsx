// The facts of a use case as fields; what is left empty is absent, which a policy must be able to say something about.
import { Input, Select } from "antd";
import { useId } from "react";
import { useWords } from "../../words/said";
import { partWords } from "../../words/shell";
import type { Fact } from "./draft";

export type FactTexts = Record<string, string>;

// As the policy reads them: numbers and booleans as such, the empty ones left out.
export function factsOf(facts: readonly Fact[], texts: FactTexts): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const fact of facts) {
    const text = (texts[fact.name] ?? "").trim();
    if (text === "") continue;
    if (fact.type === "number") out[fact.name] = Number.isFinite(Number(text)) ? Number(text) : text;
    else if (fact.type === "boolean") out[fact.name] = text === "true";
    else out[fact.name] = text;
  }
  return out;
}

export function textsOf(facts: readonly Fact[], values: Record<string, unknown>): FactTexts {
  return Object.fromEntries(facts.filter((fact) => values[fact.name] !== undefined && values[fact.name] !== null).map((fact) => [fact.name, String(values[fact.name])]));
}

export function FactsForm({ facts, texts, onChange }: { facts: readonly Fact[]; texts: FactTexts; onChange: (texts: FactTexts) => void }) {
  const t = useWords(partWords);
  const id = useId();
  const set = (name: string, value: string | undefined) => onChange({ ...texts, [name]: value ?? "" });
  return (
    <div className="facts-form">
      {facts.filter((fact) => !fact.sealed).map((fact) => (
        <div key={fact.name}>
          <label htmlFor={`${id}-${fact.name}`} title={fact.help}>{fact.name}</label>
          {fact.type === "boolean" ? (
            <Select
              id={`${id}-${fact.name}`}
              size="small"
              allowClear
              style={{ width: "100%" }}
              value={texts[fact.name] || undefined}
              onChange={(value: string | undefined) => set(fact.name, value)}
              options={[{ value: "true", label: t("yes") }, { value: "false", label: t("no") }]}
            />
          ) : (
            <Input
              id={`${id}-${fact.name}`}
              size="small"
              type={fact.type === "date" ? "date" : "text"}
              inputMode={fact.type === "number" ? "decimal" : undefined}
              value={texts[fact.name] ?? ""}
              onChange={(event) => set(fact.name, event.target.value)}
            />
          )}
        </div>
      ))}
    </div>
  );
}
