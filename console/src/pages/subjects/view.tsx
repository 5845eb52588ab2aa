// Rights of the subject: requests with their deadlines, letters, all that is held about a person; and human reviews.
import { Button, Drawer, Modal, Tabs, Tag } from "antd";
import { useState } from "react";
import { Link, Route, Routes, useParams, useSearchParams } from "react-router-dom";
import { saveFile } from "../../api/csv";
import { useKnows } from "../../api/openapi";
import { useMay } from "../../api/session";
import { useAsk } from "../../api/use_ask";
import { PlainTable } from "../../parts/chart";
import { Loaded } from "../../parts/loaded";
import { DigestText, When } from "../../parts/values";
import { VerbForm } from "../../parts/verb_form";
import { VerbTable, type Row } from "../../parts/verb_table";
import { useLanguage, useWords } from "../../words/said";
import { Outcome } from "../decisions/outcome";
import type { Fact, Output, Reason } from "../decisions/shapes";
import { words } from "./words";

export default function Subjects() {
  return (
    <Routes>
      <Route index element={<Lists />} />
      <Route path="letter/:decision" element={<LetterPage />} />
      <Route path="of/:entity" element={<DataPage />} />
    </Routes>
  );
}

function Lists() {
  const t = useWords(words);
  const may = useMay();
  const knows = useKnows();
  const [search, setSearch] = useSearchParams();
  const [turn, setTurn] = useState(0);
  const [answering, setAnswering] = useState<Row>();
  const entity = search.get("entity");
  const [asking, setAsking] = useState(entity !== null);
  const again = () => setTurn((n) => n + 1);
  const requests = (
    <VerbTable
      noun="subject"
      verb="list"
      title={t("requests")}
      turn={turn}
      columns={{
        kind: { title: words.kind },
        state: {
          show: (_, row) =>
            row.open ? <Tag color={row.overdue ? "red" : "gold"}>{t(row.overdue ? "overdue" : "open")}</Tag> : <Tag color={row.answer === "granted" ? "green" : "default"}>{t(row.answer === "granted" ? "granted" : "refused")}</Tag>,
        },
        due_at: { title: words.dueAt },
        opened_at: { title: words.openedAt },
        words: { title: words.words },
        decision: {
          title: words.decision,
          show: (value) => (value ? <Link to={`/decisions/${String(value)}`}>{String(value).slice(0, 13)}</Link> : "–"),
        },
        entity: { title: words.entity, show: (value) => <Link to={`/subjects/of/${String(value)}`}>{String(value).slice(0, 13)}</Link> },
        law: { title: words.law },
        id: { hidden: true },
        open: { hidden: true },
        overdue: { hidden: true },
        answer: { hidden: true },
        opened_by: { hidden: true },
        answered_at: { hidden: true },
        answered_by: { hidden: true },
        answer_words: { hidden: true },
      }}
      labels={{ open: words.openOnly }}
      start={{ open: true }}
      actions={(row) =>
        row.open && may("subject.answer") ? (
          <Button size="small" onClick={() => setAnswering(row)}>
            {t("answer")}
          </Button>
        ) : null
      }
      toolbar={
        may("subject.request") && (
          <Button size="small" type="primary" onClick={() => setAsking(true)}>
            {t("newRequest")}
          </Button>
        )
      }
    />
  );
  const reviews = (
    <VerbTable
      noun="review"
      verb="list"
      list="reviews"
      title={t("reviews")}
      labels={{ open: words.openOnly }}
      rowKey={(row) => `${String(row.decision)} ${String(row.number)}`}
      rowTo={(row) => `/decisions/${String(row.decision)}`}
      columns={{
        decision: { title: words.decision, show: (value) => String(value).slice(0, 13) },
        verdict: { title: words.verdict },
        outcome: { show: (value) => (value ? <Outcome value={String(value)} /> : "–") },
        why: { title: words.why },
        by: { title: words.by },
        at: { title: words.at },
        open: { show: (value) => (value ? <Tag color="gold">{t("escalated")}</Tag> : "–") },
        number: { hidden: true },
      }}
    />
  );
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t("title")}</h1>
        <span className="soft">{t("help")}</span>
      </div>
      <div className="card">
        <Tabs
          items={[
            { key: "requests", label: t("requests"), children: requests },
            ...(knows("review", "list") && may("review.list") ? [{ key: "reviews", label: t("reviews"), children: reviews }] : []),
          ]}
        />
      </div>
      <Drawer open={asking} onClose={() => setAsking(false)} title={t("newRequest")} width={480} destroyOnHidden>
        <VerbForm
          noun="subject"
          verb="request"
          initial={{ entity: entity ?? undefined, decision: search.get("decision") ?? undefined, law: "pipl" }}
          labels={{ kind: words.kind, law: words.law, entity: words.entity, decision: words.decision, words: words.words }}
          only={["entity", "decision", "kind", "law", "words"]}
          onDone={() => {
            setAsking(false);
            setSearch({});
            again();
          }}
        />
      </Drawer>
      <Modal open={answering !== undefined} onCancel={() => setAnswering(undefined)} footer={null} title={t("answerTitle")} destroyOnHidden>
        {answering && (
          <>
            <p>
              <b>{String(answering.kind)}</b>: {String(answering.words)}
            </p>
            <VerbForm
              noun="subject"
              verb="answer"
              fixed={{ request: answering.id }}
              onDone={() => {
                setAnswering(undefined);
                again();
              }}
            />
          </>
        )}
      </Modal>
    </div>
  );
}

