// Kill switches: stop at once, lift by two people, declared fallbacks and their drills.
import { Input, Select, Tag } from "antd";
import { useState } from "react";
import { act } from "../../api/client";
import { useMay, useSession } from "../../api/session";
import { useAsk } from "../../api/use_ask";
import { Confirm } from "../../parts/confirm";
import { PlainTable } from "../../parts/chart";
import { Loaded } from "../../parts/loaded";
import { DigestText, useNumber, When } from "../../parts/values";
import { VerbForm } from "../../parts/verb_form";
import { useWords } from "../../words/said";
import { useUseCases } from "../use_cases";
import { words } from "./words";

type Scope = "use_case" | "model" | "block";
type Switch = {
  scope: Scope;
  name: string;
  why: string;
  by: string;
  at: string;
  use_cases: { use_case: string; fallback: string; decisions: number }[];
  lift_asked_by: string;
  lift_why: string;
  lift_asked_at?: string;
  lifted_by: string;
  lifted_at?: string;
};
type SwitchView = { switches: Switch[]; lifted: Switch[]; fallbacks: { use_case: string; fallback: string; rules_permit?: string }[]; at: string };
type Drill = {
  use_case: string;
  at: string;
  by: string;
  fallback: string;
  passed: boolean;
  findings: string[];
  decisions_tried: number;
  decisions_answered: number;
  duration_us: number;
};

export default function Switches() {
  const t = useWords(words);
  const may = useMay();
  const asked = useAsk<SwitchView>("switch", "list", { limit: 100 });
  const after = async (request: Promise<unknown>) => {
    await request;
    asked.again();
  };
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t("title")}</h1>
        <span className="soft">{t("help")}</span>
        <span className="stretch" />
        {may("switch.stop") && <StopButton after={after} />}
      </div>
      <Loaded from={asked}>
        {(view) => (
          <>
            <section className="card" aria-label={t("stopped")} style={{ marginBottom: 12 }}>
              <h2>
                {t("stopped")}{" "}
                <small className="soft">
                  <When at={view.at} />
                </small>
              </h2>
              {view.switches.length === 0 && <p className="soft">{t("nothingStopped")}</p>}
              {view.switches.map((one) => (
                <Standing key={`${one.scope} ${one.name}`} one={one} after={after} />
              ))}
            </section>
            <div className="cards">
              <section className="card" aria-label={t("fallbacks")}>
                <h2>{t("fallbacks")}</h2>
                <p className="soft">{t("undeclared")}</p>
                <PlainTable caption={t("fallbacks")} columns={[t("use_case"), t("meanwhile"), ""]} rows={view.fallbacks.map((plan) => [plan.use_case, plan.fallback, <DigestText key="d" value={plan.rules_permit} />])} />
                {may("switch.fallback") && (
                  <details>
                    <summary>{t("declare")}</summary>
                    <VerbForm noun="switch" verb="fallback" onDone={asked.again} />
                  </details>
                )}
              </section>
              {may("switch.drills") && <Drills />}
            </div>
            {view.lifted.length > 0 && (
              <section className="card" aria-label={t("lifted")}>
                <h2>{t("lifted")}</h2>
                <PlainTable
                  caption={t("lifted")}
                  columns={[t("scope"), t("name"), t("why"), t("stop"), t("lift")]}
                  rows={view.lifted.map((one) => [
                    t(one.scope),
                    one.name,
                    one.why,
                    <span key="s">
                      <When at={one.at} /> {one.by}
                    </span>,
                    <span key="l">
                      <When at={one.lifted_at} /> {one.lift_asked_by}, {one.lifted_by}
                    </span>,
                  ])}
                />
              </section>
            )}
          </>
        )}
      </Loaded>
    </div>
  );
}

