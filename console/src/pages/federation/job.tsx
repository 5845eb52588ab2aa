// One job: its parameters in words beside the file that is signed, who signed, how far it is, what it told and left.
import { Alert } from "antd";
import { useState } from "react";
import { Link, useParams } from "react-router-dom";
import { useMay } from "../../api/session";
import { useAsk } from "../../api/use_ask";
import { PlainTable } from "../../parts/chart";
import { Loaded } from "../../parts/loaded";
import { DigestText, When, useNumber } from "../../parts/values";
import { useCode } from "../../words/codes";
import { useLanguage, useWords } from "../../words/said";
import { Acts } from "./acts";
import { runningMs, waitingMs } from "./lists";
import { Bytes, LeakageShown, StateTag, whyText } from "./parts";
import { Runs } from "./runs";
import type { Job, JobShown, Measures, Model, Party } from "./shapes";
import { words } from "./words";

// By itself a job changes while it runs, and when somebody begins it on the command line.
function everyMsOf(state: string | undefined): number | undefined {
  if (state === "running") return runningMs;
  return state === "approved" || state === "stopped" ? waitingMs : undefined;
}

export function JobPage() {
  const t = useWords(words);
  const { hash = "" } = useParams();
  const [everyMs, setEveryMs] = useState<number>();
  const asked = useAsk<JobShown>("federation", "job", { hash }, { everyMs });
  const wanted = everyMsOf(asked.data?.job.state);
  if (wanted !== everyMs) setEveryMs(wanted);
  return (
    <div className="page">
      <Loaded from={asked}>{(shown) => <Shown shown={shown} again={asked.again} />}</Loaded>
      {asked.problem && <Link to="/federation">{t("back")}</Link>}
    </div>
  );
}

function Shown({ shown, again }: { shown: JobShown; again: () => void }) {
  const t = useWords(words);
  const language = useLanguage();
  const may = useMay();
  const { job } = shown;
  const traffic = shown.runs[0]?.partners ?? [];
  return (
    <>
      <div className="page-head">
        <h1>
          {t("job")}: {job.name}
        </h1>
        <StateTag value={job.state} />
        <span className="stretch" />
        {may("federation.transcript") && <Link to={`/federation/${job.hash}/transcript`}>{t("toTranscript")}</Link>}
        <Link to="/federation">{t("back")}</Link>
      </div>
      <Why job={job} />
      <div className="decision">
        <div className="decision-main">
          <section className="card beside" aria-label={t("inWords")}>
            <div>
              <h2>{t("inWords")}</h2>
              <ul className="faults">
                {shown.in_words.map((sentence) => (
                  <li key={sentence.english}>{language === "zh" ? sentence.chinese : sentence.english}</li>
                ))}
              </ul>
            </div>
            <div>
              <h2>{t("declaration")}</h2>
              <pre className="mono manifest" tabIndex={0} role="region" aria-label={t("declaration")}>
                {JSON.stringify(shown.declaration, null, 2)}
              </pre>
            </div>
          </section>
          <section className="card">
            <h2>{t("parties")}</h2>
            <Parties parties={shown.declaration.parties} self={job.self} />
          </section>
          <section className="card">
            <h2>{t("runs")}</h2>
            <Runs runs={shown.runs} job={job} />
            {traffic.length > 0 && (
              <>
                <h3>{t("traffic")}</h3>
                <PlainTable
                  caption={t("traffic")}
                  columns={[t("partner"), t("sent"), t("received")]}
                  rows={traffic.map((one) => [one.partner, <Bytes key="s" value={one.bytes_sent} />, <Bytes key="r" value={one.bytes_received} />])}
                />
              </>
            )}
          </section>
          <section className="card">
            <h2>{t("leakage")}</h2>
            <p className="soft">{t("leakageHelp")}</p>
            <LeakageShown leakage={shown.leakage} caption={t("leakage")} />
          </section>
          {(shown.model || shown.measures) && <ModelCard model={may("federation.model") ? shown.model : undefined} measures={shown.measures} />}
        </div>
        <div className="decision-side">
          <Facts job={job} />
          <Acts job={job} again={again} />
        </div>
      </div>
    </>
  );
}