function LetterPage() {
  const t = useWords(words);
  const language = useLanguage();
  const { decision = "" } = useParams();
  const asked = useAsk<{ text: string; at: string }>("subject", "explain", { decision, language });
  return (
    <div className="page">
      <div className="page-head no-print">
        <h1>{t("letter")}</h1>
        <span className="stretch" />
        <Button size="small" onClick={() => window.print()}>
          {t("print")}
        </Button>
        <Link to={`/decisions/${decision}`}>{t("back")}</Link>
      </div>
      <Loaded from={asked}>
        {(letter) => (
          <article className="card letter" lang={language === "zh" ? "zh-CN" : "en"}>
            {letter.text}
          </article>
        )}
      </Loaded>
    </div>
  );
}

type Data = {
  entity: string;
  at: string;
  decisions: {
    id: string;
    at: string;
    use_case: string;
    outcome: string;
    human: string;
    reasons: Reason[];
    facts: Fact[];
    facts_state: string;
    outputs: Output[];
  }[];
};

function DataPage() {
  const t = useWords(words);
  const { entity = "" } = useParams();
  const asked = useAsk<Data>("subject", "data", { entity });
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t("dataTitle")}</h1>
        <DigestText value={entity} length={36} />
        <span className="stretch" />
        {asked.data && (
          <Button size="small" onClick={() => saveFile(`subject-${entity}.json`, [JSON.stringify(asked.data, null, 2)], "application/json")}>
            {t("exportJson")}
          </Button>
        )}
      </div>
      <Loaded from={asked}>
        {(data) => (
          <>
            <h2>
              {t("decisions", { count: data.decisions.length })} <small className="soft"><When at={data.at} /></small>
            </h2>
            {data.decisions.map((one) => (
              <section key={one.id} className="card" style={{ marginBottom: 12 }} aria-label={one.id}>
                <h3>
                  <Link to={`/decisions/${one.id}`}>
                    <When at={one.at} />
                  </Link>{" "}
                  {one.use_case} <Outcome value={one.outcome} /> {one.facts_state === "erased" && <Tag>{t("erased")}</Tag>}
                </h3>
                <ul className="faults">
                  {one.reasons.map((reason) => (
                    <li key={reason.code}>{reason.words}</li>
                  ))}
                </ul>
                <PlainTable caption={one.id} columns={["", "", ""]} rows={one.facts.map((fact) => [fact.name, fact.shown === "plain" ? fact.value : fact.shown, fact.help])} />
              </section>
            ))}
          </>
        )}
      </Loaded>
    </div>
  );
}
