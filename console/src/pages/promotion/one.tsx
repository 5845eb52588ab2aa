// One challenger's way: its stage, what it waits for, guardrails with their intervals, quality at planned looks.
import { Steps, Tag } from "antd";
import { useMemo } from "react";
import { Link, useParams } from "react-router-dom";
import { act } from "../../api/client";
import { useMay } from "../../api/session";
import { useAsk } from "../../api/use_ask";
import { Chart, PlainTable } from "../../parts/chart";
import { Confirm } from "../../parts/confirm";
import { Loaded } from "../../parts/loaded";
import { DigestText, useNumber, When } from "../../parts/values";
import { useWords } from "../../words/said";
import type { PromotionShown } from "./shapes";
import { words } from "./words";

const stages = ["shadow", "canary", "ramp", "watch"] as const;

export function PromotionPage() {
  const t = useWords(words);
  const { id = "" } = useParams();
  const asked = useAsk<PromotionShown>("promotion", "show", { id });
  return (
    <div className="page">
      <Loaded from={asked}>
        {(shown) => (
          <>
            <div className="page-head">
              <h1>
                {t("title")}: {shown.promotion.use_case}
              </h1>
              <Tag color="blue">{shown.promotion.state}</Tag>
              <span className="soft">{shown.promotion.why}</span>
              <span className="stretch" />
              <Link to="/promotions">{t("back")}</Link>
            </div>
            <section className="card" style={{ marginBottom: 12 }}>
              <Steps
                size="small"
                current={shown.promotion.state === "promoted" ? 5 : stages.indexOf(shown.promotion.stage) + 1}
                status={shown.promotion.state === "rolled_back" ? "error" : "process"}
                items={[
                  { title: t("golden"), description: String(shown.promotion.golden_vectors) },
                  ...stages.map((stage) => ({
                    title: t(stage),
                    description: stage === shown.promotion.stage ? `${shown.promotion.share_ppm / 10_000} %` : undefined,
                  })),
                  { title: t("champion") },
                ]}
              />
              <Acts shown={shown} again={asked.again} />
            </section>
            <Guardrails shown={shown} />
            <Arms shown={shown} />
            <Quality shown={shown} />
            <section className="card" aria-label={t("events")}>
              <h2>{t("events")}</h2>
              <PlainTable caption={t("events")} columns={["", "", "", ""]} rows={shown.events.map((event) => [<When key="w" at={event.at} seconds />, event.kind, event.words, event.by])} />
            </section>
          </>
        )}
      </Loaded>
    </div>
  );
}

