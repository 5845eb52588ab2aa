// The suspicious-transaction report of a case: drafted from its evidence, each sentence with what it cites.
import { Button, Tag } from "antd";
import { useState } from "react";
import { act } from "../../api/client";
import { useKnows } from "../../api/openapi";
import { asProblem, type Problem } from "../../api/problem";
import { useMay } from "../../api/session";
import { useAsk } from "../../api/use_ask";
import { Confirm } from "../../parts/confirm";
import { Loaded } from "../../parts/loaded";
import { ProblemNote } from "../../parts/problem_note";
import { DigestText } from "../../parts/values";
import { useCode } from "../../words/codes";
import { useSaid, useWords } from "../../words/said";
import { words } from "./words";

type Line = { id: string; state: "draft" | "submitted" | "approved"; drafted_by: string; submitted_by: string; approved_by: string; digest?: string };
type View = { report: Line; sentences: { part: string; en: string; zh: string; citations: { kind: string; id: string }[] }[] };

export function Report({ of }: { of: string }) {
  const t = useWords(words);
  const may = useMay();
  const knows = useKnows();
  const shown = may("aml.report.list") && knows("aml", "report list");
  const asked = useAsk<{ reports: Line[] }>(shown ? "aml" : null, "report list", { in_case: of });
  const [problem, setProblem] = useState<Problem>();
  const draft = async () => {
    setProblem(undefined);
    try {
      await act("aml", "report draft", { in_case: of });
      asked.again();
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  if (!shown) return null;
  return (
    <section className="card" aria-label={t("report")}>
      <h2>{t("report")}</h2>
      <p className="soft">{t("reportHelp")}</p>
      {problem && <ProblemNote problem={problem} />}
      <Loaded from={asked}>
        {({ reports }) => (
          <>
            {reports.length === 0 && <p className="soft">{t("noReport")}</p>}
            {reports.map((line) => (
              <OneReport key={line.id} line={line} again={asked.again} />
            ))}
          </>
        )}
      </Loaded>
      {may("aml.report.draft") && (
        <Button size="small" onClick={draft}>
          {t("draft")}
        </Button>
      )}
    </section>
  );
}

function OneReport({ line, again }: { line: Line; again: () => void }) {
  const t = useWords(words);
  const said = useSaid();
  const code = useCode();
  const may = useMay();
  const asked = useAsk<View>("aml", "report show", { id: line.id });
  const step = (verb: string) => async () => {
    await act("aml", verb, { id: line.id });
    again();
    asked.again();
  };
  return (
    <article className="review">
      <p>
        <Tag>{code(line.state)}</Tag> {t("draftedBy", { who: line.drafted_by })}
        {line.submitted_by && `, ${t("submittedBy", { who: line.submitted_by })}`}
        {line.approved_by && `, ${t("approvedBy", { who: line.approved_by })}`}
      </p>
      <Loaded from={asked}>
        {(view) => (
          <>
            {view.sentences.map((sentence, i) => (
              <p key={i}>
                {said(sentence)}{" "}
                <small className="soft">
                  [{sentence.citations.map((one) => `${code(one.kind)} ${one.id.slice(0, 12)}`).join(", ")}]
                </small>
              </p>
            ))}
          </>
        )}
      </Loaded>
      {line.digest && (
        <p>
          {t("reportDigest")}: <DigestText value={line.digest} />
        </p>
      )}
      {line.state === "draft" && may("aml.report.submit") && <Confirm label={t("submit")} title={t("submit")} askWhy={false} danger={false} onConfirm={step("report submit")} />}
      {line.state === "submitted" && may("aml.report.approve") && <Confirm label={t("approve")} title={t("approve")} askWhy={false} danger={false} onConfirm={step("report approve")} />}
    </article>
  );
}
