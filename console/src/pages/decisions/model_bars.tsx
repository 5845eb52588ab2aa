// What each feature weighed, as whole numbers that add up to the score.
import { useMemo } from "react";
import { Chart } from "../../parts/chart";
import { DigestText, useNumber } from "../../parts/values";
import { useWords } from "../../words/said";
import type { Model } from "./shapes";
import { words } from "./words";

const barsMax = 24;

export function ModelBars({ model }: { model: Model }) {
  const t = useWords(words);
  const number = useNumber();
  const moreIsBetter = model.unit === "points";
  const unit = model.unit === "points" ? t("points") : model.unit === "micro_log_odds" ? t("micro_log_odds") : model.unit;
  const sorted = useMemo(
    () => [...model.contributions].filter((c) => c.amount !== 0).sort((a, b) => Math.abs(b.amount) - Math.abs(a.amount)).slice(0, barsMax),
    [model],
  );
  const option = useMemo(
    () => ({
      grid: { left: 8, right: 60, top: 6, bottom: 24, containLabel: true },
      tooltip: { trigger: "axis", axisPointer: { type: "shadow" } },
      xAxis: { type: "value" },
      yAxis: { type: "category", inverse: true, data: sorted.map((c) => c.feature), axisLabel: { width: 160, overflow: "truncate" } },
      series: [
        {
          type: "bar",
          barMaxWidth: 16,
          data: sorted.map((c) => ({ value: c.amount, itemStyle: { color: c.amount > 0 === moreIsBetter ? "#1f77b4" : "#d9642b" } })),
          label: { show: true, position: "right", formatter: (p: { value: number }) => p.value.toLocaleString() },
        },
      ],
    }),
    [sorted, moreIsBetter],
  );
  const sum = model.contributions.reduce((all, c) => all + c.amount, 0);
  return (
    <>
      <p>
        {t("probability")} <b className="number">{number(Number(model.probability) * 100, 2)} %</b> · {t("score")} <b className="number">{number(model.score)}</b> ·{" "}
        <span className="number">{t("modelTotal", { base: number(model.base), sum: number(sum), total: number(model.total) })}</span>{" "}
        <span className="soft">
          {model.kind} <DigestText value={model.digest} />
        </span>
      </p>
      {model.note && <p className="soft">{model.note}</p>}
      {sorted.length > 0 && (
        <Chart
          title={`${t("contribution")}, ${unit}`}
          option={option}
          height={Math.max(120, 26 * sorted.length + 40)}
          table={{ columns: [t("feature"), t("contribution"), t("meaning")], rows: sorted.map((c) => [c.feature, c.amount, c.words]) }}
        />
      )}
    </>
  );
}
