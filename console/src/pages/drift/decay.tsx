// Decay: ranking and calibration by vintage, as late labels come in.
import { useMemo } from "react";
import { useAsk } from "../../api/use_ask";
import { Chart, PlainTable } from "../../parts/chart";
import { Loaded } from "../../parts/loaded";
import { Figure, useNumber, When } from "../../parts/values";
import { useWords } from "../../words/said";
import { MeasureNow } from "../measure_now";
import { Verdict } from "./verdict";
import { words } from "./words";

type Performance = {
  labelled: number;
  bad: number;
  bad_rate: number;
  bad_rate_low: number;
  bad_rate_high: number;
  predicted_bad_rate: number;
  auc?: number;
  auc_low?: number;
  auc_high?: number;
  expected_auc?: number;
  ks?: number;
  brier?: number;
  calibration_intercept?: number;
  calibration_slope?: number;
};
type Vintage = {
  month: string;
  decided: number;
  approved: number;
  matured_share: number;
  performance: Performance;
  verdict: string;
  ages: { age_months: number; approved: number; bad: number; bad_rate: number }[];
};
type DecayShown = {
  model?: string;
  outcome: string;
  validation_auc?: number;
  verdict: string;
  labelled: number;
  approved: number;
  all: Performance;
  vintages: Vintage[];
  at: string;
};

export function Decay({ useCase }: { useCase: string }) {
  const t = useWords(words);
  const number = useNumber();
  const asked = useAsk<DecayShown>("decay", "show", { use_case: useCase });
  const between = (low?: number, high?: number, scale = 1, digits = 4) => (low === undefined || high === undefined ? "–" : `${number(low * scale, digits)} – ${number(high * scale, digits)}`);
  return (
    <>
      <p className="soft">{t("decayHelp")}</p>
      <MeasureNow noun="decay" label={t("runNow")} onDone={asked.again} />
      <Loaded from={asked}>
        {(shown) => (
          <>
            <p>
              <Verdict value={shown.verdict} /> {shown.model} · {t("all", { labelled: number(shown.labelled), approved: number(shown.approved) })} ·{" "}
              <span className="soft">
                {t("measuredAt")} <When at={shown.at} seconds />
              </span>
            </p>
            <div className="figures">
              <Figure label={t("auc")} value={number(shown.all.auc, 4)} note={between(shown.all.auc_low, shown.all.auc_high)} />
              <Figure label={t("expectedAuc")} value={number(shown.all.expected_auc, 4)} />
              <Figure label={t("validationAuc")} value={number(shown.validation_auc, 4)} />
              <Figure label={t("badRate")} value={`${number(shown.all.bad_rate * 100, 2)} %`} note={between(shown.all.bad_rate_low, shown.all.bad_rate_high, 100, 2)} />
              <Figure label={t("predicted")} value={`${number(shown.all.predicted_bad_rate * 100, 2)} %`} />
              <Figure label={t("ks")} value={number(shown.all.ks, 4)} />
              <Figure label={t("brier")} value={number(shown.all.brier, 4)} />
              <Figure label={t("calibration")} value={`${number(shown.all.calibration_intercept, 3)}, ${number(shown.all.calibration_slope, 3)}`} />
            </div>
            {shown.vintages.length > 0 && <Vintages shown={shown} between={between} />}
          </>
        )}
      </Loaded>
    </>
  );
}

function Vintages({ shown, between }: { shown: DecayShown; between: (low?: number, high?: number, scale?: number, digits?: number) => string }) {
  const t = useWords(words);
  const number = useNumber();
  const months = shown.vintages.map((vintage) => vintage.month);
  const aucs = useMemo(
    () => ({
      grid: { left: 50, right: 10, top: 30, bottom: 30 },
      legend: { top: 0 },
      tooltip: { trigger: "axis" },
      xAxis: { type: "category", data: shown.vintages.map((vintage) => vintage.month) },
      yAxis: { type: "value", scale: true },
      series: [
        { name: "AUC", type: "line", data: shown.vintages.map((v) => v.performance.auc ?? null) },
        { name: "95 % −", type: "line", showSymbol: false, lineStyle: { type: "dotted" }, data: shown.vintages.map((v) => v.performance.auc_low ?? null) },
        { name: "95 % +", type: "line", showSymbol: false, lineStyle: { type: "dotted" }, data: shown.vintages.map((v) => v.performance.auc_high ?? null) },
        { name: t("expectedAuc"), type: "line", showSymbol: false, lineStyle: { type: "dashed" }, data: shown.vintages.map((v) => v.performance.expected_auc ?? null) },
      ],
    }),
    [shown, t],
  );
  const ages = useMemo(
    () => ({
      grid: { left: 50, right: 10, top: 30, bottom: 30 },
      legend: { top: 0, type: "scroll" },
      tooltip: { trigger: "axis" },
      xAxis: { type: "value", minInterval: 1 },
      yAxis: { type: "value", axisLabel: { formatter: "{value} %" } },
      series: shown.vintages
        .filter((vintage) => vintage.ages.length > 0)
        .map((vintage) => ({ name: vintage.month, type: "line", showSymbol: false, data: vintage.ages.map((age) => [age.age_months, +(age.bad_rate * 100).toFixed(3)]) })),
    }),
    [shown],
  );
  const ageMost = Math.max(0, ...shown.vintages.flatMap((vintage) => vintage.ages.map((age) => age.age_months)));
  return (
    <>
      <div className="cards" style={{ marginTop: 12 }}>
        <Chart
          title={t("aucByVintage")}
          option={aucs}
          table={{ columns: [t("vintage"), "AUC", t("auc"), t("expectedAuc")], rows: shown.vintages.map((v) => [v.month, number(v.performance.auc, 4), between(v.performance.auc_low, v.performance.auc_high), number(v.performance.expected_auc, 4)]) }}
        />
        <Chart
          title={t("badByAge")}
          option={ages}
          table={{
            columns: ["", ...months],
            rows: Array.from({ length: ageMost + 1 }, (_, age) => [
              age,
              ...shown.vintages.map((vintage) => {
                const found = vintage.ages.find((one) => one.age_months === age);
                return found ? `${number(found.bad_rate * 100, 2)} %` : "";
              }),
            ]),
          }}
        />
      </div>
      <PlainTable
        caption={t("decay")}
        columns={[t("vintage"), t("verdict"), t("decided"), t("approved"), t("labelled"), t("matured"), t("badRate"), t("predicted"), t("auc"), t("expectedAuc")]}
        rows={shown.vintages.map((v) => [
          v.month,
          <Verdict key="v" value={v.verdict} />,
          v.decided,
          v.approved,
          v.performance.labelled,
          `${number(v.matured_share * 100, 1)} %`,
          `${number(v.performance.bad_rate * 100, 2)} % (${between(v.performance.bad_rate_low, v.performance.bad_rate_high, 100, 2)})`,
          `${number(v.performance.predicted_bad_rate * 100, 2)} %`,
          `${number(v.performance.auc, 4)} (${between(v.performance.auc_low, v.performance.auc_high)})`,
          number(v.performance.expected_auc, 4),
        ])}
      />
    </>
  );
}
