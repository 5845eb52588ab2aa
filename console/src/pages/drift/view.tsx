import { Select } from "antd";
import { useState } from "react";
import { useSearchParams } from "react-router-dom";
import { useKnows } from "../../api/openapi";
import { useMay } from "../../api/session";
import { PageTabs } from "../../parts/page_tabs";
import { useWords } from "../../words/said";
import { useUseCases } from "../use_cases";
import { Decay } from "./decay";
import { Drift } from "./drift";
import { words } from "./words";

export default function DriftPage() {
  const t = useWords(words);
  const may = useMay();
  const knows = useKnows();
  const names = useUseCases();
  const [search] = useSearchParams();
  const [chosen, setChosen] = useState<string | undefined>(search.get("use_case") ?? undefined);
  const useCase = chosen ?? names[0];
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t("title")}</h1>
        <Select aria-label={t("useCase")} value={useCase} onChange={setChosen} options={names.map((value) => ({ value, label: value }))} style={{ minWidth: 300 }} size="small" />
      </div>
      <div className="card">
        <PageTabs
          items={[
            { key: "drift", label: t("drift"), children: useCase && <Drift key={useCase} useCase={useCase} /> },
            ...(knows("decay", "show") && may("decay.show") ? [{ key: "decay", label: t("decay"), children: useCase && <Decay key={useCase} useCase={useCase} /> }] : []),
          ]}
        />
      </div>
    </div>
  );
}
