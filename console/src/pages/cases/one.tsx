// One case: what raised it, its graph and its evidence, what people did, and what may be done next.
import { Alert as Note, Button, Tag } from "antd";
import { useState } from "react";
import { Link, useParams } from "react-router-dom";
import { act } from "../../api/client";
import { useMay, useSession } from "../../api/session";
import { useAsk } from "../../api/use_ask";
import { Confirm } from "../../parts/confirm";
import { Loaded } from "../../parts/loaded";
import { DigestText, minorText, Ppm, When } from "../../parts/values";
import { Choice, VerbForm } from "../../parts/verb_form";
import { useCode } from "../../words/codes";
import { useLanguage, useSaid, useWords } from "../../words/said";
import { CaseEvidence, useKindName } from "./evidence";
import { Report } from "./report";
import type { CaseAlert, CaseAnswer, CaseEvent, CaseFile } from "./shapes";
import { Deadline, StateTag } from "./view";
import { words } from "./words";

export function CasePage() {
  const t = useWords(words);
  const { id = "" } = useParams();
  const asked = useAsk<CaseAnswer>("case", "show", { id });
  return (
    <div className="page">
      <Loaded from={asked}>{(answer) => <Shown answer={answer} again={asked.again} />}</Loaded>
      {asked.problem && <Link to="/cases">{t("back")}</Link>}
    </div>
  );
}

function Shown({ answer, again }: { answer: CaseAnswer; again: () => void }) {
  const t = useWords(words);
  const language = useLanguage();
  const code = useCode();
  const kindName = useKindName();
  const { case: file } = answer;
  return (
    <>
      <div className="page-head">
        <h1>
          {t("case")} <DigestText value={file.id} length={13} />
        </h1>
        <StateTag value={file.state} />
        {file.verdict && <Tag>{code(file.verdict)}</Tag>}
        <span className="stretch" />
        <Link to="/cases?tab=cases">{t("back")}</Link>
      </div>
      <div className="decision">
        <div className="decision-main">
          <section className="card">
            <dl className="pairs">
              <dt>{t("subject")}</dt>
              <dd>
                {kindName(file.subject_kind)} {file.subject}
              </dd>
              <dt>{t("owner")}</dt>
              <dd>{code(file.owner)}</dd>
              <dt>{t("expectedLoss")}</dt>
              <dd>{minorText(file.expected_loss_minor, file.currency, language)}</dd>
              <dt>{t("opened")}</dt>
              <dd>
                <When at={file.opened_at} />
              </dd>
              {file.deadline && (
                <>
                  <dt>{t("deadline")}</dt>
                  <dd>
                    <Deadline at={file.deadline} now={answer.at} />
                  </dd>
                </>
              )}
            </dl>
          </section>
          {answer.alerts.map((alert, i) => (
            <AlertCard key={alert.id} alert={alert} now={answer.at} again={again} first={i === 0} />
          ))}
          {file.application === "aml" && <Report of={file.id} />}
          <section className="card" aria-label={t("history")}>
            <h2>{t("history")}</h2>
            {answer.events.map((event, i) => (
              <div key={i} className="review">
                <b>{code(event.what)}</b> <EventWords event={event} />
                <br />
                <small className="soft">
                  {code(event.by)}, <When at={event.at} seconds />
                </small>
              </div>
            ))}
          </section>
        </div>
        <div className="decision-side">
          <Acts file={file} alerts={answer.alerts} again={again} />
        </div>
      </div>
    </>
  );
}

// Its words begin with codes where the office wrote them: a verdict, whose it was and whose it is.
function EventWords({ event }: { event: CaseEvent }) {
  const code = useCode();
  const found = /^(confirmed|dismissed|unclear)(.*)$/s.exec(event.words);
  const text =
    found && ["proposed", "closed", "settled"].includes(event.what)
      ? `${code(found[1])}${found[2]}`
      : event.what === "assigned"
        ? event.words.split(" → ").map(code).join(" → ")
        : event.words;
  return <span style={{ whiteSpace: "pre-wrap" }}>{text}</span>;
}

