// Alerts by what they may cost, down to the line that people can reach; and the cases they gather in.
import { Button, InputNumber, Segmented, Tag } from "antd";
import { useState } from "react";
import { Link, Route, Routes } from "react-router-dom";
import { act } from "../../api/client";
import { asProblem, type Problem } from "../../api/problem";
import { useMay } from "../../api/session";
import { useAsk } from "../../api/use_ask";
import { PlainTable } from "../../parts/chart";
import { Loaded } from "../../parts/loaded";
import { PageTabs } from "../../parts/page_tabs";
import { ProblemNote } from "../../parts/problem_note";
import { Figure, minorText, Ppm, When, useNumber } from "../../parts/values";
import { VerbTable, type Row } from "../../parts/verb_table";
import { useCode } from "../../words/codes";
import { useLanguage, useSaid, useWords } from "../../words/said";
import { CasePage } from "./one";
import type { Queue, Summary, Waiting } from "./shapes";
import { words } from "./words";

export default function Cases() {
  return (
    <Routes>
      <Route index element={<Lists />} />
      <Route path=":id" element={<CasePage />} />
    </Routes>
  );
}

function Lists() {
  const t = useWords(words);
  const may = useMay();
  return (
    <div className="page">
      <h1>{t("title")}</h1>
      <div className="card">
        <PageTabs
          items={[
            { key: "queue", label: t("queue"), children: <QueueTab /> },
            ...(may("case.list") ? [{ key: "cases", label: t("cases"), children: <CaseList /> }] : []),
            ...(may("case.summary") ? [{ key: "precision", label: t("precision"), children: <Precision /> }] : []),
            ...(may("case.snoozes") ? [{ key: "snoozes", label: t("snoozes"), children: <Snoozes /> }] : []),
          ]}
        />
      </div>
    </div>
  );
}

export function StateTag({ value }: { value: string }) {
  const colours: Record<string, string> = { open: "gold", assigned: "blue", proposed: "purple", closed: "green" };
  return <Tag color={colours[value]}>{useCode()(value)}</Tag>;
}

function Code({ value }: { value: unknown }) {
  return <>{useCode()(value === undefined ? undefined : String(value))}</>;
}

// Until when somebody must have answered; in words when that has passed.
export function Deadline({ at, now }: { at?: string; now: string }) {
  const t = useWords(words);
  if (!at) return <span className="soft">–</span>;
  return (
    <>
      <When at={at} /> {at < now && <Tag color="red">{t("overdue")}</Tag>}
    </>
  );
}

const applications = ["", "fraud", "aml"];

function QueueTab() {
  const t = useWords(words);
  const language = useLanguage();
  const number = useNumber();
  const code = useCode();
  const [capacity, setCapacity] = useState(50);
  const [application, setApplication] = useState("");
  const asked = useAsk<Queue>("case", "queue", { capacity, application: application || undefined }, { everyMs: 15_000 });
  return (
    <>
      <p className="soft">{t("queueHelp", { capacity: number(capacity) })}</p>
      <p>
        <label>
          {t("capacity")}{" "}
          <InputNumber min={1} max={1000} value={capacity} onChange={(value) => setCapacity(value ?? 50)} />
        </label>{" "}
        <Segmented
          aria-label={t("application")}
          value={application}
          onChange={(value) => setApplication(String(value))}
          options={applications.map((name) => ({ value: name, label: name ? code(name) : t("all") }))}
        />
      </p>
      <Loaded from={asked}>
        {(queue) => (
          <>
            <div className="figures">
              <Figure
                label={t("inQueue")}
                value={t("alertsCount", { count: number(queue.alerts.length) })}
                note={queue.alerts[0] && `${t("expectedLoss")} ${minorText(queue.expected_loss_minor, queue.alerts[0].currency, language)}`}
                at={queue.at}
              />
              <Figure
                label={t("below")}
                value={t("alertsCount", { count: number(queue.below) })}
                note={queue.alerts[0] && `${t("expectedLoss")} ${minorText(queue.expected_loss_below_minor, queue.alerts[0].currency, language)}`}
              />
            </div>
            <QueueTable queue={queue} />
          </>
        )}
      </Loaded>
    </>
  );
}

function QueueTable({ queue }: { queue: Queue }) {
  const t = useWords(words);
  const said = useSaid();
  const code = useCode();
  const language = useLanguage();
  if (queue.alerts.length === 0) return <p className="soft">{t("queueEmpty")}</p>;
  const row = (alert: Waiting) => [
    <Link key="w" to={`/cases/${alert.case}`}>
      {said(alert) || code(alert.kind)}
    </Link>,
    minorText(alert.expected_loss_minor, alert.currency, language),
    <Ppm key="p" value={alert.probability_ppb / 1000} />,
    minorText(alert.amount_minor, alert.currency, language),
    <Deadline key="d" at={alert.deadline} now={queue.at} />,
    code(alert.kind),
    code(alert.owner),
    <When key="a" at={alert.at} />,
  ];
  return (
    <PlainTable
      caption={t("queue")}
      columns={[t("what"), t("expectedLoss"), t("probability"), t("amount"), t("deadline"), t("kind"), t("owner"), t("raised")]}
      rows={queue.alerts.map(row)}
    />
  );
}

