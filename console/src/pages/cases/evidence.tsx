// What an alert stands on: the payment with its features and neighbourhood, the finding with its transfers, or the match.
import { Alert as Note, Tag } from "antd";
import { Link } from "react-router-dom";
import { act } from "../../api/client";
import { useKnows } from "../../api/openapi";
import { useMay } from "../../api/session";
import { useAsk } from "../../api/use_ask";
import { PlainTable } from "../../parts/chart";
import { Confirm } from "../../parts/confirm";
import { Loaded } from "../../parts/loaded";
import { Network, type NetworkEdge } from "../../parts/network";
import { minorText, When, useNumber } from "../../parts/values";
import { useCode } from "../../words/codes";
import { useLanguage, useSaid, useWords } from "../../words/said";
import { words } from "./words";
import type { CaseAlert } from "./shapes";

const kindNames = ["customer", "applicant", "device", "phone", "address", "terminal", "beneficiary", "counterparty", "account", "party", "employer", "bank_account"] as const;

export function useKindName(): (kind: string) => string {
  const t = useWords(words);
  return (kind) => (kind === "subject" ? t("subjectNode") : (kindNames as readonly string[]).includes(kind) ? t(kind as (typeof kindNames)[number]) : kind);
}

export function CaseEvidence({ alert, again }: { alert: CaseAlert; again: () => void }) {
  const may = useMay();
  const knows = useKnows();
  if (alert.application === "fraud" && may("fraud.payment") && knows("fraud", "payment")) return <PaymentEvidence alert={alert} again={again} />;
  if (alert.application !== "aml") return null;
  if (alert.kind === "screening") {
    return alert.reference === alert.decision ? null : <MatchLink reference={alert.reference} />; // nothing was found: it was stopped
  }
  return may("aml.finding") && knows("aml", "finding") ? <FindingEvidence id={alert.reference} /> : null;
}

function MatchLink({ reference }: { reference: string }) {
  const t = useWords(words);
  return <Link to={`/screening/${reference}`}>{t("match")}</Link>;
}

// A payment's reference is "SCHEME/KEY".
export function paymentOf(reference: string): { scheme: string; key: string } {
  const cut = reference.indexOf("/");
  return { scheme: reference.slice(0, cut), key: reference.slice(cut + 1) };
}

export type PaymentView = {
  payment: { scheme: string; key: string; subject: string; currency: string; at: string; judged_at: string; amount_minor: number; action: string; settled_as?: string; probability?: string; decision: string; late: boolean; fraud?: boolean };
  fields: { name: string; help: string; value: string; shown: string }[];
  features: { name: string; help: string; value: string; shown: string }[];
  reasons: { code: string; en: string; zh: string }[];
  rules_hit: string[];
  typologies: string[];
  hold_state: string;
  owner: string;
  answered_by: string;
  why: string;
  deadline?: string;
  case?: string;
  labels: { fraud: boolean; known_at: string; said_at: string; by: string }[];
  graph: { nodes: { id: string; kind: string; label: string; risk: string }[]; edges: NetworkEdge[]; cut: boolean };
};

function PaymentEvidence({ alert, again }: { alert: CaseAlert; again: () => void }) {
  const asked = useAsk<PaymentView>("fraud", "payment", paymentOf(alert.reference));
  return (
    <Loaded from={asked}>
      {(view) => (
        <PaymentShown
          view={view}
          again={() => {
            asked.again();
            again();
          }}
        />
      )}
    </Loaded>
  );
}