// The evidence of the newest alert is there at once; that of the others when somebody asks, for a case may hold many.
function AlertCard({ alert, now, again, first }: { alert: CaseAlert; now: string; again: () => void; first: boolean }) {
  const t = useWords(words);
  const code = useCode();
  const [open, setOpen] = useState(first);
  const said = useSaid();
  const language = useLanguage();
  return (
    <section className="card" aria-label={said(alert) || code(alert.kind)}>
      <h2>{said(alert) || code(alert.kind)}</h2>
      <p>
        <Tag>{code(alert.kind)}</Tag>
        {alert.verdict && <Tag color="green">{code(alert.verdict)}</Tag>}
        {alert.snoozed && <Tag>{t("snoozed")}</Tag>}
      </p>
      <dl className="pairs">
        <dt>{t("expectedLoss")}</dt>
        <dd>
          {minorText(alert.expected_loss_minor, alert.currency, language)} = <Ppm value={alert.probability_ppb / 1000} /> ×{" "}
          {minorText(alert.amount_minor, alert.currency, language)}
        </dd>
        <dt>{t("raised")}</dt>
        <dd>
          <When at={alert.at} seconds />
        </dd>
        <dt>{t("decision")}</dt>
        <dd>
          <Link to={`/decisions/${alert.decision}`}>
            <code>{alert.decision.slice(0, 18)}…</code>
          </Link>
        </dd>
        {alert.deadline && (
          <>
            <dt>{t("deadline")}</dt>
            <dd>
              <Deadline at={alert.verdict ? undefined : alert.deadline} now={now} />
            </dd>
          </>
        )}
      </dl>
      {open ? (
        <CaseEvidence alert={alert} again={again} />
      ) : (
        <Button size="small" onClick={() => setOpen(true)}>
          {t("evidence")}
        </Button>
      )}
    </section>
  );
}

// What this person may do with the case as it stands.
function Acts({ file, alerts, again }: { file: CaseFile; alerts: CaseAlert[]; again: () => void }) {
  const t = useWords(words);
  const may = useMay();
  const { name } = useSession();
  const code = useCode();
  const fixed = { id: file.id };
  const part = (permission: string, title: string, form: React.ReactNode) =>
    may(permission) && (
      <section className="card" aria-label={title} key={permission}>
        <h2>{title}</h2>
        {form}
      </section>
    );
  const form = (verb: string, title: string, only: string[]) => (
    <VerbForm noun="case" verb={verb} fixed={fixed} only={only} codes submit={title} onDone={again}
      labels={{ words: verb === "note" ? words.noteWords : words.why, verdict: words.verdict, to: words.owner }} />
  );
  const kinds = [...new Set(alerts.map((alert) => alert.kind))];
  if (file.state === "closed") return <>{part("case.reopen", t("reopen"), form("reopen", t("reopen"), ["words"]))}</>;
  return (
    <>
      {file.state === "proposed" &&
        part(
          "case.confirm",
          t("confirm"),
          <>
            <p>{t("confirmHelp", { who: file.proposed_by ?? "", verdict: file.verdict ? code(file.verdict) : "" })}</p>
            {file.proposed_by === name ? (
              <Note type="info" message={t("proposeHelp")} />
            ) : (
              <Confirm label={t("confirm")} title={t("confirm")} askWhy={false} button={{ type: "primary" }}
                onConfirm={async () => { await act("case", "confirm", fixed); again(); }}>
                {t("confirmHelp", { who: file.proposed_by ?? "", verdict: file.verdict ? code(file.verdict) : "" })}
              </Confirm>
            )}
          </>,
        )}
      {file.state === "proposed" && part("case.return", t("sendBack"), form("return", t("sendBack"), ["words"]))}
      {file.state !== "proposed" &&
        part(
          "case.propose",
          t("propose"),
          <>
            <p className="soft">{t("proposeHelp")}</p>
            {form("propose", t("propose"), ["verdict", "words"])}
          </>,
        )}
      {part("case.note", t("note"), form("note", t("note"), ["words"]))}
      {file.state !== "proposed" &&
        part(
          "case.assign",
          t("assign"),
          <>
            <p className="soft">{t("assignHelp")}</p>
            {form("assign", t("assign"), ["to"])}
          </>,
        )}
      {may("evidence.personal") && part(
        "case.snooze",
        t("snooze"),
        <>
          <p className="soft">{t("snoozeHelp")}</p>
          <VerbForm noun="case" verb="snooze" fixed={{ application: file.application, subject: file.subject }}
            only={["kind", "days", "why"]} initial={{ kind: kinds[0], days: 7 }} labels={{ kind: words.kind, days: words.days, why: words.why }}
            replace={{ kind: <Choice options={kinds.map((kind) => ({ value: kind, label: code(kind) }))} style={{ maxWidth: 420 }} /> }}
            submit={t("snooze")} onDone={again} />
        </>,
      )}
    </>
  );
}
