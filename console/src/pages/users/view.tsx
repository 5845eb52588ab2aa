// Users, roles, sessions.
import { Alert, Button, Drawer, Select, Tag } from "antd";
import { useState } from "react";
import { act } from "../../api/client";
import { useMay } from "../../api/session";
import { useAsk } from "../../api/use_ask";
import { PageTabs } from "../../parts/page_tabs";
import { Confirm } from "../../parts/confirm";
import { PlainTable } from "../../parts/chart";
import { Loaded } from "../../parts/loaded";
import { When } from "../../parts/values";
import { VerbForm } from "../../parts/verb_form";
import { VerbTable, type Row } from "../../parts/verb_table";
import { useSaid, useWords } from "../../words/said";
import { words } from "./words";

export default function Users() {
  const t = useWords(words);
  const may = useMay();
  return (
    <div className="page">
      <h1>{t("title")}</h1>
      <div className="card">
        <PageTabs
          items={[
            { key: "users", label: t("users"), children: <UserList /> },
            ...(may("role.list") ? [{ key: "roles", label: t("roles"), children: <Roles /> }] : []),
            ...(may("session.everyone") ? [{ key: "sessions", label: t("sessions"), children: <SessionList everyone /> }] : []),
          ]}
        />
      </div>
    </div>
  );
}

type Role = { role: string; en: string; zh: string; duty: string; may_approve: boolean; permissions: string[] };
type Handed = { name: string; one_time_password: string; change_until: string };

function useRoleOptions() {
  const said = useSaid();
  const asked = useAsk<{ roles: Role[] }>("role", "list");
  return (asked.data?.roles ?? []).map((role) => ({ value: role.role, label: `${said(role)} (${role.role})` }));
}

function UserList() {
  const t = useWords(words);
  const may = useMay();
  const roles = useRoleOptions();
  const [turn, setTurn] = useState(0);
  const [adding, setAdding] = useState(false);
  const [changing, setChanging] = useState<Row>();
  const [handed, setHanded] = useState<Handed>();
  const again = () => setTurn((n) => n + 1);
  return (
    <>
      {handed && (
        <Alert
          type="warning"
          showIcon
          closable
          onClose={() => setHanded(undefined)}
          style={{ marginBottom: 12 }}
          message={t("oneTime", { name: handed.name })}
          description={
            <>
              <code style={{ fontSize: 18 }}>{handed.one_time_password}</code> <span className="soft">{t("until")} <When at={handed.change_until} /></span>
            </>
          }
        />
      )}
      <VerbTable
        noun="user"
        verb="list"
        title={t("users")}
        turn={turn}
        rowKey="name"
        labels={{ disabled: words.disable }}
        only={["name", "display_name", "roles", "disabled", "has_key", "may_approve", "signed_in_at", "must_change_password", "made_at"]}
        columns={{
          name: { title: words.name },
          display_name: { title: words.displayName },
          roles: { title: words.roles },
          disabled: { title: words.state, show: (value) => <Tag color={value ? "red" : "green"}>{t(value ? "disabled" : "active")}</Tag> },
          has_key: { title: words.hasKey },
          may_approve: { title: words.mayApprove },
          signed_in_at: { title: words.signedInAt },
          must_change_password: { hidden: true },
          made_at: { hidden: true },
        }}
        toolbar={
          may("user.add") && (
            <Button size="small" type="primary" onClick={() => setAdding(true)}>
              {t("add")}
            </Button>
          )
        }
        actions={(row) => (
          <span className="acts">
            {may("user.change") && (
              <Button size="small" onClick={() => setChanging(row)}>
                {t("change")}
              </Button>
            )}
            {may("user.reset") && (
              <Confirm
                label={t("resetPassword")}
                title={`${t("resetPassword")}: ${String(row.name)}`}
                askWhy={false}
                onConfirm={async () => {
                  setHanded(await act<Handed>("user", "reset", { name: row.name }));
                  again();
                }}
              >
                {t("resetWhat")}
              </Confirm>
            )}
          </span>
        )}
      />
      <Drawer open={adding} onClose={() => setAdding(false)} title={t("add")} width={440} destroyOnHidden>
        <VerbForm<Handed>
          noun="user"
          verb="add"
          only={["name", "display_name", "roles"]}
          labels={{ name: words.name, display_name: words.displayName }}
          replace={{ roles: <Select mode="multiple" options={roles} aria-label={t("roles")} /> }}
          onDone={(answer) => {
            setAdding(false);
            setHanded(answer);
            again();
          }}
        />
      </Drawer>
      <Drawer open={changing !== undefined} onClose={() => setChanging(undefined)} title={`${t("change")}: ${String(changing?.name ?? "")}`} width={440} destroyOnHidden>
        {changing && (
          <VerbForm
            noun="user"
            verb="change"
            fixed={{ name: changing.name }}
            only={["display_name", "roles", "disabled"]}
            initial={{ display_name: changing.display_name, roles: changing.roles, disabled: changing.disabled }}
            labels={{ display_name: words.displayName, disabled: words.disable }}
            replace={{ roles: <Select mode="multiple" options={roles} aria-label={t("roles")} /> }}
            onDone={() => {
              setChanging(undefined);
              again();
            }}
          />
        )}
      </Drawer>
    </>
  );
}

function Roles() {
  const t = useWords(words);
  const said = useSaid();
  const asked = useAsk<{ roles: Role[] }>("role", "list");
  return (
    <Loaded from={asked}>
      {({ roles }) => (
        <PlainTable
          caption={t("roles")}
          columns={[t("role"), "", t("duty"), t("mayApprove"), t("permissions")]}
          rows={roles.map((role) => [
            <code key="r">{role.role}</code>,
            said(role),
            role.duty,
            role.may_approve ? "✓" : "",
            <span key="p" className="mono">
              {role.permissions.join(" ")}
            </span>,
          ])}
        />
      )}
    </Loaded>
  );
}

export function SessionList({ everyone }: { everyone: boolean }) {
  const t = useWords(words);
  const may = useMay();
  return (
    <VerbTable
      noun="session"
      verb="list"
      title={t(everyone ? "everyone" : "mySessions")}
      fixed={everyone ? { everyone: true } : {}}
      filters={everyone ? ["name"] : false}
      rowKey="session"
      only={["name", "peer", "made_at", "seen_at", "expires_at", "current", "session"]}
      columns={{
        name: { title: words.name },
        peer: { title: words.peer },
        made_at: { title: words.since },
        seen_at: { title: words.seen },
        expires_at: { title: words.expires },
        current: { title: words.state, show: (value) => (value ? <Tag color="blue">{t("current")}</Tag> : "") },
        session: { hidden: true },
      }}
      actions={(row, again) =>
        may("session.revoke") && (
          <Confirm
            label={t("revoke")}
            title={t("revoke")}
            askWhy={false}
            onConfirm={async () => {
              await act("session", "revoke", { session: row.session });
              again();
            }}
          >
            {t("revokeWhat")}
          </Confirm>
        )
      }
    />
  );
}