function Acts({ shown, again }: { shown: PromotionShown; again: () => void }) {
  const t = useWords(words);
  const may = useMay();
  const { promotion } = shown;
  const useCase = promotion.use_case;
  const open = promotion.state === "running" || promotion.state === "held";
  const after = async (request: Promise<unknown>) => {
    await request;
    again();
  };
  return (
    <>
      <dl className="pairs">
        <dt>{t("challenger")}</dt>
        <dd>
          <DigestText value={promotion.challenger} /> {promotion.author}
        </dd>
        <dt>{t("champion")}</dt>
        <dd>
          <DigestText value={promotion.champion} />
        </dd>
        <dt>{t("tier")}</dt>
        <dd>{promotion.tier}</dd>
        {promotion.approvals.length > 0 && (
          <>
            <dt>{t("approvals")}</dt>
            <dd>
              {promotion.approvals.map((one) => (
                <div key={`${one.person} ${one.stage}`}>
                  {one.person}: {one.stage}, <When at={one.at} />
                </div>
              ))}
            </dd>
          </>
        )}
      </dl>
      {shown.waits_for.length > 0 && (
        <>
          <h3>{t("waitsFor")}</h3>
          <ul className="faults">
            {shown.waits_for.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        </>
      )}
      {open && (
        <div className="acts" style={{ marginTop: 8 }}>
          {shown.next_stage && <span className="soft">{t("nextStage", { stage: shown.next_stage })}</span>}
          {may("promotion.approve") && (
            <Confirm label={t("approve")} title={t("approve")} askWhy={false} danger={false} onConfirm={() => after(act("promotion", "approve", { use_case: useCase }))}>
              {t("approveWhat")}
            </Confirm>
          )}
          {may("promotion.advance") && (
            <Confirm label={t("advance")} title={t("advance")} askWhy={false} danger={false} onConfirm={() => after(act("promotion", "advance", { use_case: useCase }))}>
              {t("advanceWhat")}
            </Confirm>
          )}
          {may("promotion.hold") && (
            <Confirm label={t("hold")} title={t("hold")} onConfirm={(why) => after(act("promotion", "hold", { use_case: useCase, why }))}>
              {t("holdWhat")}
            </Confirm>
          )}
          {may("promotion.stop") && (
            <Confirm label={t("stop")} title={t("stop")} onConfirm={(why) => after(act("promotion", "stop", { use_case: useCase, why }))}>
              {t("stopWhat")}
            </Confirm>
          )}
        </div>
      )}
    </>
  );
}

function Guardrails({ shown }: { shown: PromotionShown }) {
  const t = useWords(words);
  const number = useNumber();
  if (shown.guardrails.length === 0) return null;
  return (
    <section className="card" style={{ marginBottom: 12 }} aria-label={t("guardrails")}>
      <h2>{t("guardrails")}</h2>
      <p className="soft">{t("guardrailHelp")}</p>
      <PlainTable
        caption={t("guardrails")}
        columns={["", "", t("value"), t("interval"), t("bounds"), `${t("rows")} ${t("champion")}`, `${t("rows")} ${t("challenger")}`, ""]}
        rows={shown.guardrails.map((one) => [
          one.name,
          `${one.compares}, ${one.unit}`,
          number(one.value),
          `${number(one.low)} … ${number(one.high)}`,
          `${number(one.bound_low)} … ${number(one.bound_high)}`,
          one.rows_champion,
          one.rows_challenger,
          <Tag key="b" color={one.broken ? "red" : "green"}>
            {t(one.broken ? "broken" : "holds")}
          </Tag>,
        ])}
      />
    </section>
  );
}

function Arms({ shown }: { shown: PromotionShown }) {
  const t = useWords(words);
  const number = useNumber();
  const percent = (share: number) => `${number(share * 100, 2)} %`;
  return (
    <section className="card" style={{ marginBottom: 12 }} aria-label={t("arms")}>
      <h2>{t("arms")}</h2>
      <PlainTable
        caption={t("arms")}
        columns={[t("arm"), t("decisions"), t("approvalRate"), t("referralRate"), t("failures"), t("cpuMean"), t("latencyMean")]}
        rows={shown.arms.map((arm) => [arm.arm, arm.decisions, percent(arm.approval_share), percent(arm.referral_share), arm.failures, number(arm.cpu_us_mean, 1), number(arm.latency_us_mean, 1)])}
      />
      {shown.swaps.length > 0 && (
        <>
          <h3>{t("swaps")}</h3>
          <PlainTable caption={t("swaps")} columns={[t("champion"), t("challenger"), t("decisions")]} rows={shown.swaps.map((swap) => [swap.champion, swap.challenger, swap.decisions])} />
        </>
      )}
    </section>
  );
}

function Quality({ shown }: { shown: PromotionShown }) {
  const t = useWords(words);
  const number = useNumber();
  const { quality } = shown;
  const option = useMemo(
    () => ({
      grid: { left: 50, right: 16, top: 30, bottom: 30 },
      legend: { top: 0 },
      tooltip: { trigger: "axis" },
      xAxis: { type: "category", data: quality.looks.map((look) => look.rows) },
      yAxis: { type: "value", name: "z" },
      series: [
        { name: "z", type: "line", data: quality.looks.map((look) => look.z_margin) },
        { name: "+", type: "line", lineStyle: { type: "dashed" }, data: quality.looks.map((look) => look.boundary) },
        { name: "−", type: "line", lineStyle: { type: "dashed" }, data: quality.looks.map((look) => -look.boundary) },
      ],
    }),
    [quality],
  );
  return (
    <section className="card" style={{ marginBottom: 12 }} aria-label={t("quality")}>
      <h2>
        {t("quality")} <Tag>{quality.verdict}</Tag>
      </h2>
      <p>
        {t("matured", { pairs: number(quality.pairs), matured: number(quality.matured), bad: number(quality.bad) })}
        {quality.next_look_rows > 0 && ` · ${t("nextLook", { rows: number(quality.next_look_rows) })}`}
      </p>
      {quality.looks.length > 0 && (
        <Chart
          title={t("looks")}
          option={option}
          height={200}
          table={{
            columns: ["#", t("rows"), `AUC ${t("champion")}`, `AUC ${t("challenger")}`, "z", t("boundary"), t("alpha"), t("verdict")],
            rows: quality.looks.map((look) => [look.number, look.rows, number(look.auc_champion, 4), number(look.auc_challenger, 4), number(look.z_margin, 3), number(look.boundary, 3), number(look.alpha_spent, 4), look.verdict]),
          }}
        />
      )}
    </section>
  );
}
