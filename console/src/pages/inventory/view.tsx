// The inventory: items, what was in production at a moment, one item with its lineage.
import { DatePicker, Tag } from "antd";
import dayjs from "dayjs";
import { useMemo, useState } from "react";
import { Link, Route, Routes, useParams, useSearchParams } from "react-router-dom";
import { useKnows } from "../../api/openapi";
import { useMay } from "../../api/session";
import { useAsk } from "../../api/use_ask";
import { PageTabs } from "../../parts/page_tabs";
import { Chart, PlainTable } from "../../parts/chart";
import { Loaded } from "../../parts/loaded";
import { DigestText, When } from "../../parts/values";
import { VerbForm } from "../../parts/verb_form";
import { VerbTable } from "../../parts/verb_table";
import { useWords } from "../../words/said";
import { words } from "./words";

// A name in a path: its own strokes stay, because the door refuses encoded ones.
const inPath = (name: string) => name.split("/").map(encodeURIComponent).join("/");

export default function Inventory() {
  return (
    <Routes>
      <Route index element={<Lists />} />
      <Route path=":kind/*" element={<ItemPage />} />
    </Routes>
  );
}

function AsOf({ at, onChange }: { at: string | undefined; onChange: (at: string | undefined) => void }) {
  const t = useWords(words);
  return (
    <label>
      {t("asOf")}{" "}
      <DatePicker aria-label={t("asOf")} showTime size="small" placeholder={t("now")} value={at ? dayjs(at) : null} onChange={(next) => onChange(next?.toISOString())} />
    </label>
  );
}

function Lists() {
  const t = useWords(words);
  const may = useMay();
  const [search] = useSearchParams();
  const [at, setAt] = useState<string>();
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t("title")}</h1>
        <span className="soft">{t("help")}</span>
        <span className="stretch" />
        <AsOf at={at} onChange={setAt} />
      </div>
      <div className="card">
        <PageTabs
          items={[
            { key: "items", label: t("items"), children: <Items at={at} overdue={search.get("overdue") === "true"} /> },
            ...(may("inventory.production") ? [{ key: "production", label: t("production"), children: <ProductionList at={at} /> }] : []),
          ]}
        />
      </div>
    </div>
  );
}

function Items({ at, overdue }: { at: string | undefined; overdue: boolean }) {
  const t = useWords(words);
  return (
    <VerbTable
      noun="inventory"
      verb="list"
      title={t("items")}
      fixed={at ? { at } : {}}
      filters={["kind", "use_case", "status", "overdue"]}
      labels={{ overdue: words.overdue, kind: words.kind, status: words.status }}
      start={overdue ? { overdue: true } : {}}
      rowKey={(row) => `${String(row.kind)} ${String(row.name)}`}
      rowTo={(row) => `/inventory/${String(row.kind)}/${inPath(String(row.name))}`}
      only={["title", "kind", "status", "tier", "block", "owner", "validation_due_at", "validated_at", "use_cases", "first_used_at", "last_used_until", "purpose", "name"]}
      columns={{
        title: { title: words.itemTitle, show: (value, row) => String(value || row.name) },
        kind: { title: words.kind },
        status: { title: words.status, show: (value) => <Tag color={value === "in_use" ? "green" : "default"}>{String(value)}</Tag> },
        tier: { title: words.tier },
        block: { title: words.block },
        owner: { title: words.owner, show: (value) => (value ? String(value) : <Tag color="gold">{t("missing")}</Tag>) },
        validation_due_at: {
          title: words.validationDue,
          show: (value, row) => (
            <>
              <When at={value as string | undefined} /> {row.overdue ? <Tag color="red">{t("overdue")}</Tag> : null}
            </>
          ),
        },
        validated_at: { title: words.validatedAt },
        use_cases: { title: words.useCases, hidden: true },
        first_used_at: { title: words.firstUsed, hidden: true },
        last_used_until: { title: words.lastUsed, hidden: true },
        purpose: { title: words.purpose, hidden: true },
        name: { title: words.name, hidden: true },
      }}
    />
  );
}

type Production = {
  use_case: string;
  permit?: string;
  author: string;
  build: string;
  signed_by: string[];
  since: string;
  expires_at: string;
  expired: boolean;
  artefacts: { name: string; digest: string }[];
  stops: string[];
  challengers: string[];
};

