// Fairness: by jurisdiction and day, every attribute with its groups, measures and worst pair; three verdicts.
import { Alert, AutoComplete, DatePicker, Select, Tag } from "antd";
import { useMemo, useState } from "react";
import { useAsk } from "../../api/use_ask";
import { Chart, PlainTable } from "../../parts/chart";
import { Loaded } from "../../parts/loaded";
import { useNumber, When } from "../../parts/values";
import { useSaid, useWords } from "../../words/said";
import { MeasureNow } from "../measure_now";
import { useUseCases } from "../use_cases";
import { words } from "./words";

type Verdict = "within" | "beyond" | "insufficient_evidence";
type Comparison = { group: string; against?: string; value: number; low: number; high?: number; verdict: Verdict; rows_group: number; rows_against: number };
type Measure = { measure: string; verdict: Verdict; limit: number; rows_min: number; rule: string; worst_group?: string; worst_against?: string; why: string; comparisons: Comparison[] };
type Attribute = {
  attribute: string;
  verdict: Verdict;
  groups: { group: string; decided: number; approved: number; approval_rate: number; approval_rate_low: number; approval_rate_high: number; labelled: number; bad: number; bad_rate?: number; predicted_bad_rate?: number }[];
  groups_withheld: number;
  measures: Measure[];
  proxies: { fact: string; group: string; auc: number; auc_low: number; auc_high: number; rows: number }[];
};
type Fairness = {
  jurisdiction: string;
  rules: { jurisdiction: string; title: string; source: string; effective_from: string; next_from?: string; digest: string; duties: { name: string; en: string; zh: string; source: string }[] };
  verdict: Verdict;
  from_month: string;
  to_month: string;
  decided: number;
  attributes: Attribute[];
  attributes_missing: string[];
  at: string;
};

const colors: Record<Verdict, string> = { within: "green", beyond: "red", insufficient_evidence: "gold" };

function VerdictTag({ value }: { value: Verdict }) {
  const t = useWords(words);
  return <Tag color={colors[value]}>{t(value)}</Tag>;
}

export default function FairnessPage() {
  const t = useWords(words);
  const names = useUseCases();
  const [chosen, setChosen] = useState<string>();
  const [jurisdiction, setJurisdiction] = useState("cn");
  const [asked, setAsked] = useState("cn");
  const [at, setAt] = useState<string>();
  const useCase = chosen ?? names[0];
  const answer = useAsk<Fairness>(useCase && asked ? "fairness" : null, "show", { use_case: useCase, jurisdiction: asked, at });
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t("title")}</h1>
        <Select aria-label={t("useCase")} size="small" value={useCase} onChange={setChosen} options={names.map((value) => ({ value, label: value }))} style={{ minWidth: 280 }} />
        <AutoComplete
          aria-label={t("jurisdiction")}
          size="small"
          value={jurisdiction}
          onChange={setJurisdiction}
          onSelect={setAsked}
          onBlur={() => setAsked(jurisdiction.trim())}
          options={["cn", "us", "eu"].map((value) => ({ value }))}
          style={{ width: 110 }}
        />
        <label>
          {t("asOf")} <DatePicker size="small" aria-label={t("asOf")} placeholder={t("today")} onChange={(day) => setAt(day?.format("YYYY-MM-DD"))} />
        </label>
      </div>
      <p className="soft">{t("help")}</p>
      <MeasureNow noun="fairness" label={t("runNow")} onDone={answer.again} />
      <Loaded from={answer}>{(fairness) => <Shown fairness={fairness} />}</Loaded>
    </div>
  );
}

function Shown({ fairness }: { fairness: Fairness }) {
  const t = useWords(words);
  const said = useSaid();
  const number = useNumber();
  return (
    <>
      <section className="card" style={{ marginBottom: 12 }}>
        <p>
          <VerdictTag value={fairness.verdict} /> {t("decided", { count: number(fairness.decided), from: fairness.from_month, to: fairness.to_month })} ·{" "}
          <span className="soft">
            <When at={fairness.at} seconds />
          </span>
        </p>
        <p>
          {t("rules", { title: fairness.rules.title, from: fairness.rules.effective_from })} <span className="soft">{fairness.rules.source}</span>{" "}
          {fairness.rules.next_from && <b>{t("nextRules", { from: fairness.rules.next_from })}</b>}
        </p>
        {fairness.rules.duties.length > 0 && (
          <details>
            <summary>{t("duties")}</summary>
            <ul className="faults">
              {fairness.rules.duties.map((duty) => (
                <li key={duty.name}>
                  {said(duty)} <span className="soft">{duty.source}</span>
                </li>
              ))}
            </ul>
          </details>
        )}
        {fairness.attributes_missing.length > 0 && <Alert type="warning" message={t("missing", { names: fairness.attributes_missing.join(", ") })} />}
      </section>
      {fairness.attributes.map((attribute) => (
        <AttributeCard key={attribute.attribute} attribute={attribute} />
      ))}
    </>
  );
}

