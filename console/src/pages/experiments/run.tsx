// One run: its figures on rows the model never saw, the pictures, and all that it follows from.
import { useMemo } from "react";
import { Link, useParams } from "react-router-dom";
import { useMay } from "../../api/session";
import { useAsk } from "../../api/use_ask";
import { Chart } from "../../parts/chart";
import { Loaded } from "../../parts/loaded";
import { DigestText, Figure, useNumber, When } from "../../parts/values";
import { VerbForm } from "../../parts/verb_form";
import { useWords } from "../../words/said";
import { CalibrationChart, RocChart } from "../models/charts";
import { modelWords } from "../models/words";
import type { Run as RunOf } from "./experiment";

export default function Run() {
  const t = useWords(modelWords);
  const { id } = useParams();
  const run = useAsk<RunOf>("experiment", "show", { id });
  return (
    <div className="page">
      <nav className="soft" aria-label={t("experiments")}><Link to="/experiments">{t("back")}</Link></nav>
      <h1>{run.data?.name ?? id?.slice(0, 12)}</h1>
      <Loaded from={run}>{(data) => <Shown run={data} again={run.again} />}</Loaded>
    </div>
  );
}

function Shown({ run, again }: { run: RunOf; again: () => void }) {
  const t = useWords(modelWords);
  const number = useNumber();
  const may = useMay();
  const { figures } = run;
  const roc = useMemo(() => [{ name: t("test"), of: figures.roc ?? [] }], [figures, t]);
  const calibration = useMemo(() => [{ name: t("test"), of: figures.calibration ?? [] }], [figures, t]);
  const lift = figures.lift ?? [];
  const liftOption = useMemo(
    () => ({
      grid: { left: 44, right: 16, top: 16, bottom: 40 },
      tooltip: { trigger: "axis" },
      xAxis: { type: "category", data: lift.map((row) => `${Math.round(100 * row.share_of_rows)} %`) },
      yAxis: { type: "value" },
      series: [{ type: "bar", name: t("lift"), data: lift.map((row) => row.lift) }],
    }),
    [lift, t],
  );
  return (
    <>
      <p className="soft">
        {run.made_by}, <When at={run.made_at} /> · SHA-256 <DigestText value={run.id} /> · {t("model", { name: "" })} <Link to={`/models/${run.model}`}>{run.model.slice(0, 12)}</Link>
      </p>
      <section className="card" aria-label={t("test")} style={{ marginBottom: 12 }}>
        <h2>{t("test")}</h2>
        <div className="cards" style={{ gridTemplateColumns: "repeat(auto-fit, minmax(130px, 1fr))" }}>
          <Figure label={t("auc")} value={number(figures.test.auc, 4)} note={`95 %: ${number(figures.test.auc_low, 4)} – ${number(figures.test.auc_high, 4)}`} />
          <Figure label={t("ks")} value={number(figures.test.ks, 4)} />
          <Figure label={t("gini")} value={number(figures.test.gini, 4)} />
          <Figure label={t("brier")} value={number(figures.test.brier, 4)} />
          <Figure label={t("logLoss")} value={number(figures.test.log_loss, 4)} />
          <Figure label={t("rows")} value={number(figures.test.rows)} />
          <Figure label={t("cpu")} value={number(run.training_cpu_ms)} unit="ms" />
          <Figure label="PSI" value={number(figures.psi, 4)} note={t("psiLimit", { limit: number(figures.psi_null_limit, 4) })} />
        </div>
      </section>
      <div className="cards" style={{ gridTemplateColumns: "repeat(auto-fit, minmax(340px, 1fr))" }}>
        <div className="card"><RocChart curves={roc} /></div>
        <div className="card"><CalibrationChart curves={calibration} /></div>
        {lift.length > 0 && (
          <div className="card">
            <Chart title={t("lift")} option={liftOption} height={300} table={{ columns: ["", t("lift"), t("badShare")], rows: lift.map((row) => [`${Math.round(100 * row.share_of_rows)} %`, number(row.lift, 2), `${number(100 * row.bad_share, 2)} %`]) }} />
          </div>
        )}
      </div>
      <h2>{t("note")}</h2>
      {may("experiment.note") ? <VerbForm noun="experiment" verb="note" fixed={{ id: run.id }} initial={{ note: run.note }} submit={t("saveNote")} onDone={again} /> : <p>{run.note || "–"}</p>}
      <details>
        <summary>{t("manifest")}</summary>
        <pre className="scroll mono" tabIndex={0}>{JSON.stringify(run.manifest, null, 2)}</pre>
      </details>
      <details>
        <summary>{t("features")} ({run.features.length})</summary>
        <p>{run.features.join(", ")}</p>
      </details>
    </>
  );
}
