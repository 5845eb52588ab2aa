// Which permit decided from when to when, and the way back to the one before.
import { Select, Tag } from "antd";
import { useState } from "react";
import { act } from "../../api/client";
import { useKnows } from "../../api/openapi";
import { useMay, useSession } from "../../api/session";
import { useAsk } from "../../api/use_ask";
import { Confirm } from "../../parts/confirm";
import { PlainTable } from "../../parts/chart";
import { Loaded } from "../../parts/loaded";
import { DigestText, When } from "../../parts/values";
import { useUseCases } from "../use_cases";
import { useWords } from "../../words/said";
import type { PermitSpan, Rollback } from "./shapes";
import { words } from "./words";

export function History() {
  const t = useWords(words);
  const may = useMay();
  const knows = useKnows();
  const session = useSession();
  const names = useUseCases();
  const [chosen, setChosen] = useState<string>();
  const useCase = chosen ?? names[0];
  const asked = useAsk<{ permits: PermitSpan[]; rollbacks: Rollback[] }>(useCase ? "permit" : null, "history", { use_case: useCase, limit: 100 });
  const after = async (request: Promise<unknown>) => {
    await request;
    asked.again();
  };
  return (
    <>
      <div className="toolbar">
        <Select aria-label={t("chooseUseCase")} value={useCase} onChange={setChosen} style={{ minWidth: 320 }} options={names.map((value) => ({ value, label: value }))} />
        {useCase && knows("permit", "rollback") && may("permit.rollback") && (
          <Confirm label={t("rollback")} title={`${t("rollback")}: ${useCase}`} onConfirm={(why) => after(act("permit", "rollback", { use_case: useCase, why }))}>
            {t("rollbackWhat")}
          </Confirm>
        )}
      </div>
      <Loaded from={asked}>
        {(history) => (
          <>
            <PlainTable
              caption={t("history")}
              columns={[t("digest"), t("from"), t("until"), t("author"), t("signedBy"), t("build"), ""]}
              rows={history.permits.map((span) => [
                <DigestText key="d" value={span.permit} />,
                <When key="f" at={span.from} />,
                span.until ? <When key="u" at={span.until} /> : <Tag key="u" color="green">{t("stillInForce")}</Tag>,
                span.author,
                span.signed_by.join(", "),
                span.build,
                span.champion ? "" : t("onlyAdmitted"),
              ])}
            />
            {history.rollbacks.length > 0 && (
              <>
                <h2>{t("rollbacks")}</h2>
                <PlainTable
                  caption={t("rollbacks")}
                  columns={["", "", t("then"), t("now"), ""]}
                  rows={history.rollbacks.map((one) => [
                    <span key="w">
                      <When at={one.at} /> {one.by}
                    </span>,
                    one.why,
                    <DigestText key="o" value={one.from} />,
                    <DigestText key="n" value={one.to} />,
                    one.reviewed_by ? (
                      <span key="r">
                        {one.reviewed_by}: {one.review}
                      </span>
                    ) : (
                      <span key="r">
                        <Tag color="gold">{t("notReviewed")}</Tag>
                        {one.by !== session.name && may("permit.review") && (
                          <Confirm label={t("review")} title={t("review")} danger={false} onConfirm={(review) => after(act("permit", "review", { use_case: one.use_case, at: one.at, review }))}>
                            {t("reviewWhat")}
                          </Confirm>
                        )}
                      </span>
                    ),
                  ])}
                />
              </>
            )}
          </>
        )}
      </Loaded>
    </>
  );
}
