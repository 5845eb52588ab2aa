// Joint jobs: what is under way, all of them by state, the models they left, and a new one proposed.
import { Route, Routes } from "react-router-dom";
import { useMay } from "../../api/session";
import { PageTabs } from "../../parts/page_tabs";
import { useWords } from "../../words/said";
import { JobPage } from "./job";
import { JobList, ModelList, UnderWay } from "./lists";
import { House } from "./parts";
import { Propose } from "./propose";
import { TranscriptPage } from "./transcript";
import { words } from "./words";

export default function Federation() {
  return (
    <Routes>
      <Route index element={<Lists />} />
      <Route path=":hash" element={<JobPage />} />
      <Route path=":hash/transcript" element={<TranscriptPage />} />
    </Routes>
  );
}

function Lists() {
  const t = useWords(words);
  const may = useMay();
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t("title")}</h1>
        <span className="soft">{t("help")}</span>
      </div>
      <House>
        {() => (
          <div className="card">
            <PageTabs
              items={[
                {
                  key: "jobs",
                  label: t("jobs"),
                  children: (
                    <>
                      {may("federation.status") && <UnderWay />}
                      <JobList />
                    </>
                  ),
                },
                ...(may("federation.models") ? [{ key: "models", label: t("models"), children: <ModelList /> }] : []),
                ...(may("federation.propose") ? [{ key: "propose", label: t("propose"), children: <Propose /> }] : []),
              ]}
            />
          </div>
        )}
      </House>
    </div>
  );
}