function Standing({ one, after }: { one: Switch; after: (request: Promise<unknown>) => Promise<void> }) {
  const t = useWords(words);
  const may = useMay();
  const session = useSession();
  const asked = one.lift_asked_by !== "";
  const mine = one.lift_asked_by === session.name;
  return (
    <div className="review">
      <Tag color="red">{t(one.scope)}</Tag> <b>{one.name}</b> – {one.why}{" "}
      <small className="soft">
        {one.by}, <When at={one.at} />
      </small>
      <ul className="faults">
        {one.use_cases.map((use) => (
          <li key={use.use_case}>
            {use.use_case}: {t("meanwhile")} <b>{use.fallback}</b>, {t("decisions", { count: use.decisions })}
          </li>
        ))}
      </ul>
      {asked && <p>{t("liftAsked", { name: one.lift_asked_by, why: one.lift_why })}</p>}
      {may("switch.lift") && !mine && (
        <Confirm label={t(asked ? "liftConfirm" : "lift")} title={`${t("lift")}: ${one.name}`} onConfirm={(why) => after(act("switch", "lift", { scope: one.scope, name: one.name, why }))}>
          {t("liftWhat")}
        </Confirm>
      )}
    </div>
  );
}

function StopButton({ after }: { after: (request: Promise<unknown>) => Promise<void> }) {
  const t = useWords(words);
  const names = useUseCases();
  const [scope, setScope] = useState<Scope>("use_case");
  const [name, setName] = useState("");
  return (
    <Confirm label={t("stop")} title={t("stopTitle")} button={{ size: "middle", type: "primary" }} onConfirm={(why) => after(act("switch", "stop", { scope, name: name.trim(), why }))}>
      <p>{t("stopWhat")}</p>
      <Select<Scope>
        aria-label={t("scope")}
        value={scope}
        onChange={(next) => {
          setScope(next);
          setName("");
        }}
        options={(["use_case", "model", "block"] as const).map((value) => ({ value, label: t(value) }))}
        style={{ width: "100%", marginBottom: 8 }}
      />
      {scope === "use_case" ? (
        <Select aria-label={t("name")} showSearch value={name || undefined} onChange={setName} placeholder={t("name")} options={names.map((value) => ({ value, label: value }))} style={{ width: "100%" }} />
      ) : (
        <Input aria-label={t("name")} value={name} onChange={(event) => setName(event.target.value)} placeholder={t(scope === "model" ? "modelName" : "blockName")} maxLength={128} />
      )}
    </Confirm>
  );
}

function Drills() {
  const t = useWords(words);
  const may = useMay();
  const number = useNumber();
  const names = useUseCases();
  const asked = useAsk<{ drills: Drill[]; at: string }>("switch", "drills", { limit: 50 });
  const [useCase, setUseCase] = useState<string>();
  const chosen = useCase ?? names[0];
  return (
    <section className="card" aria-label={t("drills")}>
      <h2>{t("drills")}</h2>
      <p className="soft">{t("drillWhat")}</p>
      {may("switch.drill") && (
        <div className="toolbar">
          <Select aria-label={t("use_case")} value={chosen} onChange={setUseCase} options={names.map((value) => ({ value, label: value }))} style={{ minWidth: 240 }} size="small" />
          <Confirm
            label={t("drill")}
            title={`${t("drill")}: ${chosen ?? ""}`}
            askWhy={false}
            danger={false}
            disabled={!chosen}
            onConfirm={async () => {
              await act("switch", "drill", { use_case: chosen });
              asked.again();
            }}
          >
            {t("drillWhat")}
          </Confirm>
        </div>
      )}
      <Loaded from={asked}>
        {({ drills }) => (
          <PlainTable
            caption={t("drills")}
            columns={[t("at"), t("use_case"), t("meanwhile"), "", ""]}
            rows={drills.map((drill) => [
              <When key="w" at={drill.at} />,
              drill.use_case,
              drill.fallback,
              <Tag key="p" color={drill.passed ? "green" : "red"}>
                {t(drill.passed ? "passed" : "failed")}
              </Tag>,
              <span key="f">
                {t("tried", { answered: drill.decisions_answered, tried: drill.decisions_tried, ms: number(drill.duration_us / 1000, 1) })}
                {drill.findings.map((finding) => (
                  <div key={finding}>{finding}</div>
                ))}
              </span>,
            ])}
          />
        )}
      </Loaded>
    </section>
  );
}
