// Models: those in force by use case, and all the inventory knows.
import { Tag } from "antd";
import { useEffect, useState } from "react";
import { Link } from "react-router-dom";
import { ask } from "../../api/client";
import { useKnows } from "../../api/openapi";
import { useMay } from "../../api/session";
import { useAsk } from "../../api/use_ask";
import { Loaded } from "../../parts/loaded";
import { DigestText } from "../../parts/values";
import { VerbTable } from "../../parts/verb_table";
import { useWords } from "../../words/said";
import { modelWords } from "./words";

type Permit = { use_case: string };
type Named = { name: string; digest: string; use_case: string };

export default function List() {
  const t = useWords(modelWords);
  const may = useMay();
  const knows = useKnows();
  const permits = useAsk<{ permits: Permit[] }>("permit", "list");
  const [named, setNamed] = useState<Named[]>();
  useEffect(() => {
    if (!permits.data || !may("draft.base")) return;
    let live = true;
    void Promise.all(
      permits.data.permits.map(async ({ use_case }) => {
        const base = await ask<{ artefacts: { name: string; digest: string }[] }>("draft", "base", { use_case });
        return base.artefacts.filter((one) => one.name.startsWith("model:")).map((one) => ({ ...one, use_case }));
      }),
    ).then((lists) => live && setNamed(lists.flat()), () => live && setNamed([]));
    return () => {
      live = false;
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [permits.data]);
  return (
    <div className="page">
      <h1>{t("title")}</h1>
      <Loaded from={permits}>
        {() => (
          <div className="cards">
            {named?.map((one) => (
              <section className="card" key={one.use_case + one.name} aria-label={one.name}>
                <h2><Link to={`/models/${one.digest}`}>{one.name.slice("model:".length)}</Link></h2>
                <dl className="pairs">
                  <dt>{t("inForce")}</dt>
                  <dd><Tag>{one.use_case}</Tag></dd>
                  <dt>SHA-256</dt>
                  <dd><DigestText value={one.digest} /></dd>
                </dl>
              </section>
            ))}
            {named?.length === 0 && <p>{t("none")}</p>}
          </div>
        )}
      </Loaded>
      {knows("inventory", "list") && may("inventory.list") && (
        <>
          <h2>{t("inventory")}</h2>
          <p className="soft">{t("help")}</p>
          <VerbTable
            noun="inventory"
            verb="list"
            title={t("inventory")}
            fixed={{ kind: "model" }}
            filters={["status", "overdue"]}
            columns={{ title: {}, status: {}, owner: {}, tier: {}, block: {}, validated_at: {}, validation_due_at: {}, overdue: {} }}
            only={["title", "status", "owner", "tier", "block", "validated_at", "validation_due_at", "overdue"]}
            rowKey="name"
            rowTo={(row) => `/models/${String(row.name)}`}
          />
        </>
      )}
    </div>
  );
}
