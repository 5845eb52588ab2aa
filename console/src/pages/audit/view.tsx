// Audit: the chain walked, nights of replay, evidence packs to download.
import { Button, Progress, Select, Tag } from "antd";
import { useRef, useState } from "react";
import { askLong, type JobProgress } from "../../api/client";
import { saveFile } from "../../api/csv";
import { useKnows } from "../../api/openapi";
import { asProblem, type Problem } from "../../api/problem";
import { useMay } from "../../api/session";
import { PageTabs } from "../../parts/page_tabs";
import { PlainTable } from "../../parts/chart";
import { ProblemNote } from "../../parts/problem_note";
import { DigestText, useNumber } from "../../parts/values";
import { VerbForm } from "../../parts/verb_form";
import { VerbTable } from "../../parts/verb_table";
import { useLanguage, useWords } from "../../words/said";
import { words } from "./words";

export default function Audit() {
  const t = useWords(words);
  const may = useMay();
  const knows = useKnows();
  const can = (noun: string, verb: string) => knows(noun, verb) && may(`${noun}.${verb}`);
  return (
    <div className="page">
      <h1>{t("title")}</h1>
      <div className="card">
        <PageTabs
          items={[
            { key: "nights", label: t("nights"), children: <Nights /> },
            ...(can("evidence", "verify") ? [{ key: "chain", label: t("chain"), children: <Chain /> }] : []),
            ...(can("audit", "replay") ? [{ key: "replay", label: t("replay"), children: <Replay /> }] : []),
            ...(can("pack", "list") ? [{ key: "packs", label: t("packs"), children: <Packs /> }] : []),
          ]}
        />
      </div>
    </div>
  );
}

function Chain() {
  const t = useWords(words);
  const [answer, setAnswer] = useState<Record<string, unknown>>();
  return (
    <>
      <p className="soft">{t("chainHelp")}</p>
      <VerbForm<Record<string, unknown>> noun="evidence" verb="verify" long submit={t("verify")} onDone={setAnswer} />
      {answer && <PlainTable caption={t("chain")} columns={["", ""]} rows={Object.entries(answer).map(([name, value]) => [name, typeof value === "object" ? JSON.stringify(value) : String(value)])} />}
    </>
  );
}

type ReplayReport = { decisions: number; replayed: number; identical: number; different: number; erased: number; digest: string; differences: { id: string; difference: string }[] };

function Nights() {
  const t = useWords(words);
  const may = useMay();
  const knows = useKnows();
  const [turn, setTurn] = useState(0);
  const report = (row: Record<string, unknown>) => row.replay as ReplayReport;
  return (
    <>
      <p className="soft">{t("nightsHelp")}</p>
      {knows("audit", "night") && may("audit.night") && (
        <details style={{ marginBottom: 12 }}>
          <summary>{t("runNow")}</summary>
          <VerbForm noun="audit" verb="night" long submit={t("runNow")} onDone={() => setTurn(turn + 1)} />
        </details>
      )}
      <VerbTable
        noun="audit"
        verb="nights"
        title={t("nights")}
        turn={turn}
        rowKey="at"
        only={["at", "good", "chain_whole", "records", "replayed", "identical", "different", "erased", "build", "chain_head"]}
        columns={{
          at: { title: words.at },
          good: { title: words.good, show: (value) => <Tag color={value ? "green" : "red"}>{t(value ? "ok" : "bad")}</Tag> },
          chain_whole: { title: words.chainWhole, show: (value, row) => (value ? t("whole") : `${t("broken")}: ${String(row.chain_break)}`) },
          records: { title: words.records },
          replayed: { title: words.replayed, show: (_, row) => report(row).replayed.toLocaleString() },
          identical: { title: words.identical, show: (_, row) => report(row).identical.toLocaleString() },
          different: { title: words.different, show: (_, row) => (report(row).different > 0 ? <Tag color="red">{report(row).different}</Tag> : 0) },
          erased: { title: words.erased, show: (_, row) => report(row).erased.toLocaleString() },
          build: { title: words.build, hidden: true },
          chain_head: { title: words.head },
        }}
      />
    </>
  );
}

function Replay() {
  const t = useWords(words);
  const number = useNumber();
  const [report, setReport] = useState<ReplayReport>();
  return (
    <>
      <p className="soft">{t("replayHelp")}</p>
      <VerbForm<ReplayReport> noun="audit" verb="replay" long initial={{ sample: 1000 }} submit={t("replay")} onDone={setReport} />
      {report && (
        <>
          <PlainTable
            caption={t("replay")}
            columns={[t("replayed"), t("identical"), t("different"), t("erased"), t("digest")]}
            rows={[[number(report.replayed), number(report.identical), number(report.different), number(report.erased), <DigestText key="d" value={report.digest} length={16} />]]}
          />
          {report.differences.length > 0 && <PlainTable caption={t("different")} columns={["", ""]} rows={report.differences.map((one) => [one.id, one.difference])} />}
        </>
      )}
    </>
  );
}

type PackAnswer = { file_name: string; media_type: string; content: string; digest: string };

function Packs() {
  const t = useWords(words);
  const may = useMay();
  const language = useLanguage();
  const [format, setFormat] = useState("html");
  const [busy, setBusy] = useState<string>();
  const [progress, setProgress] = useState<JobProgress>();
  const [problem, setProblem] = useState<Problem>();
  const [made, setMade] = useState<PackAnswer>();
  const stop = useRef<AbortController>(undefined);
  const download = async (kind: string, useCase: string) => {
    setBusy(`${kind} ${useCase}`);
    setProblem(undefined);
    stop.current = new AbortController();
    try {
      const pack = await askLong<PackAnswer>("pack", "make", { kind, use_case: useCase, language, format }, { signal: stop.current.signal, onProgress: setProgress });
      saveFile(pack.file_name, [pack.content], pack.media_type);
      setMade(pack);
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(undefined);
      setProgress(undefined);
    }
  };
  return (
    <>
      <p className="soft">{t("packsHelp")}</p>
      {problem && <ProblemNote problem={problem} />}
      {progress && <Progress percent={progress.total > 0 ? Math.floor((100 * progress.done) / progress.total) : 100} status="active" aria-label={progress.what} />}
      {made && (
        <p role="status">
          {made.file_name} · {t("downloaded")} <DigestText value={made.digest} length={16} />
        </p>
      )}
      <VerbTable
        noun="pack"
        verb="list"
        list="packs"
        title={t("packs")}
        rowKey={(row) => `${String(row.kind)} ${String(row.use_case)}`}
        columns={{
          kind: { title: words.kind, show: (value) => (String(value) in words ? t(String(value) as "model_card") : String(value)) },
          use_case: { title: words.useCase },
          filled: { title: words.filled },
          missing: { title: words.missing },
          missing_fields: { title: words.missing, hidden: true },
        }}
        toolbar={
          <label>
            {t("format")}{" "}
            <Select size="small" aria-label={t("format")} value={format} onChange={setFormat} options={["html", "markdown", "json"].map((value) => ({ value, label: value }))} />
          </label>
        }
        actions={(row) =>
          may("pack.make") && (
            <Button size="small" loading={busy === `${String(row.kind)} ${String(row.use_case)}`} disabled={busy !== undefined} onClick={() => download(String(row.kind), String(row.use_case))}>
              {t("download")}
            </Button>
          )
        }
      />
    </>
  );
}
