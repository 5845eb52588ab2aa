// One block of the heat map: its course, its use cases and their versions, alerts, quota. From here to the decisions.
import { Select, Segmented, Tag } from "antd";
import { useMemo, useState } from "react";
import { Link, useParams, Routes, Route } from "react-router-dom";
import { useKnows } from "../../api/openapi";
import { useMay } from "../../api/session";
import { useAsk } from "../../api/use_ask";
import { Chart, PlainTable } from "../../parts/chart";
import { Loaded } from "../../parts/loaded";
import { DigestText, numberText, When, whenText } from "../../parts/values";
import { useLanguage, useSaid, useWords, type Language } from "../../words/said";
import { costText, cpuText, microsText, startOf, type Block, type Range, type Use } from "../overview/shapes";
import { words } from "../overview/words";

const shown = ["calls", "cpu", "cost", "latency", "errors", "tokens"] as const;
type Shown = (typeof shown)[number];

function valueOf(use: Use, what: Shown): number {
  switch (what) {
    case "calls":
      return use.calls;
    case "cpu":
      return use.cpu_ns / 1e9;
    case "cost":
      return use.cost_nano / 1e9;
    case "latency":
      return use.latency_p99_us;
    case "errors":
      return use.errors;
    case "tokens":
      return use.tokens;
  }
}

const unitOf = (what: Shown, currency: string) => ({ calls: "", cpu: "s", cost: currency, latency: "µs", errors: "", tokens: "" })[what];

export default function BlockPage() {
  return (
    <Routes>
      <Route path=":block" element={<OneBlock />} />
    </Routes>
  );
}

function OneBlock() {
  const t = useWords(words);
  const said = useSaid();
  const { block = "" } = useParams();
  const [range, setRange] = useState<Range>("day");
  const from = useMemo(() => startOf(range), [range]);
  const asked = useAsk<Block>("heatmap", "block", { block, from });
  return (
    <div className="page">
      <div className="page-head">
        <h1>
          {t("block", { block })} {said(asked.data)}
        </h1>
        {asked.data && <Tag>{t("tier", { tier: asked.data.tier })}</Tag>}
        {asked.data && asked.data.risk.score > 0 && (
          <Tag color={asked.data.risk.level === "high" ? "red" : asked.data.risk.level === "medium" ? "gold" : "green"}>
            {t("risk")}: {asked.data.risk.score} / 9
          </Tag>
        )}
        <span className="stretch" />
        <Segmented
          aria-label={t("range")}
          size="small"
          value={range}
          onChange={setRange}
          options={(["hour", "day", "week", "month"] as const).map((value) => ({ value, label: t(value) }))}
        />
        <Link to="/">{t("back")}</Link>
      </div>
      <Loaded from={asked}>{(data) => <Shown data={data} />}</Loaded>
    </div>
  );
}

function Shown({ data }: { data: Block }) {
  const t = useWords(words);
  const may = useMay();
  const knows = useKnows();
  const language = useLanguage();
  const useCases = [...new Set(data.use_cases.map((view) => view.use_case))];
  return (
    <>
      <div className="card" style={{ marginBottom: 12 }}>
        <Series data={data} />
      </div>
      <div className="card" style={{ marginBottom: 12 }}>
        <h2>{t("useCases")}</h2>
        <PlainTable
          caption={t("useCases")}
          columns={["", t("version"), t("calls"), t("errors"), t("cpu"), t("share"), t("cost"), t("latency"), ""]}
          rows={data.use_cases.map((view) => [
            view.use_case,
            <DigestText key="permit" value={view.permit} />,
            view.use.calls,
            view.use.errors,
            cpuText(view.use.cpu_ns, language),
            `${numberText(view.cpu_share_ppm / 10_000, language, 1)} %`,
            costText(view.use.cost_nano, data.currency, language),
            microsText(view.use.latency_p99_us, language),
            may("decision.find") ? (
              <Link key="to" to={`/decisions?use_case=${encodeURIComponent(view.use_case)}`}>
                {t("toDecisions")}
              </Link>
            ) : null,
          ])}
        />
        {data.use_cases.length === 0 && <p className="soft">{t("noUse")}</p>}
      </div>
      <div className="cards">
        {knows("alert", "list") && may("alert.list") && useCases.map((useCase) => <Alerts key={useCase} useCase={useCase} />)}
        <Trend data={data} />
        {data.quotas.length > 0 && <Quotas data={data} />}
        {data.risk.why.length > 0 && (
          <section className="card" aria-label={t("whyRisk")}>
            <h2>{t("whyRisk")}</h2>
            <ul className="faults">
              {data.risk.why.map((why) => (
                <li key={why}>{why}</li>
              ))}
            </ul>
          </section>
        )}
      </div>
    </>
  );
}