export function PaymentShown({ view, again }: { view: PaymentView; again: () => void }) {
  const t = useWords(words);
  const said = useSaid();
  const code = useCode();
  const kindName = useKindName();
  const centre = view.graph.nodes[0];
  const rows = (facts: PaymentView["fields"]) =>
    facts.map((fact) => [<code key="n">{fact.name}</code>, fact.shown === "plain" ? fact.value : <Tag key="v">{fact.shown === "sealed" ? t("sealed") : `${fact.value} (${t("masked")})`}</Tag>, <span key="h" className="soft">{fact.help}</span>]);
  return (
    <>
      {view.hold_state === "open" && <HoldActs view={view} again={again} />}
      {view.reasons.length > 0 && (
        <ol>
          {view.reasons.map((reason) => (
            <li key={reason.code}>
              {said(reason)} <small className="soft">({reason.code})</small>
            </li>
          ))}
        </ol>
      )}
      {view.typologies.length > 0 && (
        <p>
          {view.typologies.map((name) => (
            <Tag key={name} color="red">
              {code(name)}
            </Tag>
          ))}
        </p>
      )}
      {centre && view.graph.nodes.length > 1 && (
        <>
          <Network
            title={t("graph")}
            centre={centre.id}
            nodes={view.graph.nodes.map((node) => ({ ...node, risk_ppm: Math.round(Number(node.risk) * 1_000_000) || 0 }))}
            edges={view.graph.edges}
            kindName={kindName}
          />
          {view.graph.cut && <p className="soft">{t("graphCut")}</p>}
        </>
      )}
      <PlainTable caption={t("payment")} columns={[t("fact"), t("value"), t("meaning")]} rows={rows(view.fields)} />
      <details>
        <summary>{t("features")}</summary>
        <PlainTable caption={t("features")} columns={[t("feature"), t("value"), t("meaning")]} rows={rows(view.features)} />
      </details>
    </>
  );
}

// A held payment is let go or blocked by a person, who says why.
function HoldActs({ view, again }: { view: PaymentView; again: () => void }) {
  const t = useWords(words);
  const may = useMay();
  const code = useCode();
  const { scheme, key } = view.payment;
  const release = (action: "approve" | "block") => async (why: string) => {
    await act("fraud", "release", { scheme, key, action, why });
    again();
  };
  return (
    <Note
      type="info"
      style={{ margin: "12px 0" }}
      message={t("hold")}
      description={
        <>
          {code(view.owner)} · {t("deadline")} <When at={view.deadline} />{" "}
          {may("fraud.release") && (
            <span className="acts">
              <Confirm label={t("letGo")} title={t("letGoTitle")} danger={false} onConfirm={release("approve")} />
              <Confirm label={t("block")} title={t("blockTitle")} onConfirm={release("block")} />
            </span>
          )}
        </>
      }
    />
  );
}

type FindingView = {
  finding: { id: string; typology: string; account: string; currency: string; amount_minor: number };
  reasons: { code: string; en: string; zh: string }[];
  transfers: { seq: number; key: string; at: string; from: string; to: string; amount_minor: number; currency: string }[];
  graph: { nodes: { id: string; kind: string; in_minor: number; out_minor: number }[]; edges: { from: string; to: string; transfers: number; amount_minor: number; first: string; last: string }[] };
};

function FindingEvidence({ id }: { id: string }) {
  const asked = useAsk<FindingView>("aml", "finding", { id });
  return <Loaded from={asked}>{(view) => <FindingShown view={view} />}</Loaded>;
}

function FindingShown({ view }: { view: FindingView }) {
  const t = useWords(words);
  const said = useSaid();
  const number = useNumber();
  const language = useLanguage();
  const kindName = useKindName();
  const money = (minor: number) => minorText(minor, view.finding.currency, language);
  const amountOf = (edge: NetworkEdge) => {
    const found = view.graph.edges.find((one) => one.from === edge.from && one.to === edge.to);
    return found ? `${number(found.transfers)} · ${money(found.amount_minor)}` : "";
  };
  return (
    <>
      {view.reasons.length > 0 && (
        <ol>
          {view.reasons.map((reason) => (
            <li key={reason.code}>
              {said(reason)} <small className="soft">({reason.code})</small>
            </li>
          ))}
        </ol>
      )}
      <Network
        title={t("graph")}
        centre={view.finding.account}
        nodes={view.graph.nodes.map((node) => ({ id: node.id, kind: node.kind, label: node.id }))}
        edges={view.graph.edges.map((edge) => ({ from: edge.from, to: edge.to, kind: "transfer", label: money(edge.amount_minor), count: edge.transfers }))}
        kindName={kindName}
        edgeTimes={amountOf}
      />
      <PlainTable
        caption={t("transfers")}
        columns={[t("at"), t("from"), t("to"), t("amount")]}
        rows={view.transfers.map((one) => [<When key="a" at={one.at} seconds />, one.from, one.to, minorText(one.amount_minor, one.currency, language)])}
      />
    </>
  );
}
