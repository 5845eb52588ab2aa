// Alerts as they are measured, and what people make of them: incidents with notes, an owner, a root cause and a measure.
import { Button, Drawer, Tag } from "antd";
import { useState } from "react";
import { Link, Route, Routes, useNavigate, useParams, useSearchParams } from "react-router-dom";
import { act } from "../../api/client";
import { asProblem, type Problem } from "../../api/problem";
import { useMay } from "../../api/session";
import { useAsk } from "../../api/use_ask";
import { PageTabs } from "../../parts/page_tabs";
import { Loaded } from "../../parts/loaded";
import { ProblemNote } from "../../parts/problem_note";
import { When } from "../../parts/values";
import { VerbForm } from "../../parts/verb_form";
import { VerbTable, type Row } from "../../parts/verb_table";
import { useSaid, useWords } from "../../words/said";
import { words } from "./words";

export default function Incidents() {
  return (
    <Routes>
      <Route index element={<Lists />} />
      <Route path=":id" element={<IncidentPage />} />
    </Routes>
  );
}

export function Severity({ value }: { value: number }) {
  const t = useWords(words);
  return value === 1 ? <Tag color="red">{t("high")}</Tag> : value === 2 ? <Tag color="gold">{t("medium")}</Tag> : <Tag>{t("low")}</Tag>;
}

function Lists() {
  const t = useWords(words);
  const may = useMay();
  const [search] = useSearchParams();
  return (
    <div className="page">
      <h1>{t("title")}</h1>
      <div className="card">
        <PageTabs
          items={[
            { key: "alerts", label: t("alerts"), children: <Alerts chosen={search.get("alert")} /> },
            ...(may("incident.list") ? [{ key: "incidents", label: t("incidents"), children: <IncidentList /> }] : []),
          ]}
        />
      </div>
    </div>
  );
}