function Why({ job }: { job: Job }) {
  const t = useWords(words);
  const language = useLanguage();
  if (!job.why) return null;
  const how = { rejected: "rejectedWhy", stopped: "stoppedWhy", failed: "failedWhy" } as const;
  const said = how[job.state as keyof typeof how];
  if (!said) return null;
  return <Alert type={job.state === "failed" ? "error" : "info"} showIcon style={{ marginBottom: 12 }} message={t(said, { why: whyText(job.why, language) })} />;
}

function Parties({ parties, self }: { parties: readonly Party[]; self: string }) {
  const t = useWords(words);
  const code = useCode();
  return (
    <PlainTable
      caption={t("parties")}
      columns={[t("name"), t("role"), t("columns"), t("address"), t("certificate")]}
      rows={parties.map((party) => [
        party.name === self ? `${party.name} (${t("thisHouse")})` : party.name,
        code(party.role),
        party.columns.join(", "),
        party.address || t("noAddress"),
        <DigestText key="c" value={party.certificate} length={12} />,
      ])}
    />
  );
}

function ModelCard({ model, measures }: { model?: string; measures?: Measures }) {
  const t = useWords(words);
  const number = useNumber();
  const asked = useAsk<Model>(model ? "federation" : null, "model", { hash: model });
  return (
    <section className="card" aria-label={t("model")}>
      <h2>{model ? t("model") : t("measuresOf")}</h2>
      {model && (
        <Loaded from={asked}>
          {(card) => (
            <dl className="pairs">
              <dt>{t("model")}</dt>
              <dd>
                <DigestText value={card.model} length={16} />
              </dd>
              <dt>{t("part")}</dt>
              <dd>
                <DigestText value={card.part} length={16} /> <Bytes value={card.part_bytes} />
              </dd>
              <dt>{t("rows")}</dt>
              <dd>{number(card.rows)}</dd>
              <dt>{t("made")}</dt>
              <dd>
                <When at={card.made_at} seconds />
              </dd>
              <dt>{t("build")}</dt>
              <dd>{card.build}</dd>
            </dl>
          )}
        </Loaded>
      )}
      {measures && <MeasuresTable measures={measures} />}
    </section>
  );
}

// Numbers as rows; what is deeper, as the protocol wrote it.
function MeasuresTable({ measures }: { measures: Measures }) {
  const t = useWords(words);
  const code = useCode();
  const number = useNumber();
  const rows = Object.entries(measures).flatMap(([stage, of]) =>
    Object.entries((typeof of === "object" && of !== null ? of : { "": of }) as Record<string, unknown>).map(([name, value]) => [
      code(stage),
      name,
      typeof value === "number" ? number(value, Number.isInteger(value) ? 0 : 6) : typeof value === "object" ? <code key="v">{JSON.stringify(value)}</code> : String(value),
    ]),
  );
  return (
    <>
      <h3>{t("measuresOf")}</h3>
      <PlainTable caption={t("measuresOf")} columns={[t("stage"), t("measure"), t("value")]} rows={rows} />
    </>
  );
}

function Facts({ job }: { job: Job }) {
  const t = useWords(words);
  const code = useCode();
  return (
    <section className="card" aria-label={t("signatures")}>
      <dl className="pairs">
        <dt>{t("kind")}</dt>
        <dd>{code(job.kind)}</dd>
        <dt>{t("self")}</dt>
        <dd>{job.self}</dd>
        <dt>{t("registered")}</dt>
        <dd>
          <When at={job.registered_at} />
        </dd>
        <dt>{t("hash")}</dt>
        <dd>
          <DigestText value={job.hash} length={16} />
        </dd>
        <dt>{t("signatures")}</dt>
        <dd>
          {job.approvals.length === 0 ? t("nobodySigned") : t("ofTwo", { done: job.approvals.length })}
          {job.approvals.map((one) => (
            <div key={one.person}>
              {code(one.role)}: {one.person}, <When at={one.at} />
            </div>
          ))}
        </dd>
      </dl>
    </section>
  );
}
