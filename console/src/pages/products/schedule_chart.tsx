// A schedule drawn: what is paid each time, principal below interest, and what is left to pay.
import { useMemo } from "react";
import { Chart } from "../../parts/chart";
import { Money } from "../../parts/values";
import { useWords } from "../../words/said";
import { amountOf } from "../portfolio/money";
import { lendingWords } from "../portfolio/words";

export type Instalment = { due: string; principal: string; interest: string; total: string; balance: string };

export function ScheduleChart({ schedule }: { schedule: readonly Instalment[] }) {
  const t = useWords(lendingWords);
  const currency = schedule[0]?.total.slice(-3) ?? "";
  const option = useMemo(
    () => ({
      grid: { left: 64, right: 64, top: 40, bottom: 30 },
      legend: { top: 0 },
      tooltip: { trigger: "axis" },
      xAxis: { type: "category", data: schedule.map((one) => one.due) },
      yAxis: [{ type: "value" }, { type: "value", splitLine: { show: false } }],
      series: [
        { type: "bar", stack: "paid", name: t("principalPart"), data: schedule.map((one) => amountOf(one.principal)) },
        { type: "bar", stack: "paid", name: t("interestPart"), data: schedule.map((one) => amountOf(one.interest)) },
        { type: "line", yAxisIndex: 1, name: t("balance"), showSymbol: false, data: schedule.map((one) => amountOf(one.balance)) },
      ],
    }),
    [schedule, t],
  );
  return (
    <Chart
      title={`${t("schedule")} (${currency})`}
      option={option}
      height={280}
      table={{
        columns: [t("due"), t("principalPart"), t("interestPart"), t("total"), t("balance")],
        rows: schedule.map((one) => [one.due, <Money key="p" value={one.principal} />, <Money key="i" value={one.interest} />, <Money key="t" value={one.total} />, <Money key="b" value={one.balance} />]),
      }}
    />
  );
}
