// Compute: quotas with today's use, jobs in their order, what CPU and tokens cost.
import { Button, Drawer, Progress, Tag } from "antd";
import { useState } from "react";
import { act } from "../../api/client";
import { useKnows } from "../../api/openapi";
import { useMay } from "../../api/session";
import { PageTabs } from "../../parts/page_tabs";
import { Confirm } from "../../parts/confirm";
import { Ppm } from "../../parts/values";
import { VerbForm } from "../../parts/verb_form";
import { VerbTable } from "../../parts/verb_table";
import { useLanguage, useWords } from "../../words/said";
import { cpuText } from "../overview/shapes";
import { words } from "./words";

export default function Compute() {
  const t = useWords(words);
  const may = useMay();
  const knows = useKnows();
  const can = (noun: string, verb: string) => knows(noun, verb) && may(`${noun}.${verb}`);
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t("title")}</h1>
        <span className="soft">{t("help")}</span>
      </div>
      <div className="card">
        <PageTabs
          items={[
            { key: "quotas", label: t("quotas"), children: <Quotas /> },
            ...(can("compute", "jobs") ? [{ key: "jobs", label: t("jobs"), children: <Jobs /> }] : []),
            ...(can("heatmap", "price") || can("heatmap", "prices") ? [{ key: "price", label: t("prices"), children: <Price /> }] : []),
          ]}
        />
      </div>
    </div>
  );
}

function Quotas() {
  const t = useWords(words);
  const may = useMay();
  const language = useLanguage();
  const [editing, setEditing] = useState<Record<string, unknown>>();
  const [turn, setTurn] = useState(0);
  return (
    <>
      <VerbTable
        noun="compute"
        verb="quotas"
        title={t("quotas")}
        turn={turn}
        rowKey="use_case"
        only={["use_case", "used_cpu_ppm", "used_cpu_ns", "cpu_seconds_day", "used_tokens", "tokens_day", "kept_share_ppm", "borrowed_cpu_ns", "lendable_cpu_ns", "refused", "set_by", "set_at"]}
        columns={{
          use_case: { title: words.useCase },
          used_cpu_ppm: {
            title: words.used,
            show: (value, row) => <Progress size="small" percent={Math.round(Number(value) / 10_000)} status={Number(value) > 900_000 ? "exception" : "normal"} aria-label={`${String(row.use_case)} ${t("used")}`} style={{ minWidth: 120 }} />,
          },
          used_cpu_ns: { title: words.cpu, show: (value) => cpuText(Number(value), language) },
          cpu_seconds_day: { title: words.perDay },
          used_tokens: { hidden: true },
          tokens_day: { title: words.tokensDay, show: (value) => (Number(value) === 0 ? t("unlimited") : Number(value).toLocaleString()) },
          kept_share_ppm: { title: words.kept, show: (value) => <Ppm value={Number(value)} digits={0} /> },
          borrowed_cpu_ns: { title: words.borrowed, show: (value) => cpuText(Number(value), language) },
          lendable_cpu_ns: { title: words.lendable, show: (value) => cpuText(Number(value), language) },
          refused: { title: words.refused },
          set_by: { title: words.setBy, hidden: true },
          set_at: { hidden: true },
        }}
        toolbar={
          may("compute.quota") && (
            <Button size="small" type="primary" onClick={() => setEditing({})}>
              {t("setQuota")}
            </Button>
          )
        }
        actions={(row) =>
          may("compute.quota") && (
            <Button size="small" onClick={() => setEditing(row)}>
              {t("setQuota")}
            </Button>
          )
        }
      />
      <Drawer open={editing !== undefined} onClose={() => setEditing(undefined)} title={t("setQuota")} width={440} destroyOnHidden>
        <VerbForm
          noun="compute"
          verb="quota"
          initial={editing}
          labels={{ cpu_seconds_day: words.perDay, tokens_day: words.tokensDay, kept_share_ppm: ["Guaranteed share (ppm)", "保底占比（百万分之）"] }}
          onDone={() => {
            setEditing(undefined);
            setTurn(turn + 1);
          }}
        />
      </Drawer>
    </>
  );
}

const colors: Record<string, string> = { waiting: "gold", running: "blue", paused: "gold", done: "green", failed: "red", cancelled: "default" };

function Jobs() {
  const t = useWords(words);
  const may = useMay();
  const language = useLanguage();
  const [submitting, setSubmitting] = useState(false);
  const [turn, setTurn] = useState(0);
  return (
    <>
      <VerbTable
        noun="compute"
        verb="jobs"
        title={t("jobs")}
        turn={turn}
        rowKey="job"
        only={["job", "verb", "state", "progress", "use_case", "tier", "caller", "submitted_at", "started_at", "ended_at", "cpu_ns", "waits_for", "error", "pauses"]}
        columns={{
          job: { title: words.job },
          verb: { title: words.verb },
          state: { title: words.state, show: (value) => <Tag color={colors[String(value)]}>{String(value)}</Tag> },
          progress: {
            title: words.progress,
            show: (_, row) =>
              Number(row.total) > 0 ? (
                <Progress size="small" percent={Math.floor((100 * Number(row.done)) / Number(row.total))} aria-label={String(row.step)} style={{ minWidth: 110 }} />
              ) : (
                String(row.step ?? "")
              ),
          },
          use_case: { title: words.useCase },
          tier: { title: words.tier },
          caller: { title: words.caller },
          submitted_at: { title: words.submittedAt },
          started_at: { hidden: true },
          ended_at: { hidden: true },
          cpu_ns: { title: words.cpu, show: (value) => cpuText(Number(value), language) },
          waits_for: { title: words.waitsFor },
          pauses: { hidden: true },
        }}
        toolbar={
          may("compute.submit") && (
            <Button size="small" type="primary" onClick={() => setSubmitting(true)}>
              {t("submit")}
            </Button>
          )
        }
        actions={(row, again) =>
          ["waiting", "running", "paused"].includes(String(row.state)) &&
          may("compute.cancel") && (
            <Confirm
              label={t("cancel")}
              title={`${t("cancel")}: ${String(row.verb)}`}
              askWhy={false}
              onConfirm={async () => {
                await act("compute", "cancel", { job: row.job });
                again();
              }}
            >
              {t("cancelWhat")}
            </Confirm>
          )
        }
      />
      <Drawer open={submitting} onClose={() => setSubmitting(false)} title={t("submit")} width={480} destroyOnHidden>
        <VerbForm
          noun="compute"
          verb="submit"
          onDone={() => {
            setSubmitting(false);
            setTurn(turn + 1);
          }}
        />
      </Drawer>
    </>
  );
}

function Price() {
  const t = useWords(words);
  const may = useMay();
  const knows = useKnows();
  const [turn, setTurn] = useState(0);
  return (
    <>
      {knows("heatmap", "prices") && may("heatmap.prices") && (
        <VerbTable noun="heatmap" verb="prices" title={t("prices")} turn={turn} rowKey="since" only={["since", "currency", "cpu_second_nano", "token_nano", "set_by"]} columns={{ since: { title: words.since }, set_by: { title: words.setBy } }} />
      )}
      {may("heatmap.price") && (
        <details style={{ marginTop: 12 }}>
          <summary>{t("price")}</summary>
          <VerbForm noun="heatmap" verb="price" submit={t("price")} onDone={() => setTurn(turn + 1)} />
        </details>
      )}
    </>
  );
}
