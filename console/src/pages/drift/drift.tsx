// Drift of every field against the frozen reference: the table first, then the chosen field's bins and days.
import { Alert, DatePicker } from "antd";
import type { Dayjs } from "dayjs";
import { useMemo, useState } from "react";
import { useKnows } from "../../api/openapi";
import { useMay } from "../../api/session";
import { useAsk } from "../../api/use_ask";
import { Chart } from "../../parts/chart";
import { Loaded } from "../../parts/loaded";
import { DigestText, useNumber, When } from "../../parts/values";
import { VerbForm } from "../../parts/verb_form";
import { useWords } from "../../words/said";
import { MeasureNow } from "../measure_now";
import { Verdict } from "./verdict";
import { words } from "./words";

type Bin = { label: string; rows_then: number; rows_now: number; share_then: number; share_now: number };
type Day = { day: string; rows: number; psi: number; null_limit: number; missing_share: number };
type FieldView = {
  field: string;
  kind: string;
  verdict: string;
  psi: number;
  null_limit: number;
  smallest_visible_psi: number;
  p_value: number;
  rows_then: number;
  rows_now: number;
  missing_then: number;
  missing_now: number;
  bins: Bin[];
  days: Day[];
};
type DriftShown = {
  use_case: string;
  permit: string;
  verdict: string;
  worst_field?: string;
  from: string;
  to: string;
  rows_now: number;
  reference?: { digest: string; frozen_at: string; rows: number; first_day: string; last_day: string };
  rows_waiting: number;
  rows_needed: number;
  fields: FieldView[];
  at: string;
};

export function Drift({ useCase }: { useCase: string }) {
  const t = useWords(words);
  const number = useNumber();
  const may = useMay();
  const knows = useKnows();
  const [days, setDays] = useState<[string | undefined, string | undefined]>([undefined, undefined]);
  const asked = useAsk<DriftShown>("drift", "show", { use_case: useCase, from: days[0], to: days[1] });
  const pick = (at: 0 | 1) => (day: Dayjs | null) => {
    const next: [string | undefined, string | undefined] = [...days];
    next[at] = day?.format("YYYY-MM-DD");
    setDays(next);
  };
  return (
    <>
      <p className="soft">{t("driftHelp")}</p>
      <MeasureNow noun="drift" label={t("runNow")} onDone={asked.again} />
      <div className="toolbar">
        <DatePicker size="small" aria-label={t("from")} placeholder={t("from")} onChange={pick(0)} />
        <DatePicker size="small" aria-label={t("to")} placeholder={t("to")} onChange={pick(1)} />
      </div>
      <Loaded from={asked}>
        {(shown) => (
          <>
            <p>
              <Verdict value={shown.verdict} /> {shown.worst_field} · {t("rowsNow", { count: number(shown.rows_now) })} · {shown.from} – {shown.to} ·{" "}
              <span className="soft">
                {t("measuredAt")} <When at={shown.at} seconds />
              </span>
            </p>
            {shown.reference ? (
              <p className="soft">
                {t("reference", { rows: number(shown.reference.rows), from: shown.reference.first_day, to: shown.reference.last_day })} <DigestText value={shown.reference.digest} />
              </p>
            ) : (
              <>
                <Alert type="info" message={t("noReference", { waiting: number(shown.rows_waiting), needed: number(shown.rows_needed) })} />
                {knows("drift", "freeze") && may("drift.freeze") && (
                  <details style={{ marginTop: 8 }}>
                    <summary>{t("freeze")}</summary>
                    <VerbForm noun="drift" verb="freeze" fixed={{ use_case: useCase }} submit={t("freeze")} onDone={asked.again} />
                  </details>
                )}
              </>
            )}
            {shown.fields.length > 0 && <Fields fields={shown.fields} />}
          </>
        )}
      </Loaded>
    </>
  );
}