function CaseList() {
  const t = useWords(words);
  return (
    <VerbTable
      noun="case"
      verb="list"
      title={t("cases")}
      labels={{ application: words.application, state: words.state, owner: words.owner, subject: words.subject, overdue: words.overdue }}
      codes
      rowTo={(row) => `/cases/${String(row.id)}`}
      only={["id", "state", "application", "subject", "owner", "open_alerts", "alerts", "expected_loss_minor", "currency", "deadline", "opened_at", "verdict"]}
      columns={{
        id: { title: words.case },
        state: { title: words.state, show: (value) => <StateTag value={String(value)} /> },
        application: { title: words.application, show: (value) => <Code value={value} /> },
        subject: { title: words.subject },
        owner: { title: words.owner, show: (value) => <Code value={value} /> },
        open_alerts: { title: words.openAlerts },
        alerts: { title: words.alerts, hidden: true },
        expected_loss_minor: { title: words.expectedLoss, show: (value, row) => <Minor value={value} row={row} /> },
        currency: { hidden: true },
        deadline: { title: words.deadline },
        opened_at: { title: words.opened },
        verdict: { title: words.verdict },
      }}
    />
  );
}

function Minor({ value, row }: { value: unknown; row: Row }) {
  return <span className="number">{minorText(Number(value), String(row.currency), useLanguage())}</span>;
}

function Precision() {
  const t = useWords(words);
  const number = useNumber();
  const language = useLanguage();
  const code = useCode();
  const asked = useAsk<Summary>("case", "summary");
  return (
    <Loaded from={asked}>
      {(summary) => (
        <>
          <PlainTable
            caption={t("openCases")}
            columns={[t("application"), t("openCases"), t("waiting"), t("dueSoon"), t("overdue"), t("closed30")]}
            rows={summary.applications.map((one) => [
              code(one.application),
              number(one.open + one.assigned + one.proposed),
              number(one.waiting),
              number(one.due_within_hour),
              number(one.overdue),
              number(one.closed),
            ])}
          />
          <p className="soft">{t("precisionHelp")}</p>
          <PlainTable
            caption={t("precision")}
            columns={[t("kind"), t("precision"), t("range"), t("confirmed"), t("dismissed"), t("unclear"), t("waiting"), t("snoozed")]}
            rows={summary.kinds.map((kind) => [
              `${code(kind.application)} · ${code(kind.kind)}`,
              <Ppm key="p" value={kind.precision_ppm} digits={0} />,
              kind.precision_low_ppm === undefined || kind.precision_high_ppm === undefined
                ? "–"
                : `${number(kind.precision_low_ppm / 10_000, 0)}–${number(kind.precision_high_ppm / 10_000, 0)} %`,
              number(kind.confirmed),
              number(kind.dismissed),
              number(kind.unclear),
              number(kind.waiting),
              number(kind.snoozed),
            ])}
          />
          <p className="soft" lang={language}>
            <When at={summary.at} />
          </p>
        </>
      )}
    </Loaded>
  );
}

function Snoozes() {
  const t = useWords(words);
  const may = useMay();
  const [problem, setProblem] = useState<Problem>();
  const wake = async (row: Row, again: () => void) => {
    setProblem(undefined);
    try {
      await act("case", "wake", { application: row.application, kind: row.kind, subject: row.subject });
      again();
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  return (
    <>
      {problem && <ProblemNote problem={problem} />}
      <VerbTable
        noun="case"
        verb="snoozes"
        title={t("snoozes")}
        rowKey={(row) => `${String(row.application)}/${String(row.kind)}/${String(row.subject)}`}
        labels={{ application: words.application }}
        columns={{
          subject: { title: words.subject },
          application: { title: words.application, show: (value) => <Code value={value} /> },
          kind: { title: words.kind, show: (value) => <Code value={value} /> },
          until: { title: words.until },
          by: { title: words.by },
          why: { title: words.why },
          alerts: { title: words.keptOut },
        }}
        actions={(row, again) =>
          may("case.wake") &&
          may("evidence.personal") && ( // without it the subject is masked, and cannot be named
            <Button size="small" onClick={() => wake(row, again)}>
              {t("wake")}
            </Button>
          )
        }
      />
    </>
  );
}
