// What was judged, what waits for an answer, and what is guarded by which scheme.
import { Tag } from "antd";
import { Link, Route, Routes, useParams } from "react-router-dom";
import { useKnows } from "../../api/openapi";
import { useMay } from "../../api/session";
import { useAsk } from "../../api/use_ask";
import { Loaded } from "../../parts/loaded";
import { PageTabs } from "../../parts/page_tabs";
import { Figure, minorText, Ppm, useNumber, When } from "../../parts/values";
import { VerbForm } from "../../parts/verb_form";
import { VerbTable, type Row } from "../../parts/verb_table";
import { useCode } from "../../words/codes";
import { useLanguage, useWords } from "../../words/said";
import { PaymentShown, type PaymentView } from "../cases/evidence";
import { words } from "./words";

export default function Payments() {
  return (
    <Routes>
      <Route index element={<Lists />} />
      <Route path=":scheme/*" element={<PaymentPage />} />
    </Routes>
  );
}

export function ActionTag({ value }: { value: string }) {
  const code = useCode();
  const colours: Record<string, string> = { approve: "green", challenge: "blue", hold: "gold", block: "red" };
  return value ? <Tag color={colours[value]}>{code(value)}</Tag> : <span className="soft">–</span>;
}

export const addressOf = (row: { scheme?: unknown; key?: unknown }) => `/payments/${String(row.scheme)}/${String(row.key)}`;

function Lists() {
  const t = useWords(words);
  const may = useMay();
  const knows = useKnows();
  return (
    <div className="page">
      <h1>{t("title")}</h1>
      <div className="card">
        <PageTabs
          items={[
            { key: "payments", label: t("payments"), children: <PaymentList /> },
            ...(knows("fraud", "holds") && may("fraud.holds") ? [{ key: "holds", label: t("holds"), children: <HoldList /> }] : []),
            ...(knows("fraud", "schemes") && may("fraud.schemes") ? [{ key: "schemes", label: t("schemes"), children: <SchemeList /> }] : []),
          ]}
        />
      </div>
    </div>
  );
}

function Minor({ value, row }: { value: unknown; row: Row }) {
  return <span className="number">{minorText(Number(value), String(row.currency), useLanguage())}</span>;
}

// A rate as the server prints it, "0.523": as per cent.
export function Probability({ value }: { value: unknown }) {
  return <Ppm value={value === undefined || value === "" ? undefined : Math.round(Number(value) * 1_000_000)} />;
}

function Owner({ value }: { value: unknown }) {
  return <>{useCode()(String(value ?? ""))}</>;
}

function Label({ value }: { value: unknown }) {
  const t = useWords(words);
  return value === undefined ? <span className="soft">–</span> : <Tag color={value ? "red" : "green"}>{t(value ? "wasFraud" : "wasGood")}</Tag>;
}

function PaymentList() {
  const t = useWords(words);
  return (
    <VerbTable
      noun="fraud"
      verb="payments"
      title={t("payments")}
      rowKey={(row) => addressOf(row)}
      rowTo={addressOf}
      codes
      labels={{ scheme: words.scheme, from: words.from, to: words.until, subject: words.subject, action: words.action, labelled: words.fraud }}
      only={["key", "action", "settled_as", "amount_minor", "probability", "subject", "at", "scheme", "fraud", "late"]}
      columns={{
        key: { title: words.key },
        action: { title: words.action, show: (value) => <ActionTag value={String(value ?? "")} /> },
        settled_as: { title: words.settled, show: (value) => <ActionTag value={String(value ?? "")} /> },
        amount_minor: { title: words.amount, show: (value, row) => <Minor value={value} row={row} /> },
        probability: { title: words.probability, show: (value) => <Probability value={value} /> },
        subject: { title: words.subject },
        at: { title: words.at },
        scheme: { title: words.scheme },
        fraud: { title: words.labels, show: (value) => <Label value={value} /> },
        late: { title: words.late, hidden: true },
      }}
    />
  );
}

function HoldList() {
  const t = useWords(words);
  return (
    <VerbTable
      noun="fraud"
      verb="holds"
      title={t("holds")}
      rowKey={(row) => addressOf(row)}
      rowTo={addressOf}
      labels={{ scheme: words.scheme }}
      only={["key", "deadline", "then", "owner", "expected_loss_minor", "amount_minor", "probability", "subject", "scheme"]}
      columns={{
        key: { title: words.key },
        deadline: { title: words.deadline },
        then: { title: words.then, show: (value) => <ActionTag value={String(value ?? "")} /> },
        owner: { title: words.owner, show: (value) => <Owner value={value} /> },
        expected_loss_minor: { title: words.loss, show: (value, row) => <Minor value={value} row={row} /> },
        amount_minor: { title: words.amount, show: (value, row) => <Minor value={value} row={row} /> },
        probability: { title: words.probability, show: (value) => <Probability value={value} /> },
        subject: { title: words.subject },
        scheme: { title: words.scheme },
      }}
    />
  );
}

