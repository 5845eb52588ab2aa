// The two pictures of a scoring model: ROC curve and calibration, of one run or of two laid over each other.
import { useMemo } from "react";
import { Chart } from "../../parts/chart";
import { useNumber } from "../../parts/values";
import { useWords } from "../../words/said";
import { modelWords } from "./words";

export type RocPoint = { false_positive_share: number; true_positive_share: number };
export type CalibrationRow = { predicted_low: number; predicted_high: number; predicted_mean: number; observed_share: number; rows: number };
export type Named<T> = { name: string; of: T };

const percentAxis = (name: string) => ({ type: "value", name, nameLocation: "middle", nameGap: 26, axisLabel: { formatter: (v: number) => `${Math.round(v * 100)} %` } });
const grid = { left: 56, right: 16, top: 30, bottom: 44 };

export function RocChart({ curves }: { curves: readonly Named<readonly RocPoint[]>[] }) {
  const t = useWords(modelWords);
  const number = useNumber();
  const option = useMemo(
    () => ({
      grid,
      legend: { top: 0 },
      tooltip: { trigger: "axis" },
      xAxis: { ...percentAxis(t("falsePositive")), min: 0, max: 1 },
      yAxis: { ...percentAxis(t("truePositive")), min: 0, max: 1, nameGap: 40 },
      series: [
        ...curves.map(({ name, of }, i) => ({ type: "line", name, showSymbol: false, lineStyle: { type: i === 0 ? "solid" : "dashed", width: 2 }, data: of.map((p) => [p.false_positive_share, p.true_positive_share]) })),
        { type: "line", name: t("chance"), showSymbol: false, lineStyle: { type: "dotted", width: 1 }, data: [[0, 0], [1, 1]] },
      ],
    }),
    [curves, t],
  );
  return (
    <Chart
      title={t("roc")}
      option={option}
      height={300}
      table={{ columns: ["", t("falsePositive"), t("truePositive")], rows: curves.flatMap(({ name, of }) => of.map((p) => [name, number(p.false_positive_share, 4), number(p.true_positive_share, 4)])) }}
    />
  );
}

export function CalibrationChart({ curves }: { curves: readonly Named<readonly CalibrationRow[]>[] }) {
  const t = useWords(modelWords);
  const number = useNumber();
  const option = useMemo(() => {
    const end = Math.max(0.01, ...curves.flatMap(({ of }) => of.flatMap((row) => [row.predicted_mean, row.observed_share])));
    return {
      grid,
      legend: { top: 0 },
      tooltip: { trigger: "item" },
      xAxis: { ...percentAxis(t("predicted")), min: 0 },
      yAxis: { ...percentAxis(t("observed")), min: 0, nameGap: 40 },
      series: [
        ...curves.map(({ name, of }, i) => ({ type: "line", name, symbol: i === 0 ? "circle" : "diamond", symbolSize: 8, data: of.map((row) => [row.predicted_mean, row.observed_share]) })),
        { type: "line", name: t("ideal"), showSymbol: false, lineStyle: { type: "dotted", width: 1 }, data: [[0, 0], [end, end]] },
      ],
    };
  }, [curves, t]);
  return (
    <Chart
      title={t("calibration")}
      option={option}
      height={300}
      table={{
        columns: ["", t("predicted"), t("observed"), t("rows")],
        rows: curves.flatMap(({ name, of }) => of.map((row) => [name, number(row.predicted_mean, 4), number(row.observed_share, 4), row.rows])),
      }}
    />
  );
}
