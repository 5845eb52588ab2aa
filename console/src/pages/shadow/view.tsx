// Two policies on the same live payments: the one that decides and its shadow, which decides nothing.
import { Alert, Select } from "antd";
import { Link, useSearchParams } from "react-router-dom";
import { useAsk } from "../../api/use_ask";
import { Chart, PlainTable } from "../../parts/chart";
import { Loaded } from "../../parts/loaded";
import { DigestText, Figure, minorText, useNumber, When } from "../../parts/values";
import { dictionary, useLanguage, useSaid, useWords } from "../../words/said";
import { ActionTag, addressOf } from "../payments/view";

const words = dictionary({
  title: ["Shadow comparison", "影子策略比较"],
  help: [
    "A new policy judges live payments beside the one that decides, and decides nothing. Here is what each would have done, and what is known by now of the payments they disagree on.",
    "新策略与现行策略同时判断真实交易，但不作任何决定。下面比较两者的处置，以及目前已知的结果。",
  ],
  scheme: ["Scheme", "方案"],
  none: ["No shadow has judged a payment of this scheme yet. Start one on the page Promotion.", "该方案尚无影子策略的判断。请在“晋级”页启动。"],
  payments: ["Judged by both", "共同判断"],
  differing: ["Judged otherwise", "处置不同"],
  failed: ["The shadow failed on", "影子判断失败"],
  champion: ["Decides", "现行策略"],
  shadow: ["Shadow", "影子策略"],
  matrix: ["What one did where the other did", "处置对照"],
  approved: ["let through", "放行"],
  caught: ["frauds caught", "拦下欺诈"],
  missed: ["frauds missed", "漏过欺诈"],
  disturbed: ["good payments disturbed", "误扰正常交易"],
  amount: ["Amount", "金额"],
  frauds: ["of these known frauds", "其中已知欺诈"],
  differences: ["Payments they disagree on", "处置不同的交易"],
  payment: ["Payment", "交易"],
  at: ["At", "时间"],
  why: ["Why", "原因"],
  fraud: ["Fraud", "欺诈"],
  yes: ["yes", "是"],
  no: ["no", "否"],
  unknown: ["not known yet", "未知"],
});

type Reason = { code: string; en: string; zh: string };
type Side = { permit: string; approved: number; caught: number; caught_minor: number; missed: number; missed_minor: number; disturbed: number; disturbed_minor: number };
type Comparison = {
  scheme: string;
  currency: string;
  payments: number;
  differing: number;
  failed: number;
  cells: { champion: string; shadow: string; payments: number; amount_minor: number; frauds: number; fraud_minor: number; good: number }[];
  champion?: Side;
  shadow?: Side;
  differences: { key: string; at: string; decision: string; champion: string; shadow: string; amount_minor: number; champion_reasons: Reason[]; shadow_reasons: Reason[]; fraud?: boolean }[];
  at: string;
};
const actions = ["approve", "challenge", "hold", "block"];

export default function Shadow() {
  const t = useWords(words);
  const [search, setSearch] = useSearchParams();
  const schemes = useAsk<{ schemes: { scheme: string; title: string; has_shadow: boolean }[] }>("fraud", "schemes");
  const chosen = search.get("scheme") ?? schemes.data?.schemes.find((one) => one.has_shadow)?.scheme ?? schemes.data?.schemes[0]?.scheme;
  return (
    <div className="page">
      <h1>{t("title")}</h1>
      <div className="card">
        <p className="soft">{t("help")}</p>
        <Loaded from={schemes}>
          {(answer) => (
            <Select
              aria-label={t("scheme")}
              style={{ minWidth: 280 }}
              value={chosen}
              onChange={(scheme) => setSearch({ scheme })}
              options={answer.schemes.map((one) => ({ value: one.scheme, label: one.title }))}
            />
          )}
        </Loaded>
      </div>
      {chosen && <Compared scheme={chosen} />}
    </div>
  );
}