function ProductionList({ at }: { at: string | undefined }) {
  const t = useWords(words);
  const asked = useAsk<{ production: Production[]; at: string }>("inventory", "production", { at });
  return (
    <Loaded from={asked}>
      {(answer) => (
        <PlainTable
          caption={t("production")}
          columns={["", t("permit"), t("since"), t("expires"), t("author"), t("signedBy"), t("artefacts"), t("stops"), t("challengers")]}
          rows={answer.production.map((one) => [
            one.use_case,
            one.permit ? <DigestText key="p" value={one.permit} /> : t("nothing"),
            <When key="s" at={one.since} />,
            <span key="e">
              <When at={one.expires_at} /> {one.expired && <Tag color="red">{t("expired")}</Tag>}
            </span>,
            one.author,
            one.signed_by.join(", "),
            <span key="a">
              {one.artefacts.map((artefact) => (
                <div key={artefact.name}>
                  {artefact.name} <DigestText value={artefact.digest} />
                </div>
              ))}
            </span>,
            one.stops.join("; "),
            one.challengers.join("; "),
          ])}
        />
      )}
    </Loaded>
  );
}

type Item = {
  kind: string;
  name: string;
  title: string;
  status: string;
  tier: number;
  block: string;
  owner: string;
  purpose: string;
  use_cases: string[];
  first_used_at?: string;
  last_used_until?: string;
  needs_validation: boolean;
  validation_months: number;
  validated_at?: string;
  validation_due_at?: string;
  validated_by: string;
  validation_outcome: string;
  overdue: boolean;
  documents: { title: string; link: string }[];
};
type Validation = { at: string; by: string; outcome: string; note: string };

function ItemPage() {
  const t = useWords(words);
  const may = useMay();
  const knows = useKnows();
  const { kind = "", "*": rest = "" } = useParams();
  const name = rest;
  const [at, setAt] = useState<string>();
  const asked = useAsk<{ item: Item; validations: Validation[]; at: string }>("inventory", "show", { kind, name, at });
  return (
    <div className="page">
      <Loaded from={asked}>
        {({ item, validations }) => (
          <>
            <div className="page-head">
              <h1>{item.title || item.name}</h1>
              <Tag>{item.kind}</Tag>
              <Tag color={item.status === "in_use" ? "green" : "default"}>{item.status}</Tag>
              {item.overdue && <Tag color="red">{t("overdue")}</Tag>}
              <span className="stretch" />
              <AsOf at={at} onChange={setAt} />
              <Link to="/inventory">{t("back")}</Link>
            </div>
            <div className="decision">
              <div className="decision-main">
                {knows("inventory", "lineage") && may("inventory.lineage") && <LineageCard kind={kind} name={name} at={at} />}
                <section className="card" aria-label={t("validations")}>
                  <h2>{t("validations")}</h2>
                  <PlainTable caption={t("validations")} columns={["", "", "", ""]} rows={(validations ?? []).map((one) => [<When key="w" at={one.at} />, one.by, one.outcome, one.note])} />
                  {may("inventory.validate") && (
                    <details>
                      <summary>{t("validate")}</summary>
                      <VerbForm noun="inventory" verb="validate" fixed={{ kind, name }} onDone={asked.again} />
                    </details>
                  )}
                </section>
              </div>
              <div className="decision-side">
                <ItemFacts item={item} />
                {may("inventory.declare") && (
                  <details className="card">
                    <summary>{t("declare")}</summary>
                    <VerbForm
                      noun="inventory"
                      verb="declare"
                      fixed={{ kind, name }}
                      initial={{ owner: item.owner || undefined, purpose: item.purpose || undefined, validation_months: item.validation_months, documents: item.documents }}
                      labels={{ owner: words.owner, purpose: words.purpose }}
                      onDone={asked.again}
                    />
                  </details>
                )}
              </div>
            </div>
          </>
        )}
      </Loaded>
    </div>
  );
}