function AttributeCard({ attribute }: { attribute: Attribute }) {
  const t = useWords(words);
  const number = useNumber();
  const percent = (share: number | undefined) => (share === undefined ? "–" : `${number(share * 100, 2)} %`);
  return (
    <section className="card" style={{ marginBottom: 12 }} aria-label={attribute.attribute}>
      <h2>
        {attribute.attribute} <VerdictTag value={attribute.verdict} />
      </h2>
      <PlainTable
        caption={`${attribute.attribute}: ${t("groups")}`}
        columns={[t("group"), t("rows"), t("approvalRate"), t("badRate"), t("predictedBad")]}
        rows={attribute.groups.map((group) => [
          group.group,
          group.decided,
          `${percent(group.approval_rate)} (${percent(group.approval_rate_low)} – ${percent(group.approval_rate_high)})`,
          percent(group.bad_rate),
          percent(group.predicted_bad_rate),
        ])}
      />
      {attribute.groups_withheld > 0 && <p className="soft">{t("withheld", { count: attribute.groups_withheld })}</p>}
      <h3>{t("measures")}</h3>
      <PlainTable
        caption={`${attribute.attribute}: ${t("measures")}`}
        columns={[t("measure"), "", t("worst"), t("limit"), t("why"), t("rule")]}
        rows={attribute.measures.map((measure) => [
          measure.measure,
          <VerdictTag key="v" value={measure.verdict} />,
          measure.worst_group ? `${measure.worst_group} ${t("against")} ${measure.worst_against ?? ""}` : "–",
          number(measure.limit),
          measure.why,
          measure.rule,
        ])}
      />
      <div className="cards" style={{ marginTop: 12 }}>
        {attribute.measures.filter((measure) => measure.comparisons.length > 0).map((measure) => (
          <Intervals key={measure.measure} measure={measure} />
        ))}
      </div>
      {attribute.proxies.length > 0 && (
        <details>
          <summary>{t("proxies")}</summary>
          <PlainTable
            caption={t("proxies")}
            columns={[t("fact"), t("group"), "AUC", t("interval"), t("rows")]}
            rows={attribute.proxies.map((proxy) => [proxy.fact, proxy.group, number(proxy.auc, 4), `${number(proxy.auc_low, 4)} – ${number(proxy.auc_high, 4)}`, proxy.rows])}
          />
        </details>
      )}
    </section>
  );
}

function Intervals({ measure }: { measure: Measure }) {
  const t = useWords(words);
  const number = useNumber();
  const option = useMemo(() => {
    const names = measure.comparisons.map((one) => one.group);
    const most = Math.max(...measure.comparisons.map((one) => one.high ?? one.value));
    return {
      grid: { left: 8, right: 20, top: 10, bottom: 26, containLabel: true },
      tooltip: { trigger: "axis" },
      xAxis: { type: "value", scale: true },
      yAxis: { type: "category", data: names, inverse: true },
      series: [
        { type: "bar", stack: "i", silent: true, itemStyle: { color: "transparent" }, data: measure.comparisons.map((one) => one.low) },
        { type: "bar", stack: "i", silent: true, barWidth: 6, itemStyle: { opacity: 0.4 }, data: measure.comparisons.map((one) => (one.high ?? most) - one.low) },
        {
          type: "scatter",
          symbolSize: 10,
          data: measure.comparisons.map((one) => [one.value, one.group]),
          markLine: { symbol: "none", silent: true, label: { show: false }, lineStyle: { type: "dashed" }, data: [{ xAxis: measure.limit }] },
        },
      ],
    };
  }, [measure]);
  // Stacked bars begin at zero: intervals that reach below it are only in the table.
  const drawable = measure.comparisons.every((one) => one.low >= 0);
  const table = {
    columns: [t("group"), t("against"), t("value"), t("interval"), t("rows"), ""],
    rows: measure.comparisons.map((one) => [one.group, one.against ?? "–", number(one.value), `${number(one.low)} – ${one.high === undefined ? "∞" : number(one.high)}`, `${one.rows_group} / ${one.rows_against}`, t(one.verdict)]),
  };
  const title = t("intervals", { measure: measure.measure });
  return drawable ? <Chart title={title} option={option} height={Math.max(130, 30 * measure.comparisons.length + 50)} table={table} /> : <div><h3>{title}</h3><PlainTable caption={title} {...table} /></div>;
}
