// The search: filters of `decision find`, kept in the address so that a search can be sent to somebody.
import { Button, Input, Space, Tag } from "antd";
import { useState } from "react";
import { useNavigate, useSearchParams } from "react-router-dom";
import { VerbTable } from "../../parts/verb_table";
import { DigestText, numberText } from "../../parts/values";
import { useLanguage, useWords } from "../../words/said";
import { Outcome } from "./outcome";
import { words } from "./words";

export function DecisionList() {
  const t = useWords(words);
  const language = useLanguage();
  const navigate = useNavigate();
  const [search] = useSearchParams();
  const [counts, setCounts] = useState<{ matches?: number; behind?: number }>({});
  const [id, setId] = useState("");
  const start = Object.fromEntries(search.entries());
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t("title")}</h1>
        <span className="soft">{t("findHelp")}</span>
        <span className="stretch" />
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (id.trim() !== "") navigate(`/decisions/${encodeURIComponent(id.trim())}`);
          }}
        >
          <Space.Compact size="small">
            <Input aria-label={t("openById")} placeholder={t("openById")} value={id} onChange={(event) => setId(event.target.value)} maxLength={64} />
            <Button htmlType="submit">{t("open")}</Button>
          </Space.Compact>
        </form>
      </div>
      <div className="card">
        <VerbTable
          noun="decision"
          verb="find"
          title={t("title")}
          start={start}
          filters={["use_case", "outcome", "reason", "entity", "from", "to", "rule", "permit", "model"]}
          labels={{ reason: words.reasons, rule: words.rule, entity: words.entity, model: words.model }}
          only={["at", "outcome", "reasons", "use_case", "probability", "human", "caller", "entity", "permit", "id"]}
          columns={{
            at: { title: words.at },
            outcome: { title: words.outcome, show: (value) => <Outcome value={String(value)} /> },
            reasons: {
              title: words.reasons,
              show: (value) => (
                <Space size={[4, 4]} wrap>
                  {(value as string[]).map((code) => (
                    <Tag key={code} style={{ margin: 0 }}>
                      {code}
                    </Tag>
                  ))}
                </Space>
              ),
            },
            use_case: { title: words.useCase },
            probability: {
              title: words.probability,
              show: (value) => (value === undefined ? "–" : <span className="number">{numberText(Number(value) * 100, language, 2)} %</span>),
            },
            human: { title: words.human, hidden: true },
            caller: { title: words.caller, hidden: true },
            entity: { title: words.entity, show: (value) => <DigestText value={String(value)} length={13} /> },
            permit: { title: words.permit, hidden: true },
            id: { title: words.id },
          }}
          rowTo={(row) => `/decisions/${String(row.id)}`}
          toolbar={
            counts.matches !== undefined && (
              <span>
                <b>{t("matches", { count: counts.matches.toLocaleString() })}</b>
                {!!counts.behind && <span className="soft"> · {t("behind", { count: counts.behind })}</span>}
              </span>
            )
          }
          onAnswer={(answer) => setCounts(answer as { matches?: number; behind?: number })}
        />
      </div>
    </div>
  );
}
