// The book after the last day-end: buckets, stages, vintages, roll rates, expected loss.
import { Select } from "antd";
import { useMemo, useState } from "react";
import { useAsk } from "../../api/use_ask";
import { Chart } from "../../parts/chart";
import { Loaded } from "../../parts/loaded";
import { Figure, Money, moneyText, useNumber } from "../../parts/values";
import { useLanguage, useWords } from "../../words/said";
import { amountOf, partOf } from "./money";
import { RollTable } from "./roll_table";
import { lendingWords } from "./words";

type Line = { loans: number; principal: string };
type Book = {
  product: string;
  loans: number;
  principal: string;
  interest: string;
  charged_off_loans: number;
  charged_off: string;
  allowance: string;
  buckets: (Line & { bucket: string })[];
  stages: (Line & { stage: string; allowance: string })[];
};
export type Roll = { product: string; from: string; to: string; loans: number; rate: string };
type Vintage = { product: string; opened: string; months_on_book: number; loans: number; bad_loans: number; bad_rate: string };
type Portfolio = { date?: string; books: Book[]; month_end?: string; rolls: Roll[]; vintages: Vintage[] };

export default function PortfolioView() {
  const t = useWords(lendingWords);
  const portfolio = useAsk<Portfolio>("lending", "portfolio");
  return (
    <div className="page">
      <h1>{t("portfolio")}</h1>
      <Loaded from={portfolio}>{(data) => (data.books.length === 0 ? <p>{t("none")}</p> : <Shown of={data} />)}</Loaded>
    </div>
  );
}

function Shown({ of }: { of: Portfolio }) {
  const t = useWords(lendingWords);
  const [at, setAt] = useState(0);
  const book = of.books[Math.min(at, of.books.length - 1)]!;
  return (
    <>
      <div className="toolbar">
        {of.books.length > 1 && (
          <Select aria-label={t("product")} style={{ minWidth: 220 }} value={at} onChange={setAt} options={of.books.map((one, value) => ({ value, label: `${one.product} (${one.principal.slice(-3)})` }))} />
        )}
        {of.date && <span className="soft">{t("asOf", { date: of.date })}</span>}
      </div>
      <BookView
        key={at}
        book={book}
        vintages={of.vintages.filter((one) => one.product === book.product)}
        rolls={of.rolls.filter((one) => one.product === book.product)}
        monthEnd={of.month_end}
      />
    </>
  );
}

const axisMoney = { axisLabel: { formatter: (value: number) => (value >= 1e6 ? `${value / 1e6} M` : value >= 1e3 ? `${value / 1e3} k` : String(value)) } };

function BookView({ book, vintages, rolls, monthEnd }: { book: Book; vintages: Vintage[]; rolls: Roll[]; monthEnd: string | undefined }) {
  const t = useWords(lendingWords);
  const language = useLanguage();
  const number = useNumber();
  const currency = book.principal.slice(-3);
  const bucketOption = useMemo(
    () => ({
      grid: { left: 60, right: 12, top: 16, bottom: 30 },
      tooltip: { trigger: "axis" },
      xAxis: { type: "category", data: book.buckets.map((one) => one.bucket) },
      yAxis: { type: "log", min: 1, ...axisMoney },
      series: [{ type: "bar", name: `${t("principal")} (${currency})`, data: book.buckets.map((one) => amountOf(one.principal) || null) }],
    }),
    [book, currency, t],
  );
  const stageName = (stage: string) => t(`stage_${stage}` as "stage_one");
  const stageOption = useMemo(
    () => ({
      grid: { left: 60, right: 12, top: 36, bottom: 30 },
      legend: { top: 0 },
      tooltip: { trigger: "axis" },
      xAxis: { type: "category", data: book.stages.map((one) => one.stage) },
      yAxis: { type: "log", min: 1, ...axisMoney },
      series: [
        { type: "bar", name: t("principal"), data: book.stages.map((one) => amountOf(one.principal) || null) },
        { type: "bar", name: t("allowance"), data: book.stages.map((one) => amountOf(one.allowance) || null) },
      ],
    }),
    [book, t],
  );
  const vintageOption = useMemo(() => {
    const opened = [...new Set(vintages.map((one) => one.opened))].sort();
    return {
      grid: { left: 56, right: 12, top: 40, bottom: 44 },
      legend: { top: 0, type: "scroll" },
      tooltip: { trigger: "axis" },
      xAxis: { type: "value", minInterval: 1, name: t("months"), nameLocation: "middle", nameGap: 26 },
      yAxis: { type: "value", axisLabel: { formatter: (value: number) => `${Math.round(value * 1000) / 10} %` } },
      series: opened.map((month) => ({
        type: "line",
        name: month.slice(0, 7),
        symbolSize: 5,
        data: vintages.filter((one) => one.opened === month).sort((a, b) => a.months_on_book - b.months_on_book).map((one) => [one.months_on_book, Number(one.bad_rate)]),
      })),
    };
  }, [vintages, t]);
  const share = partOf(book.allowance, book.principal);
  return (
    <>
      <div className="cards" style={{ gridTemplateColumns: "repeat(auto-fit, minmax(190px, 1fr))" }}>
        <div className="card"><Figure label={t("openLoans")} value={number(book.loans)} /></div>
        <div className="card"><Figure label={t("principal")} value={moneyText(book.principal, language)} /></div>
        <div className="card"><Figure label={t("allowance")} value={moneyText(book.allowance, language)} note={`${t("coverage")}: ${share === undefined ? "–" : `${number(100 * share, 2)} %`}`} /></div>
        <div className="card"><Figure label={t("chargedOff")} value={moneyText(book.charged_off, language)} note={`${t("number")}: ${number(book.charged_off_loans)}`} /></div>
        <div className="card"><Figure label={t("interest")} value={moneyText(book.interest, language)} /></div>
      </div>
      <div className="cards" style={{ gridTemplateColumns: "repeat(auto-fit, minmax(380px, 1fr))" }}>
        <div className="card">
          <Chart title={`${t("buckets")} (${currency})`} option={bucketOption} table={{ columns: [t("bucket"), t("loans"), t("principal")], rows: book.buckets.map((one) => [one.bucket, one.loans, <Money key="m" value={one.principal} />]) }} />
        </div>
        <div className="card">
          <Chart
            title={`${t("stages")} (${currency})`}
            option={stageOption}
            table={{ columns: [t("stage"), t("loans"), t("principal"), t("allowance")], rows: book.stages.map((one) => [stageName(one.stage), one.loans, <Money key="p" value={one.principal} />, <Money key="a" value={one.allowance} />]) }}
          />
        </div>
        {vintages.length > 0 && (
          <div className="card">
            <Chart
              title={t("vintages")}
              option={vintageOption}
              height={300}
              table={{ columns: [t("opened"), t("months"), t("loans"), t("badRate")], rows: vintages.map((one) => [one.opened.slice(0, 7), one.months_on_book, one.loans, `${number(100 * Number(one.bad_rate), 2)} %`]) }}
            />
          </div>
        )}
        {rolls.length > 0 && <div className="card"><RollTable rolls={rolls} monthEnd={monthEnd ?? ""} /></div>}
      </div>
    </>
  );
}
