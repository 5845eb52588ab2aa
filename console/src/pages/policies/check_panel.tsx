// `policy check` on the text as it is in the editor.
import { Alert, Button } from "antd";
import { useState } from "react";
import { ask } from "../../api/client";
import { asProblem, type Problem } from "../../api/problem";
import { ProblemNote } from "../../parts/problem_note";
import { useWords } from "../../words/said";
import type { Desk } from "./draft";
import { policyWords } from "./words";

type Table = { id: string; owner: string; hit_policy: string; rules: number; faults: string[]; notices: string[] };
type Checked = { name: string; inputs: unknown[]; decisions: unknown[]; tables: Table[]; models: string[] };

export default function CheckPanel({ desk }: { desk: Desk }) {
  const t = useWords(policyWords);
  const [answer, setAnswer] = useState<Checked>();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    setProblem(undefined);
    setAnswer(undefined);
    try {
      setAnswer(await ask<Checked>("policy", "check", { text: desk.text() }));
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  };
  const list = (texts: string[]) => <ul className="faults">{texts.map((text, i) => <li key={i}>{text}</li>)}</ul>;
  return (
    <>
      <p className="soft">{t("checkHelp")}</p>
      <Button type="primary" onClick={run} loading={busy}>{t("runCheck")}</Button>
      <div aria-live="polite" style={{ marginTop: 12 }}>
        {problem && <ProblemNote problem={problem} />}
        {answer && (
          <>
            <Alert
              type={answer.tables.some((table) => table.faults.length > 0) ? "warning" : "success"}
              showIcon
              message={t("noFaults", { tables: answer.tables.length, decisions: answer.decisions.length, inputs: answer.inputs.length })}
            />
            {answer.tables.filter((table) => table.faults.length + table.notices.length > 0).map((table) => (
              <section key={table.id + table.owner}>
                <h3>
                  {table.owner} <span className="soft">{table.hit_policy}, {table.rules} {t("rules")}</span>{" "}
                  <Button size="small" type="link" onClick={() => desk.show(table.owner)}>{t("showTable")}</Button>
                </h3>
                {table.faults.length > 0 && <><strong>{t("tableFaults")}</strong>{list(table.faults)}</>}
                {table.notices.length > 0 && <><span className="soft">{t("tableNotices")}</span>{list(table.notices)}</>}
              </section>
            ))}
            {answer.models.length > 0 && <><h3>{t("models")}</h3>{list(answer.models)}</>}
          </>
        )}
      </div>
    </>
  );
}