type Scheme = {
  scheme: string;
  title: string;
  use_case: string;
  currency: string;
  last_day: { action: string; payments: number; amount_minor: number }[];
  open_holds: number;
  events: number;
  late: number;
  keys: number;
  memory_bytes: number;
  has_model: boolean;
  has_shadow: boolean;
};

function SchemeList() {
  const t = useWords(words);
  const number = useNumber();
  const asked = useAsk<{ schemes: Scheme[]; at: string }>("fraud", "schemes");
  return (
    <Loaded from={asked}>
      {({ schemes, at }) => (
        <>
          {schemes.map((one) => (
            <section key={one.scheme} className="card" aria-label={one.title}>
              <h2>{one.title}</h2>
              <p className="soft">
                {one.use_case} · {t("model")}: {t(one.has_model ? "yes" : "no")} · {t("shadow")}: {t(one.has_shadow ? "yes" : "no")}{" "}
                {one.has_shadow && <Link to={`/shadow?scheme=${one.scheme}`}>{t("compare")}</Link>}
              </p>
              <div className="figures">
                {one.last_day.map((count) => (
                  <Figure key={count.action} label={<ActionTag value={count.action} />} value={number(count.payments)} note={t("lastDay")} />
                ))}
                <Figure label={t("openHolds")} value={number(one.open_holds)} />
                <Figure label={t("events")} value={number(one.events)} />
                <Figure label={t("keys")} value={number(one.keys)} />
                <Figure label={t("memory")} value={number(one.memory_bytes / 1048576, 1)} unit="MiB" at={at} />
              </div>
            </section>
          ))}
        </>
      )}
    </Loaded>
  );
}

function PaymentPage() {
  const t = useWords(words);
  const { scheme = "", "*": key = "" } = useParams();
  const asked = useAsk<PaymentView>("fraud", "payment", { scheme, key });
  return (
    <div className="page">
      <Loaded from={asked}>{(view) => <Shown view={view} again={asked.again} />}</Loaded>
      {asked.problem && <Link to="/payments">{t("back")}</Link>}
    </div>
  );
}

function Shown({ view, again }: { view: PaymentView; again: () => void }) {
  const t = useWords(words);
  const may = useMay();
  const language = useLanguage();
  const code = useCode();
  const { payment } = view;
  return (
    <>
      <div className="page-head">
        <h1>
          {t("payment")} {payment.key}
        </h1>
        <ActionTag value={payment.action} />
        {payment.settled_as && <ActionTag value={payment.settled_as} />}
        <span className="stretch" />
        <Link to="/payments">{t("back")}</Link>
      </div>
      <div className="decision">
        <div className="decision-main">
          <section className="card" aria-label={t("payment")}>
            <dl className="pairs">
              <dt>{t("amount")}</dt>
              <dd>{minorText(payment.amount_minor, payment.currency, language)}</dd>
              <dt>{t("subject")}</dt>
              <dd>{payment.subject}</dd>
              <dt>{t("at")}</dt>
              <dd>
                <When at={payment.at} seconds />
              </dd>
              <dt>{t("probability")}</dt>
              <dd>
                <Probability value={payment.probability} />
              </dd>
              {view.answered_by && (
                <>
                  <dt>{t("settled")}</dt>
                  <dd>
                    <ActionTag value={payment.settled_as ?? ""} /> {code(view.answered_by)}: {view.why}
                  </dd>
                </>
              )}
              <dt>{t("decision")}</dt>
              <dd>
                <Link to={`/decisions/${payment.decision}`}>
                  <code>{payment.decision.slice(0, 18)}…</code>
                </Link>{" "}
                {view.case && <Link to={`/cases/${view.case}`}>{t("inCase")}</Link>}
              </dd>
            </dl>
            <PaymentShown view={view} again={again} />
          </section>
        </div>
        <div className="decision-side">
          <section className="card" aria-label={t("labels")}>
            <h2>{t("labels")}</h2>
            {view.labels.length === 0 && <p className="soft">{t("noLabel")}</p>}
            {view.labels.map((label, i) => (
              <div key={i} className="review">
                <Tag color={label.fraud ? "red" : "green"}>{t(label.fraud ? "wasFraud" : "wasGood")}</Tag>
                <small className="soft">
                  {label.by}, <When at={label.known_at} />
                </small>
              </div>
            ))}
            {may("fraud.label") && (
              <VerbForm noun="fraud" verb="label" fixed={{ scheme: payment.scheme, key: payment.key }} only={["fraud"]} labels={{ fraud: words.fraud }} submit={t("label")} onDone={again} />
            )}
          </section>
        </div>
      </div>
    </>
  );
}
