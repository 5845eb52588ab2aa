import { Tag } from "antd";
import { Route, Routes } from "react-router-dom";
import { useKnows } from "../../api/openapi";
import { useMay } from "../../api/session";
import { PageTabs } from "../../parts/page_tabs";
import { VerbTable } from "../../parts/verb_table";
import { useWords } from "../../words/said";
import { History } from "./history";
import { ProposalPage } from "./proposal";
import type { Proposal } from "./shapes";
import { words } from "./words";

export default function Permits() {
  return (
    <Routes>
      <Route index element={<Lists />} />
      <Route path=":id" element={<ProposalPage />} />
    </Routes>
  );
}

export const stateColors: Record<string, string> = {
  submitted: "gold",
  approved: "blue",
  scheduled: "blue",
  in_force: "green",
  rejected: "red",
};

function Lists() {
  const t = useWords(words);
  const may = useMay();
  const knows = useKnows();
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t("title")}</h1>
        <span className="soft">{t("help")}</span>
      </div>
      <div className="card">
        <PageTabs
          items={[
            { key: "proposals", label: t("proposals"), children: <ProposalTable /> },
            ...(may("permit.list") ? [{ key: "force", label: t("inForce"), children: <InForce /> }] : []),
            ...(knows("permit", "history") && may("permit.history") ? [{ key: "history", label: t("history"), children: <History /> }] : []),
          ]}
        />
      </div>
    </div>
  );
}

function ProposalTable() {
  const t = useWords(words);
  return (
    <VerbTable
      noun="proposal"
      verb="list"
      title={t("proposals")}
      rowTo={(row) => `/permits/${String(row.id)}`}
      only={["use_case", "state", "author", "submitted_at", "approvals", "scheduled_at", "digest", "id"]}
      columns={{
        use_case: { title: words.useCase },
        state: { title: words.state, show: (value) => <Tag color={stateColors[String(value)] ?? "default"}>{String(value)}</Tag> },
        author: { title: words.author },
        submitted_at: { title: words.submittedAt },
        approvals: {
          title: words.approvals,
          show: (value, row) =>
            `${t("needed", { done: (value as unknown[]).length, needed: Number(row.approvals_needed) })} ${(value as Proposal["approvals"]).map((a) => a.person).join(", ")}`,
        },
        scheduled_at: { title: words.scheduledAt },
        digest: { title: words.digest },
        id: { hidden: true },
      }}
    />
  );
}

function InForce() {
  const t = useWords(words);
  return <VerbTable noun="permit" verb="list" title={t("inForce")} rowKey={(row) => JSON.stringify(row)} />;
}