function Fields({ fields }: { fields: FieldView[] }) {
  const t = useWords(words);
  const number = useNumber();
  const [name, setName] = useState(fields[0]!.field);
  const chosen = fields.find((field) => field.field === name) ?? fields[0]!;
  const percent = (share: number) => `${number(share * 100, 2)} %`;
  return (
    <>
      <div className="scroll rule-scroll" tabIndex={0} role="region" aria-label={t("drift")}>
        <table className="plain">
          <caption className="only-heard">
            {t("drift")}. {t("choose")}
          </caption>
          <thead>
            <tr>
              {[t("field"), t("kind"), t("verdict"), t("psi"), t("nullLimit"), t("visible"), t("pValue"), t("missingThen"), t("missingNow")].map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {fields.map((field) => (
              <tr key={field.field} className={field === chosen ? "rule-hit" : undefined}>
                <th scope="row">
                  <button type="button" className="as-link" aria-pressed={field === chosen} onClick={() => setName(field.field)}>
                    {field.field}
                  </button>
                </th>
                <td>{field.kind}</td>
                <td>
                  <Verdict value={field.verdict} />
                </td>
                <td className="number">{number(field.psi, 4)}</td>
                <td className="number">{number(field.null_limit, 4)}</td>
                <td className="number">{number(field.smallest_visible_psi, 4)}</td>
                <td className="number">{number(field.p_value, 4)}</td>
                <td className="number">{percent(field.missing_then)}</td>
                <td className="number">{percent(field.missing_now)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="cards" style={{ marginTop: 12 }}>
        <Bins field={chosen} />
        <Days field={chosen} />
      </div>
    </>
  );
}

function Bins({ field }: { field: FieldView }) {
  const t = useWords(words);
  const number = useNumber();
  const option = useMemo(
    () => ({
      grid: { left: 46, right: 10, top: 30, bottom: 60 },
      legend: { top: 0 },
      tooltip: { trigger: "axis" },
      xAxis: { type: "category", data: field.bins.map((bin) => bin.label), axisLabel: { rotate: 35, width: 80, overflow: "truncate" } },
      yAxis: { type: "value", axisLabel: { formatter: "{value} %" } },
      series: [
        { name: t("then"), type: "bar", data: field.bins.map((bin) => +(bin.share_then * 100).toFixed(3)) },
        { name: t("now"), type: "bar", data: field.bins.map((bin) => +(bin.share_now * 100).toFixed(3)) },
      ],
    }),
    [field, t],
  );
  return (
    <Chart
      title={t("bins", { field: field.field })}
      option={option}
      table={{
        columns: ["", t("then"), "%", t("now"), "%"],
        rows: field.bins.map((bin) => [bin.label, bin.rows_then, number(bin.share_then * 100, 2), bin.rows_now, number(bin.share_now * 100, 2)]),
      }}
    />
  );
}

function Days({ field }: { field: FieldView }) {
  const t = useWords(words);
  const number = useNumber();
  const option = useMemo(
    () => ({
      grid: { left: 50, right: 10, top: 30, bottom: 30 },
      legend: { top: 0 },
      tooltip: { trigger: "axis" },
      xAxis: { type: "category", data: field.days.map((day) => day.day) },
      yAxis: { type: "value" },
      series: [
        { name: t("psi"), type: "line", symbolSize: 5, data: field.days.map((day) => day.psi) },
        { name: t("nullLimit"), type: "line", showSymbol: false, lineStyle: { type: "dashed" }, data: field.days.map((day) => day.null_limit) },
      ],
    }),
    [field, t],
  );
  return (
    <Chart
      title={t("days", { field: field.field })}
      option={option}
      table={{ columns: ["", "n", t("psi"), t("nullLimit"), t("missingNow")], rows: field.days.map((day) => [day.day, day.rows, number(day.psi, 4), number(day.null_limit, 4), number(day.missing_share * 100, 2)]) }}
    />
  );
}
