// An application as a form of the product's facts, and what was decided.
import { Alert, Button, Input, Select } from "antd";
import { useEffect, useState } from "react";
import { Link, useSearchParams } from "react-router-dom";
import { act, newKey } from "../../api/client";
import { asProblem, type Problem } from "../../api/problem";
import { useAsk } from "../../api/use_ask";
import { Loaded } from "../../parts/loaded";
import { ProblemNote } from "../../parts/problem_note";
import { useSaid, useWords } from "../../words/said";
import type { Fact } from "../policies/draft";
import { factsOf, FactsForm, type FactTexts } from "../policies/facts_form";
import { lendingWords } from "../portfolio/words";
import type { Product } from "../products/view";
import { ScheduleChart, type Instalment } from "../products/schedule_chart";
import "../policies/desk.css";

type Answer = { application: string; decision: string; outcome: string; reasons: { code: string; en: string; zh: string }[]; contract?: { loan: string; schedule: Instalment[] } };

export default function Apply() {
  const t = useWords(lendingWords);
  const [query, setQuery] = useSearchParams();
  const products = useAsk<{ products: Product[] }>("lending", "products");
  const product = query.get("product") ?? products.data?.products[0]?.product;
  return (
    <div className="page">
      <h1>{t("apply")}</h1>
      <p className="soft">{t("applyHelp")}</p>
      <Loaded from={products}>
        {({ products: list }) =>
          list.length === 0 ? (
            <p>{t("noProducts")}</p>
          ) : (
            <>
              <Select aria-label={t("chooseProduct")} style={{ minWidth: 280, marginBottom: 12 }} value={product} onChange={(next) => setQuery({ product: next })} options={list.map((one) => ({ value: one.product, label: one.title || one.product }))} />
              {product && <Filled key={product} product={product} />}
            </>
          )
        }
      </Loaded>
    </div>
  );
}

function Filled({ product }: { product: string }) {
  const t = useWords(lendingWords);
  const said = useSaid();
  const facts = useAsk<{ facts: Fact[] }>("lending", "facts", { product });
  const [texts, setTexts] = useState<FactTexts>({});
  const [borrower, setBorrower] = useState("");
  const [application, setApplication] = useState(() => newKey().slice(0, 12));
  const [answer, setAnswer] = useState<Answer>();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  useEffect(() => setAnswer(undefined), [application]);
  const send = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      setAnswer(await act<Answer>("lending", "apply", { application, product, borrower: borrower.trim(), facts: factsOf(facts.data?.facts ?? [], texts) }, { key: application }));
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  };
  const outcomeWord = answer && (answer.outcome === "approve" || answer.outcome === "refuse" || answer.outcome === "refer") ? t(answer.outcome) : answer?.outcome;
  return (
    <Loaded from={facts}>
      {({ facts: list }) => (
        <>
          <div className="cards">
            <label>
              {t("application")}
              <Input value={application} maxLength={128} onChange={(event) => setApplication(event.target.value)} />
              <span className="soft">{t("applicationHelp")}</span>
            </label>
            <label>
              {t("borrower")}
              <Input value={borrower} maxLength={128} onChange={(event) => setBorrower(event.target.value)} />
            </label>
          </div>
          <h2>{t("facts")}</h2>
          <div className="card"><FactsForm facts={list} texts={texts} onChange={setTexts} /></div>
          <Button type="primary" style={{ margin: "12px 0" }} loading={busy} disabled={borrower.trim() === "" || application.trim() === ""} onClick={send}>{t("decide")}</Button>
          <div aria-live="polite">
            {problem && <ProblemNote problem={problem} onAgain={problem.kind === "outcome_unknown" ? send : undefined} />}
            {answer && (
              <section className="card" aria-label={t("outcome")}>
                <Alert type={answer.outcome === "approve" ? "success" : answer.outcome === "refer" ? "info" : "warning"} showIcon message={`${t("outcome")}: ${outcomeWord}`} />
                {answer.reasons.length > 0 && (
                  <>
                    <h3>{t("reasons")}</h3>
                    <ol>{answer.reasons.map((reason) => <li key={reason.code}>{said(reason)} <code className="soft">{reason.code}</code></li>)}</ol>
                  </>
                )}
                <p style={{ display: "flex", gap: 16 }}>
                  <Link to={`/decisions/${answer.decision}`}>{t("toDecision")}</Link>
                  {answer.contract && <Link to={`/loans/${answer.contract.loan}`}>{t("toLoan")}</Link>}
                </p>
                {answer.contract && answer.contract.schedule.length > 0 && <ScheduleChart schedule={answer.contract.schedule} />}
              </section>
            )}
          </div>
        </>
      )}
    </Loaded>
  );
}
