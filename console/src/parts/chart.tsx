// Chart: an ECharts picture with a title, a table that says the same in numbers, and colours of the appearance.
import { Button } from "antd";
import type { EChartsCoreOption, ECharts } from "echarts/core";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { useDark } from "../shell/theme";
import { useWords } from "../words/said";
import { partWords } from "../words/shell";

export type ChartTable = { columns: readonly ReactNode[]; rows: readonly (readonly ReactNode[])[] };

// Told apart by people who see colours differently, on light and on dark.
const palette = ["#1f77b4", "#e08214", "#0b8a6a", "#b23a7e", "#7a5cc0", "#8c6d31", "#4c9fd6", "#c44536"];

export function Chart({ title, option, table, height = 260, onClick }: {
  title: string;
  option: EChartsCoreOption;
  table: ChartTable; // the same numbers for those who do not see the picture
  height?: number;
  onClick?: (name: string, seriesIndex: number, dataIndex: number) => void;
}) {
  const t = useWords(partWords);
  const dark = useDark();
  const [asTable, setAsTable] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts>(undefined);
  const clicked = useRef(onClick);
  clicked.current = onClick;
  const latest = useRef(option);
  latest.current = option;
  const draw = useRef<() => void>(() => undefined);

  useEffect(() => {
    if (asTable) return;
    let gone = false;
    let watch: ResizeObserver | undefined;
    void import("./echarts").then(({ echarts }) => {
      if (gone || !place.current) return;
      const made = echarts.init(place.current, dark ? "dark" : undefined, { renderer: "svg" });
      chart.current = made;
      draw.current = () =>
        made.setOption({ backgroundColor: "transparent", color: palette, animation: false, aria: { enabled: true }, ...latest.current }, { notMerge: true });
      draw.current();
      made.on("click", (event) => clicked.current?.(String(event.name), event.seriesIndex ?? 0, event.dataIndex ?? 0));
      watch = new ResizeObserver(() => made.resize());
      watch.observe(place.current);
    });
    return () => {
      gone = true;
      watch?.disconnect();
      chart.current?.dispose();
      chart.current = undefined;
      draw.current = () => undefined;
    };
  }, [dark, asTable]);
  useEffect(() => draw.current(), [option]);

  return (
    <figure className="chart-figure">
      <figcaption>
        <span>{title}</span>
        <Button size="small" type="text" onClick={() => setAsTable(!asTable)}>
          {asTable ? t("asChart") : t("asTable")}
        </Button>
      </figcaption>
      {asTable ? <PlainTable caption={title} {...table} /> : <div ref={place} className="chart" style={{ height }} role="img" aria-label={title} />}
    </figure>
  );
}

export function PlainTable({ caption, columns, rows }: ChartTable & { caption: string }) {
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={caption}>
      <table className="plain">
        <caption className="only-heard">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column, i) => (
              <th key={i} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <tr key={i}>
              {row.map((cell, j) => (
                <td key={j} className={typeof cell === "number" ? "number" : undefined}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
