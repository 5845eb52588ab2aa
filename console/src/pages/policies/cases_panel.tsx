// What the author expects, kept with the draft and run on the policy as it is in the editor.
import { CheckOutlined, CloseOutlined, DeleteOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useState } from "react";
import { ask } from "../../api/client";
import { asProblem, type Problem } from "../../api/problem";
import { ProblemNote } from "../../parts/problem_note";
import { useWords } from "../../words/said";
import type { Desk } from "./draft";
import { policyWords } from "./words";

type Line = { name: string; decision: string; passed: boolean; expected: unknown; came: unknown; why?: string };
type Report = { passed: number; total: number; lines: Line[]; rules: number; rules_hit: number; unhit: { owner: string; rule: number; words: string }[] };

export default function CasesPanel({ desk }: { desk: Desk }) {
  const t = useWords(policyWords);
  const [report, setReport] = useState<Report>();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const cases = desk.draft.cases;
  const run = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      setReport(await ask<Report>("draft", "test", { policy: desk.text(), use_case: desk.draft.use_case, cases }));
    } catch (error) {
      setReport(undefined);
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  };
  if (cases.length === 0) return <p className="soft">{t("noCases")}</p>;
  return (
    <>
      <Button type="primary" loading={busy} onClick={run}>{t("runCases")}</Button>
      <div aria-live="polite" style={{ margin: "10px 0" }}>
        {problem && <ProblemNote problem={problem} />}
        {report && (
          <>
            <p>
              <strong>{t("casesPassed", { passed: report.passed, total: report.total })}</strong>
              <br />
              {t("coverage", { hit: report.rules_hit, rules: report.rules })}
            </p>
          </>
        )}
      </div>
      <div className="scroll" tabIndex={0} role="region" aria-label={t("cases")}>
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">{t("case")}</th>
              <th scope="col">{t("expected")}</th>
              {report && <th scope="col">{t("came")}</th>}
              <th scope="col"><span className="only-heard">{t("removeCase")}</span></th>
            </tr>
          </thead>
          <tbody>
            {cases.map((one, i) => {
              const lines = report?.lines.filter((line) => line.name === one.name) ?? [];
              return (
                <tr key={i}>
                  <td title={JSON.stringify(one.input)}>{one.name}</td>
                  <td>{Object.entries(one.expected).map(([name, value]) => <div key={name}>{name} = <code>{JSON.stringify(value)}</code></div>)}</td>
                  {report && (
                    <td>
                      {lines.map((line) => (
                        <div key={line.decision}>
                          {line.passed ? <CheckOutlined aria-label={t("passed")} /> : <CloseOutlined aria-label={t("failed")} />} {line.decision}{" "}
                          {!line.passed && <code>{JSON.stringify(line.came)}</code>} {line.why && <span className="soft">{line.why}</span>}
                        </div>
                      ))}
                    </td>
                  )}
                  <td>
                    {!desk.readOnly && (
                      <Button type="text" size="small" icon={<DeleteOutlined />} aria-label={`${t("removeCase")}: ${one.name}`} onClick={() => desk.change({ cases: cases.filter((_, at) => at !== i) })} />
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {report && report.unhit.length > 0 && (
        <details>
          <summary>{t("unhit")} ({report.unhit.length})</summary>
          <ul className="faults">
            {report.unhit.map((rule) => (
              <li key={`${rule.owner} ${rule.rule}`}>{rule.owner}, {t("rule", { number: rule.rule })}: <code>{rule.words}</code></li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