function ItemFacts({ item }: { item: Item }) {
  const t = useWords(words);
  return (
    <section className="card">
      <dl className="pairs">
        <dt>{t("name")}</dt>
        <dd>{item.name.length === 64 ? <DigestText value={item.name} /> : item.name}</dd>
        <dt>{t("owner")}</dt>
        <dd>{item.owner || <Tag color="gold">{t("missing")}</Tag>}</dd>
        <dt>{t("purpose")}</dt>
        <dd>{item.purpose || <Tag color="gold">{t("missing")}</Tag>}</dd>
        <dt>{t("tier")}</dt>
        <dd>{item.tier}</dd>
        <dt>{t("block")}</dt>
        <dd>{item.block ? <Link to={`/blocks/${item.block}`}>{item.block}</Link> : "–"}</dd>
        <dt>{t("useCases")}</dt>
        <dd>
          {item.use_cases.map((name) => (
            <div key={name}>
              <Link to={`/inventory/use_case/${inPath(name)}`}>{name}</Link>
            </div>
          ))}
        </dd>
        <dt>{t("firstUsed")}</dt>
        <dd>
          <When at={item.first_used_at} />
        </dd>
        {item.last_used_until && (
          <>
            <dt>{t("lastUsed")}</dt>
            <dd>
              <When at={item.last_used_until} />
            </dd>
          </>
        )}
        {item.needs_validation && (
          <>
            <dt>{t("validatedAt")}</dt>
            <dd>{item.validated_at ? <When at={item.validated_at} /> : t("never")} {item.validation_outcome}</dd>
            <dt>{t("validationDue")}</dt>
            <dd>
              <When at={item.validation_due_at} /> ({t("months", { count: item.validation_months })})
            </dd>
          </>
        )}
        <dt>{t("documents")}</dt>
        <dd>
          {item.documents.map((document) => (
            <div key={document.title}>{/^https?:\/\//.test(document.link) ? <a href={document.link} rel="noreferrer noopener" target="_blank">{document.title}</a> : `${document.title} ${document.link}`}</div>
          ))}
        </dd>
      </dl>
    </section>
  );
}

type Lineage = { nodes: { kind: string; name: string; title: string }[]; edges: { from_kind: string; to_kind: string; from: string; to: string }[] };
const ranks = ["feature", "prompt", "model", "policy", "permit", "use_case"];

function LineageCard({ kind, name, at }: { kind: string; name: string; at: string | undefined }) {
  const t = useWords(words);
  const asked = useAsk<Lineage>("inventory", "lineage", { kind, name, at });
  return (
    <section className="card" aria-label={t("lineage")}>
      <p className="soft">{t("lineageHelp")}</p>
      <Loaded from={asked}>{(lineage) => <LineageGraph lineage={lineage} here={`${kind} ${name}`} />}</Loaded>
    </section>
  );
}

function LineageGraph({ lineage, here }: { lineage: Lineage; here: string }) {
  const t = useWords(words);
  const { option, height } = useMemo(() => graphOf(lineage, here), [lineage, here]);
  const title = (kind: string, name: string) => lineage.nodes.find((node) => node.kind === kind && node.name === name)?.title || name;
  return (
    <Chart
      title={t("lineage")}
      option={option}
      height={height}
      table={{
        columns: [t("from"), t("to")],
        rows: lineage.edges.map((edge) => [
          <ItemLink key="f" kind={edge.from_kind} name={edge.from} text={title(edge.from_kind, edge.from)} />,
          <ItemLink key="t" kind={edge.to_kind} name={edge.to} text={title(edge.to_kind, edge.to)} />,
        ]),
      }}
    />
  );
}

function ItemLink({ kind, name, text }: { kind: string; name: string; text: string }) {
  return (
    <span>
      <span className="soft">{kind}</span> <Link to={`/inventory/${kind}/${inPath(name)}`}>{text}</Link>
    </span>
  );
}

// Columns by kind, left to right in the order things are made of each other.
function graphOf(lineage: Lineage, here: string) {
  const columns = ranks.filter((rank) => lineage.nodes.some((node) => node.kind === rank));
  const rowsMost = Math.max(1, ...columns.map((rank) => lineage.nodes.filter((node) => node.kind === rank).length));
  const seen = new Map<string, number>();
  const short = (text: string) => (text.length > 30 ? `${text.slice(0, 29)}…` : text);
  const data = lineage.nodes.map((node) => {
    const column = columns.indexOf(node.kind);
    const row = seen.get(node.kind) ?? 0;
    seen.set(node.kind, row + 1);
    const count = lineage.nodes.filter((other) => other.kind === node.kind).length;
    const id = `${node.kind} ${node.name}`;
    return {
      id,
      name: short(node.title || node.name),
      x: column * 220,
      y: ((row + 0.5) / count) * rowsMost * 26,
      category: column,
      symbolSize: id === here ? 16 : 10,
      label: { position: column === columns.length - 1 ? "left" : "right", fontWeight: id === here ? "bold" : "normal" },
      tooltip: { formatter: () => `${node.kind}: ${(node.title || node.name).replaceAll("<", "‹")}` },
    };
  });
  return {
    height: Math.min(900, Math.max(180, rowsMost * 26 + 60)),
    option: {
      tooltip: {},
      legend: { top: 0, data: columns },
      series: [
        {
          type: "graph",
          layout: "none",
          top: 40,
          bottom: 10,
          left: 20,
          right: 160,
          roam: false,
          categories: columns.map((column) => ({ name: column })),
          data,
          links: lineage.edges.map((edge) => ({ source: `${edge.from_kind} ${edge.from}`, target: `${edge.to_kind} ${edge.to}` })),
          edgeSymbol: ["none", "arrow"],
          edgeSymbolSize: 6,
          label: { show: true, fontSize: 11 },
          lineStyle: { opacity: 0.5, curveness: 0.1 },
        },
      ],
    },
  };
}
