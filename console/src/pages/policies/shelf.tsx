// What is in force, and the drafts of what may be one day.
import { Button, Space, Tag } from "antd";
import { useNavigate } from "react-router-dom";
import { act } from "../../api/client";
import { useMay } from "../../api/session";
import { useAsk } from "../../api/use_ask";
import { Confirm } from "../../parts/confirm";
import { Loaded } from "../../parts/loaded";
import { DigestText, When } from "../../parts/values";
import { VerbTable } from "../../parts/verb_table";
import { useWords } from "../../words/said";
import { policyWords } from "./words";

type Permit = { use_case: string; permit: string; author: string; signed_by: string[]; expires_at: string };

export default function Shelf() {
  const t = useWords(policyWords);
  const may = useMay();
  const navigate = useNavigate();
  const permits = useAsk<{ permits: Permit[] }>("permit", "list");
  return (
    <div className="page">
      <h1>{t("title")}</h1>
      <h2>{t("inForce")}</h2>
      <p className="soft">{t("inForceHelp")}</p>
      <Loaded from={permits}>
        {({ permits: list }) =>
          list.length === 0 ? (
            <p>{t("noneInForce")}</p>
          ) : (
            <div className="cards">
              {list.map((permit) => (
                <section className="card" key={permit.use_case} aria-label={permit.use_case}>
                  <h3 style={{ marginTop: 0 }}>{permit.use_case}</h3>
                  <dl className="pairs">
                    <dt>{t("author")}</dt>
                    <dd>{permit.author}</dd>
                    <dt>{t("signedBy")}</dt>
                    <dd>{permit.signed_by.map((name) => <Tag key={name}>{name}</Tag>)}</dd>
                    <dt>{t("expires")}</dt>
                    <dd><When at={permit.expires_at} /></dd>
                    <dt>SHA-256</dt>
                    <dd><DigestText value={permit.permit} /></dd>
                  </dl>
                  <Space wrap style={{ marginTop: 10 }}>
                    <Button size="small" onClick={() => navigate(`of/${permit.use_case}`)}>{t("read")}</Button>
                    {may("draft.save") && (
                      <Button size="small" type="primary" onClick={() => navigate(`of/${permit.use_case}?draft=1`)}>{t("begin")}</Button>
                    )}
                  </Space>
                </section>
              ))}
            </div>
          )
        }
      </Loaded>
      <h2>{t("drafts")}</h2>
      <p className="soft">{t("draftsHelp")}</p>
      <VerbTable
        noun="draft"
        verb="list"
        title={t("drafts")}
        list="drafts"
        rowKey="id"
        columns={{ name: {}, use_case: {}, revision: {}, saved_by: {}, saved_at: {}, cases: {}, policy_bytes: { hidden: true }, id: { hidden: true } }}
        rowTo={(row) => `/policies/draft/${String(row.id)}`}
        actions={(row, again) =>
          may("draft.drop") && (
            <Confirm
              label={t("drop")}
              title={t("dropTitle")}
              askWhy={false}
              onConfirm={async () => {
                await act("draft", "drop", { id: row.id, revision: row.revision });
                again();
              }}
            >
              <p>{String(row.name)}</p>
              <p>{t("dropHelp")}</p>
            </Confirm>
          )
        }
      />
    </div>
  );
}
