// Two runs side by side: what of their manifests differs, their figures, and whether the difference is more than chance.
import { useMemo } from "react";
import { Link, useSearchParams } from "react-router-dom";
import { useAsk } from "../../api/use_ask";
import { PlainTable } from "../../parts/chart";
import { Loaded } from "../../parts/loaded";
import { useNumber } from "../../parts/values";
import { useWords } from "../../words/said";
import { CalibrationChart, RocChart } from "../models/charts";
import { modelWords } from "../models/words";
import type { Run } from "./experiment";

type Comparison = {
  a: Run;
  b: Run;
  parameters: { name: string; a: string; b: string }[];
  figures: { name: string; a: number; b: number; difference: number }[];
  auc: { paired: boolean; a: number; b: number; difference: number; low: number; high: number; z: number; p_value: number; rows_a: number; rows_b: number };
};

export default function Compare() {
  const t = useWords(modelWords);
  const [query] = useSearchParams();
  const compared = useAsk<Comparison>("experiment", "compare", { a: query.get("a") ?? "", b: query.get("b") ?? "" });
  return (
    <div className="page">
      <nav className="soft" aria-label={t("experiments")}><Link to="/experiments">{t("back")}</Link></nav>
      <h1>{compared.data ? `${compared.data.a.name} · ${compared.data.b.name}` : t("compare", { count: 2 })}</h1>
      <Loaded from={compared}>{(data) => <Shown of={data} />}</Loaded>
    </div>
  );
}

function Shown({ of }: { of: Comparison }) {
  const t = useWords(modelWords);
  const number = useNumber();
  // Two runs may bear one name.
  const [a, b] = of.a.name === of.b.name ? [`${of.a.name} (A)`, `${of.b.name} (B)`] : [of.a.name, of.b.name];
  const roc = useMemo(() => [{ name: a, of: of.a.figures.roc ?? [] }, { name: b, of: of.b.figures.roc ?? [] }], [of, a, b]);
  const calibration = useMemo(() => [{ name: a, of: of.a.figures.calibration ?? [] }, { name: b, of: of.b.figures.calibration ?? [] }], [of, a, b]);
  return (
    <>
      <section className="card" aria-label={t("aucTest")} style={{ marginBottom: 12 }}>
        <h2>{t("aucTest")}</h2>
        <p>
          {t("auc")}: {a} <strong className="number">{number(of.auc.a, 4)}</strong>, {b} <strong className="number">{number(of.auc.b, 4)}</strong>; {t("difference")}{" "}
          <strong className="number">{number(of.auc.difference, 4)}</strong>, {t("interval")} <span className="number">{number(of.auc.low, 4)} … {number(of.auc.high, 4)}</span>, {t("pValue")}{" "}
          <span className="number">{number(of.auc.p_value, 4)}</span>
        </p>
        <p className="soft">{of.auc.paired ? t("paired") : t("unpaired")} ({number(of.auc.rows_a)} / {number(of.auc.rows_b)})</p>
      </section>
      <div className="cards" style={{ gridTemplateColumns: "repeat(auto-fit, minmax(340px, 1fr))" }}>
        <div className="card"><RocChart curves={roc} /></div>
        <div className="card"><CalibrationChart curves={calibration} /></div>
      </div>
      <h2>{t("differs")}</h2>
      {of.parameters.length === 0 ? <p>{t("nothingDiffers")}</p> : <PlainTable caption={t("differs")} columns={["", a, b]} rows={of.parameters.map((one) => [one.name, one.a, one.b])} />}
      <h2>{t("test")}</h2>
      <PlainTable caption={t("test")} columns={[t("figure"), a, b, t("difference")]} rows={of.figures.map((one) => [one.name, number(one.a, 4), number(one.b, 4), number(one.difference, 4)])} />
    </>
  );
}