function Alerts({ chosen }: { chosen: string | null }) {
  const t = useWords(words);
  const said = useSaid();
  const may = useMay();
  const navigate = useNavigate();
  const [from, setFrom] = useState<Row>();
  const [problem, setProblem] = useState<Problem>();
  const acknowledge = async (row: Row, again: () => void) => {
    setProblem(undefined);
    try {
      await act("alert", "acknowledge", { id: row.id });
      again();
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  return (
    <>
      {problem && <ProblemNote problem={problem} />}
      <VerbTable
        noun="alert"
        verb="list"
        title={t("alerts")}
        start={chosen ? {} : { open: true }}
        labels={{ open: words.openOnly, kind: words.kind }}
        only={["severity", "what", "kind", "use_case", "subject", "raised_at", "refreshed_at", "times", "acknowledged_by", "id"]}
        columns={{
          severity: { title: words.severity, show: (value) => <Severity value={Number(value)} /> },
          what: { title: words.what, show: (_, row) => (row.id === chosen ? <b>{said(row as { en: string; zh: string })}</b> : said(row as { en: string; zh: string })) },
          kind: { title: words.kind },
          use_case: { title: words.useCase },
          subject: { title: words.subject },
          raised_at: { title: words.since },
          refreshed_at: { title: words.last, hidden: true },
          times: { title: words.times },
          acknowledged_by: { title: words.lookedAfter },
          id: { hidden: true },
        }}
        actions={(row, again) =>
          row.settled_at ? (
            <Tag>{t("settled")}</Tag>
          ) : (
            <span className="acts">
              {!row.acknowledged_by && may("alert.acknowledge") && (
                <Button size="small" onClick={() => acknowledge(row, again)}>
                  {t("acknowledge")}
                </Button>
              )}
              {may("incident.open") && (
                <Button size="small" onClick={() => setFrom(row)}>
                  {t("makeIncident")}
                </Button>
              )}
            </span>
          )
        }
      />
      <Drawer open={from !== undefined} onClose={() => setFrom(undefined)} title={t("makeIncident")} width={480} destroyOnHidden>
        {from && (
          <VerbForm<Row>
            noun="incident"
            verb="open"
            fixed={{ alert: from.id, use_case: from.use_case }}
            only={["severity", "what_happened"]}
            initial={{ severity: from.severity, what_happened: said(from as { en: string; zh: string }) }}
            labels={{ severity: words.severity, what_happened: words.whatHappened }}
            onDone={(incident) => navigate(`/incidents/${String(incident.id)}`)}
          />
        )}
      </Drawer>
    </>
  );
}

function IncidentList() {
  const t = useWords(words);
  const may = useMay();
  const navigate = useNavigate();
  const [opening, setOpening] = useState(false);
  return (
    <>
      <VerbTable
        noun="incident"
        verb="list"
        title={t("incidents")}
        start={{ open: true }}
        labels={{ open: words.openOnly, assigned_to: words.assignedTo }}
        rowTo={(row) => `/incidents/${String(row.id)}`}
        only={["what_happened", "severity", "use_case", "opened_at", "opened_by", "assigned_to", "closed_at", "id"]}
        columns={{
          what_happened: { title: words.whatHappened, show: (value) => String(value).slice(0, 120) },
          severity: { title: words.severity, show: (value) => <Severity value={Number(value)} /> },
          use_case: { title: words.useCase, show: (value) => String(value) || t("whole") },
          opened_at: { title: words.openedAt },
          opened_by: { title: words.openedBy },
          assigned_to: { title: words.assignedTo, show: (value) => String(value) || t("nobody") },
          closed_at: { title: words.closedAt },
          id: { hidden: true },
        }}
        toolbar={
          may("incident.open") && (
            <Button size="small" type="primary" onClick={() => setOpening(true)}>
              {t("newIncident")}
            </Button>
          )
        }
      />
      <Drawer open={opening} onClose={() => setOpening(false)} title={t("newIncident")} width={480} destroyOnHidden>
        <VerbForm<Row>
          noun="incident"
          verb="open"
          only={["severity", "use_case", "what_happened"]}
          labels={{ severity: words.severity, what_happened: words.whatHappened }}
          onDone={(incident) => navigate(`/incidents/${String(incident.id)}`)}
        />
      </Drawer>
    </>
  );
}

type Incident = {
  id: string;
  severity: number;
  use_case: string;
  what_happened: string;
  alert?: string;
  opened_by: string;
  assigned_to: string;
  opened_at: string;
  root_cause: string;
  measure: string;
  closed_by: string;
  closed_at?: string;
  notes: { at: string; by: string; text: string }[];
};

function IncidentPage() {
  const t = useWords(words);
  const { id = "" } = useParams();
  const asked = useAsk<Incident>("incident", "show", { id });
  return (
    <div className="page">
      <Loaded from={asked}>{(incident) => <Shown incident={incident} again={asked.again} />}</Loaded>
      {asked.problem && <Link to="/incidents?tab=incidents">{t("back")}</Link>}
    </div>
  );
}

function Shown({ incident, again }: { incident: Incident; again: () => void }) {
  const t = useWords(words);
  const may = useMay();
  const open = !incident.closed_at;
  return (
    <>
      <div className="page-head">
        <h1>{t("incident")}</h1>
        <Severity value={incident.severity} />
        <Tag color={open ? "gold" : "green"}>{t(open ? "open" : "closed")}</Tag>
        <span className="stretch" />
        <Link to="/incidents?tab=incidents">{t("back")}</Link>
      </div>
      <div className="decision">
        <div className="decision-main">
          <section className="card">
            <p style={{ whiteSpace: "pre-wrap" }}>{incident.what_happened}</p>
            <dl className="pairs">
              <dt>{t("useCase")}</dt>
              <dd>{incident.use_case || t("whole")}</dd>
              <dt>{t("openedBy")}</dt>
              <dd>
                {incident.opened_by}, <When at={incident.opened_at} /> {incident.alert && <Link to={`/incidents?alert=${incident.alert}`}>{t("fromAlert")}</Link>}
              </dd>
              <dt>{t("assignedTo")}</dt>
              <dd>{incident.assigned_to || t("nobody")}</dd>
              <dt>{t("rootCause")}</dt>
              <dd>{incident.root_cause || "–"}</dd>
              <dt>{t("measure")}</dt>
              <dd>{incident.measure || "–"}</dd>
              {incident.closed_at && (
                <>
                  <dt>{t("closedAt")}</dt>
                  <dd>
                    <When at={incident.closed_at} /> {incident.closed_by}
                  </dd>
                </>
              )}
            </dl>
          </section>
          <section className="card" aria-label={t("notes")}>
            <h2>{t("notes")}</h2>
            {incident.notes.map((note, i) => (
              <div key={i} className="review">
                <p style={{ whiteSpace: "pre-wrap" }}>{note.text}</p>
                <small className="soft">
                  {note.by}, <When at={note.at} />
                </small>
              </div>
            ))}
            {open && may("incident.note") && (
              <VerbForm noun="incident" verb="note" fixed={{ id: incident.id }} labels={{ root_cause: words.rootCause, measure: words.measure }} submit={t("addNote")} onDone={again} />
            )}
          </section>
        </div>
        {open && (
          <div className="decision-side">
            {may("incident.assign") && (
              <section className="card" aria-label={t("assign")}>
                <h2>{t("assign")}</h2>
                <VerbForm noun="incident" verb="assign" fixed={{ id: incident.id }} submit={t("assign")} onDone={again} />
              </section>
            )}
            {may("incident.close") && (
              <section className="card" aria-label={t("close")}>
                <h2>{t("close")}</h2>
                <p className="soft">{t("closeHelp")}</p>
                <VerbForm
                  noun="incident"
                  verb="close"
                  fixed={{ id: incident.id }}
                  only={["root_cause", "measure"]}
                  initial={{ root_cause: incident.root_cause, measure: incident.measure }}
                  labels={{ root_cause: words.rootCause, measure: words.measure }}
                  submit={t("close")}
                  onDone={again}
                />
              </section>
            )}
          </div>
        )}
      </div>
    </>
  );
}
