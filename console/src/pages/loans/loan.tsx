// A loan's life: what was agreed, where it stands on a day, what happened to it, and what can be done with it.
import { DatePicker, Tabs, Tag } from "antd";
import type { Dayjs } from "dayjs";
import { useState } from "react";
import { Link, useParams } from "react-router-dom";
import { useMay } from "../../api/session";
import { useAsk } from "../../api/use_ask";
import { PlainTable } from "../../parts/chart";
import { Loaded } from "../../parts/loaded";
import { DigestText, Money, useNumber } from "../../parts/values";
import { VerbForm } from "../../parts/verb_form";
import { useWords } from "../../words/said";
import { lendingWords } from "../portfolio/words";
import { ScheduleChart, type Instalment } from "../products/schedule_chart";

type LoanOf = {
  contract: { loan: string; product: string; principal: string; rate: string; annual_irr: string; method: string; opened_on: string; first_due: string; schedule: Instalment[] };
  position: {
    date: string; status: string; bucket: string; stage: string; days_past_due: number; principal: string; interest_accrued: string;
    due: string; past_due: string; credit: string; next_due?: string; next_due_amount: string; payoff: string; allowance: string;
  };
  events: { id: string; kind: string; date: string; amount: string }[];
};

export default function Loan() {
  const t = useWords(lendingWords);
  const { id } = useParams();
  const [on, setOn] = useState<Dayjs | null>(null);
  const loan = useAsk<LoanOf>("lending", "loan", { loan: id, on: on?.format("YYYY-MM-DD") });
  return (
    <div className="page">
      <nav className="soft" aria-label={t("loansTitle")}><Link to="/loans">{t("loansTitle")}</Link></nav>
      <div className="page-head">
        <h1>{t("loan", { id: id?.slice(0, 13) ?? "" })}</h1>
        <DatePicker aria-label={t("onDay")} placeholder={t("onDay")} value={on} onChange={setOn} />
      </div>
      <Loaded from={loan}>{(data) => <Shown loan={data} again={loan.again} />}</Loaded>
    </div>
  );
}

function Shown({ loan, again }: { loan: LoanOf; again: () => void }) {
  const t = useWords(lendingWords);
  const number = useNumber();
  const may = useMay();
  const { contract, position, events } = loan;
  const percent = (rate: string) => `${number(100 * Number(rate), 3)} %`;
  const acts = ([["repay", "repay"], ["prepay", "prepay"], ["draw", "draw"], ["event", "other"]] as const).filter(([verb]) => may(`lending.${verb}`));
  return (
    <>
      <div className="cards">
        <section className="card" aria-label={t("contract")}>
          <h2>{t("contract")}</h2>
          <dl className="pairs">
            <dt>{t("loanId")}</dt><dd><DigestText value={contract.loan} length={13} /></dd>
            <dt>{t("product")}</dt><dd>{contract.product}</dd>
            <dt>{t("amount")}</dt><dd><Money value={contract.principal} /></dd>
            <dt>{t("rate")}</dt><dd className="number">{percent(contract.rate)}</dd>
            <dt>{t("irr")}</dt><dd className="number">{percent(contract.annual_irr)}</dd>
            <dt>{t("method")}</dt><dd>{contract.method}</dd>
            <dt>{t("opened")}</dt><dd className="number">{contract.opened_on}</dd>
          </dl>
        </section>
        <section className="card" aria-label={t("position")}>
          <h2>{t("position")} <span className="soft number">{position.date}</span></h2>
          <p><Tag>{position.status}</Tag><Tag color={position.days_past_due > 0 ? "error" : "success"}>{position.bucket}</Tag><Tag>{t("stage")} {position.stage}</Tag></p>
          <dl className="pairs">
            <dt>{t("principal")}</dt><dd><Money value={position.principal} /></dd>
            <dt>{t("pastDue")}</dt><dd><Money value={position.past_due} /></dd>
            <dt>{t("daysPastDue")}</dt><dd className="number">{number(position.days_past_due)}</dd>
            <dt>{t("dueToday")}</dt><dd><Money value={position.due} /></dd>
            <dt>{t("nextDue")}</dt><dd><Money value={position.next_due_amount} /> <span className="number">{position.next_due ?? ""}</span></dd>
            <dt>{t("accrued")}</dt><dd><Money value={position.interest_accrued} /></dd>
            <dt>{t("payoff")}</dt><dd><Money value={position.payoff} /></dd>
            <dt>{t("credit")}</dt><dd><Money value={position.credit} /></dd>
            <dt>{t("allowance")}</dt><dd><Money value={position.allowance} /></dd>
          </dl>
        </section>
      </div>
      {contract.schedule.length > 0 && <div className="card" style={{ marginBottom: 12 }}><ScheduleChart schedule={contract.schedule} /></div>}
      <h2>{t("events")}</h2>
      {events.length === 0 ? (
        <p className="soft">{t("noEvents")}</p>
      ) : (
        <PlainTable caption={t("events")} columns={[t("date"), t("kind"), t("amount")]} rows={events.map((one) => [one.date, one.kind, <Money key="m" value={one.amount} />])} />
      )}
      {acts.length > 0 && (
        <>
          <h2>{t("act")}</h2>
          <div className="card">
            <Tabs items={acts.map(([verb, word]) => ({ key: verb, label: t(word), children: <VerbForm noun="lending" verb={verb} fixed={{ loan: contract.loan }} onDone={again} /> }))} />
          </div>
        </>
      )}
    </>
  );
}