function Compared({ scheme }: { scheme: string }) {
  const t = useWords(words);
  const number = useNumber();
  const asked = useAsk<Comparison>("fraud", "shadow", { scheme });
  return (
    <Loaded from={asked}>
      {(answer) =>
        answer.payments === 0 ? (
          <Alert type="info" message={t("none")} />
        ) : (
          <div className="decision-main">
            <section className="card figures" aria-label={t("payments")}>
              <Figure label={t("payments")} value={number(answer.payments)} at={answer.at} />
              <Figure label={t("differing")} value={number(answer.differing)} />
              <Figure label={t("failed")} value={number(answer.failed)} />
            </section>
            <Sides answer={answer} />
            <Matrix answer={answer} />
            <Differences answer={answer} />
          </div>
        )
      }
    </Loaded>
  );
}

function Sides({ answer }: { answer: Comparison }) {
  const t = useWords(words);
  const number = useNumber();
  const language = useLanguage();
  const sides = [answer.champion, answer.shadow].flatMap((side, i) => (side ? [{ side, name: t(i === 0 ? "champion" : "shadow") }] : []));
  const counts = ["caught", "missed", "disturbed"] as const;
  const money = (minor: number) => minorText(minor, answer.currency, language);
  return (
    <section className="card" aria-label={`${t("champion")} / ${t("shadow")}`}>
      <Chart
        title={`${t("champion")} / ${t("shadow")}`}
        height={220}
        option={{
          legend: { bottom: 0 },
          xAxis: { type: "category", data: counts.map((name) => t(name)) },
          yAxis: { type: "value" },
          series: sides.map(({ side, name }) => ({ type: "bar", name, data: counts.map((count) => side[count]), label: { show: true, position: "top" } })),
        }}
        table={{
          columns: ["", t("approved"), ...counts.map((name) => t(name))],
          rows: sides.map(({ side, name }) => [
            <span key="n">
              {name} <DigestText value={side.permit} />
            </span>,
            number(side.approved),
            `${number(side.caught)} · ${money(side.caught_minor)}`,
            `${number(side.missed)} · ${money(side.missed_minor)}`,
            `${number(side.disturbed)} · ${money(side.disturbed_minor)}`,
          ]),
        }}
      />
    </section>
  );
}

function Matrix({ answer }: { answer: Comparison }) {
  const t = useWords(words);
  const number = useNumber();
  const language = useLanguage();
  const cell = (champion: string, shadow: string) => answer.cells.find((one) => one.champion === champion && one.shadow === shadow);
  return (
    <section className="card" aria-label={t("matrix")}>
      <h2>{t("matrix")}</h2>
      <PlainTable
        caption={t("matrix")}
        columns={[`${t("champion")} ↓ / ${t("shadow")} →`, ...actions.map((action) => <ActionTag key={action} value={action} />)]}
        rows={actions.map((champion) => [
          <ActionTag key="a" value={champion} />,
          ...actions.map((shadow) => {
            const found = cell(champion, shadow);
            return found ? (
              <span key={shadow} className={champion === shadow ? "soft" : undefined}>
                {number(found.payments)} · {minorText(found.amount_minor, answer.currency, language)}
                {found.frauds > 0 && (
                  <>
                    <br />
                    <small>
                      {t("frauds")}: {number(found.frauds)}
                    </small>
                  </>
                )}
              </span>
            ) : (
              "–"
            );
          }),
        ])}
      />
    </section>
  );
}

function Differences({ answer }: { answer: Comparison }) {
  const t = useWords(words);
  const said = useSaid();
  const language = useLanguage();
  const reasons = (list: Reason[]) => list.map((one) => said(one) || one.code).join("; ") || "–";
  return (
    <section className="card" aria-label={t("differences")}>
      <h2>{t("differences")}</h2>
      <PlainTable
        caption={t("differences")}
        columns={[t("payment"), t("champion"), t("shadow"), t("amount"), t("fraud"), `${t("why")} (${t("champion")})`, `${t("why")} (${t("shadow")})`, t("at")]}
        rows={answer.differences.map((one) => [
          <Link key="p" to={addressOf({ scheme: answer.scheme, key: one.key })}>
            {one.key}
          </Link>,
          <ActionTag key="c" value={one.champion} />,
          <ActionTag key="s" value={one.shadow} />,
          minorText(one.amount_minor, answer.currency, language),
          one.fraud === undefined ? t("unknown") : t(one.fraud ? "yes" : "no"),
          reasons(one.champion_reasons),
          reasons(one.shadow_reasons),
          <When key="a" at={one.at} seconds />,
        ])}
      />
    </section>
  );
}
