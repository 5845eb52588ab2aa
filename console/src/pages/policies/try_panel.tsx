// One input through the draft: what came out, which rules hit, and the same highlighted in the editor.
import { Alert, Button, Input, Space } from "antd";
import { useEffect, useRef, useState } from "react";
import { ask } from "../../api/client";
import { asProblem, type Problem } from "../../api/problem";
import { useMay } from "../../api/session";
import { useKnows } from "../../api/openapi";
import { ProblemNote } from "../../parts/problem_note";
import { useWords } from "../../words/said";
import type { Desk, Evaluated } from "./draft";
import { factsOf, FactsForm, textsOf, type FactTexts } from "./facts_form";
import { policyWords } from "./words";

type Shown = { facts: { name: string; value: string }[] };

export default function TryPanel({ desk }: { desk: Desk }) {
  const t = useWords(policyWords);
  const may = useMay();
  const knows = useKnows();
  const facts = desk.base?.facts ?? [];
  const [texts, setTexts] = useState<FactTexts>({});
  const [decision, setDecision] = useState("");
  const [masked, setMasked] = useState(0);
  const [answer, setAnswer] = useState<Evaluated>();
  const [caseName, setCaseName] = useState("");
  const [kept, setKept] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const result = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (answer) result.current?.scrollIntoView({ block: "start" });
  }, [answer]);

  const guarded = async (work: () => Promise<void>) => {
    setBusy(true);
    setProblem(undefined);
    try {
      await work();
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  };
  const take = () =>
    guarded(async () => {
      const shown = await ask<Shown>("evidence", "show", { id: decision.trim() });
      const values: Record<string, unknown> = {};
      let hidden = 0;
      for (const { name, value } of shown.facts) {
        const fact = facts.find((one) => one.name === name);
        if (!fact || fact.sealed || value === "absent") continue;
        if (fact.personal && value.includes("*")) hidden += 1;
        else values[name] = value;
      }
      setMasked(hidden);
      setTexts(textsOf(facts, values));
    });
  const evaluate = () =>
    guarded(async () => {
      setKept(false);
      const found = await ask<Evaluated>("draft", "eval", { policy: desk.text(), use_case: desk.draft.use_case, input: factsOf(facts, texts) });
      setAnswer(found);
      desk.highlight(found.steps);
    });
  const keep = () => {
    if (!answer) return;
    const expected = Object.fromEntries(["Outcome", "Reasons", "Grade", "Limit", "Rate"].flatMap((name) => (name in answer.outputs ? [[name, answer.outputs[name]]] : [])));
    desk.change({ cases: [...desk.draft.cases, { name: caseName.trim(), input: factsOf(facts, texts), expected }] });
    setCaseName("");
    setKept(true);
  };
  const outcome = answer?.outputs.Outcome;

  return (
    <>
      <p className="soft">{t("tryHelp")}</p>
      {may("evidence.show") && knows("evidence", "show") && (
        <Space.Compact style={{ width: "100%", marginBottom: 10 }}>
          <Input aria-label={`${t("fromDecision")}: ${t("decisionId")}`} placeholder={t("fromDecision")} value={decision} onChange={(event) => setDecision(event.target.value)} onPressEnter={take} />
          <Button onClick={take} disabled={decision.trim() === ""}>{t("take")}</Button>
        </Space.Compact>
      )}
      {masked > 0 && <p className="soft">{t("masked", { count: masked })}</p>}
      <FactsForm facts={facts} texts={texts} onChange={setTexts} />
      <div className={answer ? undefined : "desk-foot"} style={{ marginTop: answer ? 10 : 0 }}>
        <Button type="primary" loading={busy} onClick={evaluate}>{t("evaluate")}</Button>
      </div>
      <div aria-live="polite" ref={result} style={{ marginTop: 12 }}>
        {problem && <ProblemNote problem={problem} />}
        {answer && (
          <>
            {outcome !== undefined && <p><span className="soft">{t("outcome")}</span> <strong>{String(outcome)}</strong></p>}
            {!desk.readOnly && (
              <Space.Compact style={{ width: "100%" }}>
                <Input aria-label={t("caseName")} placeholder={t("caseName")} maxLength={200} value={caseName} onChange={(event) => setCaseName(event.target.value)} />
                <Button disabled={caseName.trim() === ""} onClick={keep}>{t("keepAsCase")}</Button>
              </Space.Compact>
            )}
            {kept && <Alert style={{ marginTop: 6 }} type="info" message={t("keptAsCase")} />}
            <h3>{t("path")}</h3>
            <ul className="steps">
              {(answer.steps ?? []).map((step) => (
                <li key={step.decision}>
                  <Button type="link" size="small" style={{ padding: 0 }} onClick={() => desk.show(step.decision)}>{step.decision}</Button> = <code>{step.value}</code>
                  {step.why && <div className="soft">{t("because")} {step.why}</div>}
                  {step.rules.map((hit) => (
                    <div className="step-hit" key={`${hit.owner} ${hit.rule}`}>
                      <span className="soft">{t("rule", { number: hit.rule })}{hit.owner === step.decision ? "" : ` · ${hit.owner}`}</span> <code>{hit.words}</code>
                    </div>
                  ))}
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </>
  );
}