function Series({ data }: { data: Block }) {
  const t = useWords(words);
  const language = useLanguage();
  const [what, setWhat] = useState<Shown>("calls");
  const { option, table } = useMemo(() => seriesOf(data, what, language), [data, what, language]);
  return (
    <>
      <Select<Shown> aria-label={t("measure")} value={what} onChange={setWhat} size="small" style={{ minWidth: 140 }} options={shown.map((value) => ({ value, label: t(value) }))} />
      <Chart title={`${t("series")}: ${t(what)} ${unitOf(what, data.currency)} / ${data.step}`} option={option} table={table} height={240} />
    </>
  );
}

function seriesOf(data: Block, what: Shown, language: Language) {
  const names = [...new Set(data.points.map((point) => point.use_case))];
  const moments = [...new Set(data.points.map((point) => point.at))].sort();
  const sum = new Map<string, number>();
  for (const point of data.points) {
    const key = `${point.at} ${point.use_case}`;
    const value = valueOf(point.use, what);
    sum.set(key, what === "latency" ? Math.max(sum.get(key) ?? 0, value) : (sum.get(key) ?? 0) + value);
  }
  return {
    option: {
      grid: { left: 56, right: 16, top: 30, bottom: 28 },
      legend: { top: 0, type: "scroll" },
      tooltip: { trigger: "axis" },
      xAxis: { type: "time", min: data.from, max: data.to },
      yAxis: { type: "value" },
      series: names.map((name) => ({
        name,
        type: what === "latency" ? "line" : "bar",
        stack: what === "latency" ? undefined : "all",
        showSymbol: false,
        barMaxWidth: 18,
        data: moments.map((at) => [at, sum.get(`${at} ${name}`) ?? 0]),
      })),
    },
    table: {
      columns: ["", ...names],
      rows: moments.map((at) => [whenText(at, language), ...names.map((name) => numberText(sum.get(`${at} ${name}`) ?? 0, language))]),
    },
  };
}

type AlertRow = { id: string; kind: string; subject: string; severity: number; en: string; zh: string; raised_at: string };

function Alerts({ useCase }: { useCase: string }) {
  const t = useWords(words);
  const said = useSaid();
  const asked = useAsk<{ alerts: AlertRow[] }>("alert", "list", { use_case: useCase, open: true });
  return (
    <section className="card" aria-label={`${t("openAlerts")}: ${useCase}`}>
      <h2>{t("openAlerts")}</h2>
      <div className="soft">{useCase}</div>
      <Loaded from={asked}>
        {({ alerts }) =>
          alerts.length === 0 ? (
            <p className="soft">{t("noAlerts")}</p>
          ) : (
            <ul className="faults">
              {alerts.map((alert) => (
                <li key={alert.id}>
                  <Link to={`/incidents?alert=${alert.id}`}>{said(alert)}</Link>{" "}
                  <small className="soft">
                    <When at={alert.raised_at} />
                  </small>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  );
}

function Trend({ data }: { data: Block }) {
  const t = useWords(words);
  const language = useLanguage();
  const { this_week: now, last_week: then } = data.trend;
  const change = (ppm: number | undefined) => (ppm === undefined ? "–" : `${ppm > 0 ? "+" : ""}${numberText(ppm / 10_000, language, 1)} %`);
  return (
    <section className="card" aria-label={t("trend")}>
      <h2>{t("trend")}</h2>
      <PlainTable
        caption={t("trend")}
        columns={["", "−7 d", "7 d", "±"]}
        rows={[
          [t("calls"), numberText(then.calls, language), numberText(now.calls, language), change(data.trend.calls_change_ppm)],
          [t("cpu"), cpuText(then.cpu_ns, language), cpuText(now.cpu_ns, language), change(data.trend.cpu_change_ppm)],
          [t("cost"), costText(then.cost_nano, data.currency, language), costText(now.cost_nano, data.currency, language), change(data.trend.cost_change_ppm)],
          [t("errors"), numberText(then.errors, language), numberText(now.errors, language), ""],
        ]}
      />
    </section>
  );
}

function Quotas({ data }: { data: Block }) {
  const t = useWords(words);
  const language = useLanguage();
  return (
    <section className="card" aria-label={t("quotas")}>
      <h2>{t("quotas")}</h2>
      {data.quotas.map((quota) => {
        const share = quota.used_cpu_ns / 1e9 / Math.max(1, quota.cpu_seconds_day);
        return (
          <div key={quota.use_case} style={{ marginBottom: 8 }}>
            <div>{quota.use_case}</div>
            <meter min={0} max={1} high={0.9} value={Math.min(1, share)} aria-label={`${quota.use_case}: ${t("used")} ${Math.round(share * 100)} %`} style={{ width: "100%" }} />
            <small className="soft">
              {t("used")} {cpuText(quota.used_cpu_ns, language)} / {numberText(quota.cpu_seconds_day, language)} s ({Math.round(share * 100)} %)
              {quota.borrowed_cpu_ns > 0 && ` · ${t("borrowed")} ${cpuText(quota.borrowed_cpu_ns, language)}`}
            </small>
          </div>
        );
      })}
    </section>
  );
}
