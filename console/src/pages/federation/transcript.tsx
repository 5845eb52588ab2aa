// What happened in a job, entry by entry, and whether its chain and its signatures hold.
import { Alert, Button } from "antd";
import { useState } from "react";
import { Link, useParams, useSearchParams } from "react-router-dom";
import { ask } from "../../api/client";
import { asProblem, type Problem } from "../../api/problem";
import { useAsk } from "../../api/use_ask";
import { PlainTable } from "../../parts/chart";
import { Loaded } from "../../parts/loaded";
import { ProblemNote } from "../../parts/problem_note";
import { DigestText, When, useNumber } from "../../parts/values";
import { useLanguage, useWords } from "../../words/said";
import { entryLines, kindText } from "./entry_words";
import type { Entry, JobShown, Report, Transcript } from "./shapes";
import { words } from "./words";

const entriesOnPage = 25;

export function TranscriptPage() {
  const t = useWords(words);
  const { hash = "" } = useParams();
  const [search, setSearch] = useSearchParams();
  const after = Math.max(0, Number(search.get("after")) || 0);
  const named = useAsk<JobShown>("federation", "job", { hash });
  const asked = useAsk<Transcript>("federation", "transcript", { job: hash, limit: entriesOnPage, after });
  const at = (next: number) => setSearch(next > 0 ? { after: String(next) } : {});
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t("transcriptOf", { name: named.data?.job.name ?? hash.slice(0, 10) })}</h1>
        <span className="stretch" />
        <Link to={`/federation/${hash}`}>{t("toJob")}</Link>
      </div>
      <p className="soft">{t("transcriptHelp")}</p>
      <div className="stack">
        <Verify hash={hash} />
        <section className="card">
          <Loaded from={asked}>
            {({ entries, next }) => (
              <>
                {entries.length === 0 ? <p className="soft">{t("transcriptEmpty")}</p> : <Entries entries={entries} />}
                <div className="toolbar" style={{ marginTop: 10 }}>
                  <Button disabled={after === 0} onClick={() => at(after - entriesOnPage)}>
                    {t("earlier")}
                  </Button>
                  <Button disabled={next === undefined} onClick={() => at(next ?? 0)}>
                    {t("later")}
                  </Button>
                  {entries.length > 0 && <span className="soft">{t("shown", { first: entries[0]!.number, last: entries.at(-1)!.number })}</span>}
                </div>
              </>
            )}
          </Loaded>
        </section>
      </div>
    </div>
  );
}

function Entries({ entries }: { entries: readonly Entry[] }) {
  const t = useWords(words);
  const language = useLanguage();
  return (
    <PlainTable
      caption={t("transcript")}
      columns={[t("entry"), t("time"), t("what"), t("link")]}
      rows={entries.map((entry) => [
        entry.number,
        <When key="a" at={entry.at} seconds />,
        <div key="w">
          <b>{kindText(entry.kind, language)}</b>
          {entryLines(entry, language).map((line, i) => (
            <div key={i}>{line}</div>
          ))}
          <details>
            <summary className="soft">{t("whole")}</summary>
            <pre className="mono manifest" tabIndex={0}>
              {JSON.stringify(entry.body, null, 2)}
            </pre>
          </details>
        </div>,
        <DigestText key="l" value={entry.link} />,
      ])}
    />
  );
}

function Verify({ hash }: { hash: string }) {
  const t = useWords(words);
  const [busy, setBusy] = useState(false);
  const [report, setReport] = useState<Report>();
  const [problem, setProblem] = useState<Problem>();
  const run = async () => {
    setBusy(true);
    setProblem(undefined);
    setReport(undefined);
    try {
      setReport((await ask<Transcript>("federation", "transcript", { job: hash, limit: 1, verify: true })).report);
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <section className="card" aria-label={t("verify")}>
      <Button type="primary" loading={busy} onClick={run}>
        {t("verify")}
      </Button>
      {problem && <ProblemNote problem={problem} />}
      {report && <ReportShown report={report} />}
    </section>
  );
}

function ReportShown({ report }: { report: Report }) {
  const t = useWords(words);
  const number = useNumber();
  const entries = number(report.entries);
  const signatures = number(report.signatures.length);
  const whole = report.first_break === "";
  const said = !whole
    ? t("chainBroken", { where: report.first_break })
    : report.faults.length > 0
      ? t("signaturesFail", { entries })
      : report.signatures.length === 0
        ? t("chainUnsigned", { entries })
        : t("chainHolds", { entries, signatures });
  const good = whole && report.faults.length === 0;
  return (
    <div style={{ marginTop: 10 }}>
      <Alert
        role={good ? "status" : "alert"}
        type={!good ? "error" : report.signatures.length === 0 ? "info" : "success"}
        showIcon
        message={said}
        description={
          report.faults.length > 0 && (
            <ul className="faults">
              {report.faults.map((fault) => (
                <li key={fault}>{fault}</li>
              ))}
            </ul>
          )
        }
      />
      <p>
        {t("head")} <DigestText value={report.head} length={16} />
      </p>
      {report.signatures.length > 0 && (
        <PlainTable
          caption={t("signatures")}
          columns={[t("whose"), t("signer"), t("upTo"), t("head"), t("certificate")]}
          rows={report.signatures.map((one) => [
            one.party,
            one.by,
            one.entries,
            <DigestText key="h" value={one.head} />,
            <DigestText key="c" value={one.certificate} length={12} />,
          ])}
        />
      )}
    </div>
  );
}
