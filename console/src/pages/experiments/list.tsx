// All runs; two of them can be chosen and set side by side.
import { Button, Checkbox } from "antd";
import { useState } from "react";
import { useNavigate } from "react-router-dom";
import { VerbTable } from "../../parts/verb_table";
import { useWords } from "../../words/said";
import { modelWords } from "../models/words";

export default function List() {
  const t = useWords(modelWords);
  const navigate = useNavigate();
  const [chosen, setChosen] = useState<string[]>([]);
  return (
    <div className="page">
      <h1>{t("experiments")}</h1>
      <p className="soft">{t("experimentsHelp")} {t("compareHelp")}</p>
      <VerbTable
        noun="experiment"
        verb="list"
        title={t("experiments")}
        list="experiments"
        rowKey="id"
        columns={{
          name: {}, kind: {}, made_at: {}, made_by: {}, auc: {}, ks: {}, brier: {}, features: {}, test_rows: {}, model: {},
          gini: { hidden: true }, log_loss: { hidden: true }, data: { hidden: true }, seed: { hidden: true }, training_cpu_ms: { hidden: true }, note: { hidden: true }, id: { hidden: true },
        }}
        rowTo={(row) => `/experiments/${String(row.id)}`}
        toolbar={
          <Button type="primary" disabled={chosen.length !== 2} onClick={() => navigate(`/experiments/compare?a=${chosen[0]}&b=${chosen[1]}`)}>
            {t("compare", { count: chosen.length })}
          </Button>
        }
        actions={(row) => {
          const id = String(row.id);
          return (
            <Checkbox
              aria-label={t("choose", { name: String(row.name) })}
              checked={chosen.includes(id)}
              disabled={chosen.length === 2 && !chosen.includes(id)}
              onChange={(event) => setChosen(event.target.checked ? [...chosen, id] : chosen.filter((one) => one !== id))}
            />
          );
        }}
      />
    </div>
  );
}
