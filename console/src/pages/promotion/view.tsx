import { Button, Drawer, Tag } from "antd";
import { useState } from "react";
import { Route, Routes, useNavigate } from "react-router-dom";
import { useKnows } from "../../api/openapi";
import { useMay } from "../../api/session";
import { VerbForm } from "../../parts/verb_form";
import { VerbTable } from "../../parts/verb_table";
import { useWords } from "../../words/said";
import { useUseCases } from "../use_cases";
import { Exploration } from "./exploration";
import { PromotionPage } from "./one";
import { words } from "./words";

export default function Promotions() {
  return (
    <Routes>
      <Route index element={<List />} />
      <Route path=":id" element={<PromotionPage />} />
    </Routes>
  );
}

const colors: Record<string, string> = { running: "blue", held: "gold", promoted: "green", rolled_back: "red", stopped: "default" };

function List() {
  const t = useWords(words);
  const may = useMay();
  const knows = useKnows();
  const navigate = useNavigate();
  const names = useUseCases();
  const [starting, setStarting] = useState(false);
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t("title")}</h1>
        <span className="soft">{t("help")}</span>
      </div>
      <div className="card">
        <VerbTable
          noun="promotion"
          verb="list"
          title={t("title")}
          rowTo={(row) => `/promotions/${String(row.id)}`}
          only={["use_case", "stage", "state", "share_ppm", "tier", "started_at", "challenger", "champion", "why", "id"]}
          columns={{
            use_case: { title: words.useCase },
            stage: { title: words.stage },
            state: { title: words.state, show: (value) => <Tag color={colors[String(value)]}>{String(value)}</Tag> },
            share_ppm: { title: words.share, show: (value) => <span className="number">{Number(value) / 10_000} %</span> },
            tier: { title: words.tier },
            started_at: { title: words.startedAt },
            challenger: { title: words.challenger },
            champion: { title: words.champion, hidden: true },
            why: { title: words.why },
            id: { hidden: true },
          }}
          toolbar={
            may("promotion.start") && (
              <Button size="small" type="primary" onClick={() => setStarting(true)}>
                {t("start")}
              </Button>
            )
          }
        />
      </div>
      {knows("promotion", "exploration") && may("promotion.exploration") && (
        <section className="card" style={{ marginTop: 12 }} aria-label={t("exploration")}>
          <h2>{t("exploration")}</h2>
          <p className="soft">{t("explorationHelp")}</p>
          {names.map((useCase) => (
            <Exploration key={useCase} useCase={useCase} />
          ))}
        </section>
      )}
      <Drawer open={starting} onClose={() => setStarting(false)} title={t("start")} width={560} destroyOnHidden>
        <VerbForm<{ promotion?: { id: string }; id?: string }>
          noun="promotion"
          verb="start"
          only={["use_case", "digest", "plan"]}
          initial={{ use_case: names[0] }}
          labels={{ digest: words.challenger }}
          onDone={(answer) => navigate(`/promotions/${answer.promotion?.id ?? answer.id ?? ""}`)}
        />
      </Drawer>
    </div>
  );
}
