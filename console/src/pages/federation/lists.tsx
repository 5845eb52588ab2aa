// Jobs under way, refreshed by themselves; all jobs; the models that jobs left.
import { useState } from "react";
import { Link } from "react-router-dom";
import { useAsk } from "../../api/use_ask";
import { PlainTable } from "../../parts/chart";
import { Loaded } from "../../parts/loaded";
import { VerbTable } from "../../parts/verb_table";
import { useCode } from "../../words/codes";
import { useLanguage, useWords } from "../../words/said";
import { Bytes, Commands, doingText, HowFar, StateTag, whyText } from "./parts";
import type { SignedBy, Status } from "./shapes";
import { words } from "./words";

// How often a page asks again: while something runs, and while it might begin.
export const runningMs = 2000;
export const waitingMs = 10_000;

export function UnderWay() {
  const t = useWords(words);
  const language = useLanguage();
  const [everyMs, setEveryMs] = useState(waitingMs);
  const asked = useAsk<Status>("federation", "status", {}, { everyMs });
  const wanted = asked.data?.jobs.some(({ job }) => job.state === "running") ? runningMs : waitingMs;
  if (wanted !== everyMs) setEveryMs(wanted);
  return (
    <section>
      <h2>{t("underWay")}</h2>
      <Loaded from={asked}>
        {({ jobs }) =>
          jobs.length === 0 ? (
            <p className="soft">{t("nothingUnderWay")}</p>
          ) : (
            <PlainTable
              caption={t("underWay")}
              columns={[t("job"), t("parties"), t("state"), t("progress"), t("doing"), t("sent"), t("received")]}
              rows={jobs.map(({ job, run }) => [
                <Link key="j" to={`/federation/${job.hash}`}>
                  {job.name}
                </Link>,
                job.parties.join(", "),
                <StateTag key="s" value={job.state} />,
                run ? <HowFar key="p" run={run} /> : "–",
                job.state === "stopped" ? whyText(job.why, language) : run ? doingText(run.doing, language) : "–",
                run ? <Bytes key="o" value={run.bytes_sent} /> : "–",
                run ? <Bytes key="i" value={run.bytes_received} /> : "–",
              ])}
            />
          )
        }
      </Loaded>
    </section>
  );
}

function Code({ value }: { value: unknown }) {
  return <>{useCode()(value === undefined ? undefined : String(value))}</>;
}

export function JobList() {
  const t = useWords(words);
  const [none, setNone] = useState(false);
  return (
    <section>
      <h2>{t("jobs")}</h2>
      <VerbTable
        noun="federation"
        verb="jobs"
        title={t("jobs")}
        labels={{ state: words.state }}
        codes
        rowKey="hash"
        rowTo={(row) => `/federation/${String(row.hash)}`}
        onAnswer={(answer) => setNone((answer.jobs as unknown[]).length === 0)}
        only={["name", "state", "kind", "parties", "approvals", "registered_at", "why", "hash"]}
        columns={{
          name: { title: words.job },
          state: { title: words.state, show: (value) => <StateTag value={String(value)} /> },
          kind: { title: words.kind, show: (value) => <Code value={value} /> },
          parties: { title: words.parties, show: (value) => (value as string[]).join(", ") },
          approvals: {
            title: words.signatures,
            show: (value) => `${t("ofTwo", { done: (value as unknown[]).length })} ${(value as SignedBy[]).map((one) => one.person).join(", ")}`,
          },
          registered_at: { title: words.registered },
          why: { hidden: true },
          hash: { title: words.hash },
        }}
      />
      {none && (
        <>
          <p className="soft">{t("noJobs")}</p>
          <Commands lines={["puhui federation prepare --template FILE --out FILE", "puhui federation approve --job FILE --person NAME --key-file FILE"]} />
        </>
      )}
    </section>
  );
}

export function ModelList() {
  const t = useWords(words);
  const [none, setNone] = useState(false);
  return (
    <>
      <VerbTable
        noun="federation"
        verb="models"
        title={t("models")}
        rowKey="model"
        rowTo={(row) => `/federation/${String(row.job)}`}
        onAnswer={(answer) => setNone((answer.models as unknown[]).length === 0)}
        only={["job_name", "kind", "parties", "rows", "made_at", "model", "part", "build"]}
        columns={{
          job_name: { title: words.job },
          kind: { title: words.kind, show: (value) => <Code value={value} /> },
          parties: { title: words.parties, show: (value) => (value as string[]).join(", ") },
          rows: { title: words.rows },
          made_at: { title: words.made },
          model: { title: words.model },
          part: { title: words.part },
          build: { title: words.build, hidden: true },
        }}
      />
      {none && <p className="soft">{t("noModels")}</p>}
    </>
  );
}
