// One model as a card: what it takes and answers, what it was made from, how good and how well calibrated it is.
import { Tag } from "antd";
import { useMemo } from "react";
import { Link, useParams } from "react-router-dom";
import { useKnows } from "../../api/openapi";
import { useMay } from "../../api/session";
import { useAsk } from "../../api/use_ask";
import { Chart, PlainTable } from "../../parts/chart";
import { Loaded } from "../../parts/loaded";
import { DigestText, Figure, useNumber } from "../../parts/values";
import { useWords } from "../../words/said";
import { CalibrationChart, RocChart, type CalibrationRow, type RocPoint } from "./charts";
import { modelWords } from "./words";

type Quality = { rows: number; bad_share: number; auc: number; ks: number; gini: number; brier: number; log_loss: number };
type CardOf = {
  name?: string;
  kind?: string;
  data?: { sha256: string; rows: number; target: string; positive: string };
  split?: { train_share: number; seed: number };
  sealed?: string[];
  features?: { name: string; iv?: number; gain?: number; left_out?: string }[];
  parameters?: Record<string, unknown>;
  train?: Quality;
  test?: Quality;
  psi?: { value: number; null_limit: number };
  calibration?: CalibrationRow[];
};
type Field = { name: string; type: string; required?: boolean; allowed?: string[] };
type ModelView = { digest: string; format: string; name?: string; inputs: Field[]; outputs: Field[]; card?: CardOf };
type RunLine = { id: string; model: string; name: string };

const featuresShown = 20;

export default function Card() {
  const t = useWords(modelWords);
  const { digest } = useParams();
  const model = useAsk<ModelView>("model", "show", { digest });
  return (
    <div className="page">
      <nav className="soft" aria-label={t("title")}><Link to="/models">{t("title")}</Link></nav>
      <h1>{t("model", { name: model.data?.card?.name ?? model.data?.name ?? digest?.slice(0, 12) ?? "" })}</h1>
      <Loaded from={model}>{(data) => <Shown model={data} />}</Loaded>
    </div>
  );
}

function Shown({ model }: { model: ModelView }) {
  const t = useWords(modelWords);
  const number = useNumber();
  const may = useMay();
  const knows = useKnows();
  const card = model.card;
  const lists = knows("experiment", "list") && may("experiment.list");
  const runs = useAsk<{ experiments: RunLine[] }>(lists ? "experiment" : null, "list", { limit: 1000 });
  const run = runs.data?.experiments.find((one) => one.model === model.digest);
  const shown = useAsk<{ figures: { roc: RocPoint[] } }>(run && may("experiment.show") ? "experiment" : null, "show", { id: run?.id });
  const roc = shown.data?.figures.roc;
  const curves = useMemo(() => (roc ? [{ name: t("test"), of: roc }] : []), [roc, t]);
  const calibration = useMemo(() => (card?.calibration ? [{ name: t("test"), of: card.calibration }] : []), [card, t]);
  const weights = useMemo(
    () => (card?.features ?? []).filter((one) => !one.left_out).sort((a, b) => (b.gain ?? b.iv ?? 0) - (a.gain ?? a.iv ?? 0)),
    [card],
  );
  const byGain = weights.some((one) => one.gain !== undefined);
  const top = weights.slice(0, featuresShown);
  const weightOption = useMemo(
    () => ({
      grid: { left: 170, right: 20, top: 8, bottom: 24 },
      tooltip: { trigger: "item" },
      xAxis: { type: "value" },
      yAxis: { type: "category", inverse: true, data: top.map((one) => one.name), axisLabel: { width: 160, overflow: "truncate" } },
      series: [{ type: "bar", data: top.map((one) => one.gain ?? one.iv ?? 0) }],
    }),
    [top],
  );
  const figures = (quality: Quality | undefined, label: string) =>
    quality && (
      <section className="card" aria-label={label}>
        <h2>{label}</h2>
        <div className="cards" style={{ gridTemplateColumns: "repeat(auto-fit, minmax(96px, 1fr))" }}>
          <Figure label={t("auc")} value={number(quality.auc, 4)} />
          <Figure label={t("ks")} value={number(quality.ks, 4)} />
          <Figure label={t("gini")} value={number(quality.gini, 4)} />
          <Figure label={t("brier")} value={number(quality.brier, 4)} />
          <Figure label={t("logLoss")} value={number(quality.log_loss, 4)} />
          <Figure label={t("badShare")} value={`${number(100 * quality.bad_share, 2)} %`} />
          <Figure label={t("rows")} value={number(quality.rows)} />
        </div>
      </section>
    );
  return (
    <>
      <p>
        <Tag>{model.format}</Tag>
        {card?.kind && <Tag>{card.kind}</Tag>} SHA-256 <DigestText value={model.digest} length={16} />
      </p>
      {!card && <p className="soft">{t("noCard")}</p>}
      <div className="cards" style={{ gridTemplateColumns: "repeat(auto-fit, minmax(340px, 1fr))" }}>
        {figures(card?.test, t("test"))}
        {figures(card?.train, t("train"))}
      </div>
      <div className="cards" style={{ gridTemplateColumns: "repeat(auto-fit, minmax(340px, 1fr))" }}>
        {curves.length > 0 && <div className="card"><RocChart curves={curves} /></div>}
        {calibration.length > 0 && <div className="card"><CalibrationChart curves={calibration} /></div>}
        {top.length > 0 && (
          <div className="card">
            <Chart
              title={`${t("features")} (${byGain ? t("gain") : t("iv")})`}
              option={weightOption}
              height={Math.max(160, 22 * top.length)}
              table={{ columns: [t("features"), byGain ? t("gain") : t("iv")], rows: weights.map((one) => [one.name, number(one.gain ?? one.iv, 4)]) }}
            />
          </div>
        )}
        {card && (
          <section className="card" aria-label={t("card")}>
            <h2>{t("card")}</h2>
            <dl className="pairs">
              <dt>{t("data")}</dt><dd><DigestText value={card.data?.sha256} /></dd>
              <dt>{t("rows")}</dt><dd>{number(card.data?.rows)}</dd>
              <dt>{t("target")}</dt><dd>{card.data?.target} = {card.data?.positive}</dd>
              <dt>{t("trainShare")}</dt><dd>{number(card.split?.train_share, 2)}</dd>
              <dt>{t("seed")}</dt><dd>{card.split?.seed}</dd>
              <dt>{t("sealed")}</dt><dd>{card.sealed?.join(", ") || "–"}</dd>
              {card.psi && <><dt>{t("psi")}</dt><dd>{number(card.psi.value, 4)} <span className="soft">({t("psiLimit", { limit: number(card.psi.null_limit, 4) })})</span></dd></>}
            </dl>
            <details>
              <summary>{t("parameters")}</summary>
              <dl className="pairs">
                {Object.entries(card.parameters ?? {}).flatMap(([name, value]) => [<dt key={name}>{name}</dt>, <dd key={`${name}=`}><code>{typeof value === "object" ? JSON.stringify(value) : String(value)}</code></dd>])}
              </dl>
            </details>
          </section>
        )}
      </div>
      <h2>{t("more")}</h2>
      <p style={{ display: "flex", gap: 16, flexWrap: "wrap" }}>
        {run && <Link to={`/experiments/${run.id}`}>{t("experiment")}</Link>}
        {knows("drift", "show") && may("drift.show") && <Link to="/drift">{t("drift")}</Link>}
        {knows("promotion", "list") && may("promotion.list") && <Link to="/promotions">{t("promotion")}</Link>}
      </p>
      <h2>{t("inputs")}</h2>
      <PlainTable
        caption={t("inputs")}
        columns={[t("inputs"), "", ""]}
        rows={model.inputs.map((one) => [one.name, one.type, one.required ? t("required") : (one.allowed ?? []).slice(0, 12).join(", ")])}
      />
      <p className="soft">{t("outputs")}: {model.outputs.map((one) => `${one.name} (${one.type})`).join(", ")}</p>
    </>
  );
}
