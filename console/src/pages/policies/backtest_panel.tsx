// The draft against the permit in force on what was really decided, in steps, so that a long history shows how far it is.
import { Button, DatePicker, Progress, Select, Space } from "antd";
import type { Dayjs } from "dayjs";
import { useRef, useState } from "react";
import { ask } from "../../api/client";
import { asProblem, type Problem } from "../../api/problem";
import { PlainTable } from "../../parts/chart";
import { ProblemNote } from "../../parts/problem_note";
import { useNumber, When } from "../../parts/values";
import { useWords } from "../../words/said";
import { addStep, applications, approved, badRate, type Backtest, type Group } from "./backtest_sum";
import type { Desk } from "./draft";
import { SwapPicture } from "./swap_picture";
import { policyWords } from "./words";

const stepRecords = 20_000;

export default function BacktestPanel({ desk }: { desk: Desk }) {
  const t = useWords(policyWords);
  const number = useNumber();
  const [from, setFrom] = useState<Dayjs | null>(null);
  const [to, setTo] = useState<Dayjs | null>(null);
  const [segment, setSegment] = useState<string[]>([]);
  const [sum, setSum] = useState<Backtest>();
  const [running, setRunning] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const stop = useRef<AbortController>(undefined);

  const run = async () => {
    stop.current = new AbortController();
    const { signal } = stop.current;
    const policy = desk.text();
    setRunning(true);
    setProblem(undefined);
    setSum(undefined);
    try {
      let all: Backtest | undefined;
      let after: string | undefined;
      do {
        const step: Backtest = await ask<Backtest>(
          "draft", "backtest",
          { policy, use_case: desk.draft.use_case, from: from?.toISOString(), to: to?.toISOString(), segment, limit: stepRecords, after },
          { signal },
        );
        all = addStep(all, step);
        after = step.next;
        setSum(all);
      } while (after !== undefined);
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setRunning(false);
    }
  };

  const percent = (part: number, whole: number) => (whole === 0 ? "–" : `${number((100 * part) / whole, 2)} %`);
  const rate = (group: Group) => {
    const of = badRate(group);
    return of === undefined ? "–" : `${number(100 * of, 2)} %`;
  };
  const facts = (desk.base?.facts ?? []).filter((fact) => !fact.sealed && !fact.personal && fact.type !== "number" && fact.type !== "date").map((fact) => fact.name);
  const options = [...facts, "Grade", "Credit record"].map((value) => ({ value, label: value }));
  const swap = sum?.swap;
  const moved = sum?.rules.filter((rule) => rule.hits_in_policy !== rule.hits_in_against) ?? [];

  return (
    <>
      <p className="soft">{t("backtestHelp")}</p>
      <Space wrap align="end">
        <DatePicker showTime aria-label={t("from")} placeholder={t("from")} value={from} onChange={setFrom} />
        <DatePicker showTime aria-label={t("to")} placeholder={t("to")} value={to} onChange={setTo} />
        <Select mode="multiple" aria-label={t("segmentBy")} placeholder={t("segmentBy")} style={{ minWidth: 180 }} maxCount={8} options={options} value={segment} onChange={setSegment} />
        <Button type="primary" loading={running} onClick={run}>{t("run")}</Button>
        {running && <Button onClick={() => stop.current?.abort()}>{t("stop")}</Button>}
      </Space>
      <div aria-live="polite" style={{ marginTop: 12 }}>
        {problem && <ProblemNote problem={problem} />}
        {sum && running && (
          <Progress percent={sum.total === 0 ? 100 : Math.floor((100 * sum.walked_until) / sum.total)} aria-label={t("walked", { walked: sum.walked_until, total: sum.total })} />
        )}
        {sum && swap && (
          <>
            <p className="soft">
              {t("walked", { walked: number(sum.walked), total: number(sum.total) })} · {t("asOf")} <When at={sum.at} />
            </p>
            <SwapPicture swap={swap} />
            <PlainTable
              caption={t("swapTitle")}
              columns={["", t("applications"), t("withOutcome"), t("bad"), t("badRate")]}
              rows={([
                [t("champion"), approved(swap, "policy")],
                [t("draft"), approved(swap, "against")],
                [t("swappedOut"), swap.only_policy],
                [t("swappedIn"), swap.only_against],
              ] as const).map(([name, group]) => [name, number(group.applications), number(group.labelled), number(group.bad), rate(group)])}
            />
            <p>
              {t("approvalRate")}: {t("champion")} <strong>{percent(approved(swap, "policy").applications, applications(swap))}</strong>, {t("draft")}{" "}
              <strong>{percent(approved(swap, "against").applications, applications(swap))}</strong>
            </p>
            {sum.of_other_permits > 0 && <p className="soft">{t("otherPermits")}: {number(sum.of_other_permits)}</p>}
            {sum.erased > 0 && <p className="soft">{t("erased")}: {number(sum.erased)}</p>}
            {sum.undecided_by_against + sum.undecided_by_policy > 0 && (
              <>
                <p>{t("undecided")}: {t("champion")} {number(sum.undecided_by_policy)}, {t("draft")} {number(sum.undecided_by_against)}</p>
                <ul className="faults">{sum.undecided.map((text, i) => <li key={i}>{text}</li>)}</ul>
              </>
            )}
            {!running && swap.only_policy.applications + swap.only_against.applications === 0 && moved.length === 0 && <p>{t("noDifference")}</p>}
            {moved.length > 0 && (
              <>
                <h3>{t("byRule")}</h3>
                <PlainTable
                  caption={t("byRule")}
                  columns={[t("decision"), t("champion"), t("draft")]}
                  rows={moved.map((rule) => [
                    <span key="w" title={rule.words}>{rule.owner} · {t("rule", { number: rule.rule_in_against ?? rule.rule_in_policy ?? 0 })}<br /><code>{rule.words}</code></span>,
                    number(rule.hits_in_policy), number(rule.hits_in_against),
                  ])}
                />
              </>
            )}
            {sum.decisions.some((one) => one.changed > 0) && (
              <>
                <h3>{t("byDecision")}</h3>
                <PlainTable caption={t("byDecision")} columns={[t("decision"), t("changed")]} rows={sum.decisions.filter((one) => one.changed > 0).map((one) => [one.decision, number(one.changed)])} />
              </>
            )}
            {sum.segments.length > 0 && (
              <>
                <h3>{t("bySegment")}</h3>
                <PlainTable
                  caption={t("bySegment")}
                  columns={[t("segment"), t("applications"), `${t("approvalRate")} · ${t("champion")}`, `${t("approvalRate")} · ${t("draft")}`, t("swappedOut"), t("swappedIn")]}
                  rows={sum.segments.map((one) => [
                    `${one.by} = ${one.value}`, number(applications(one.swap)),
                    percent(approved(one.swap, "policy").applications, applications(one.swap)),
                    percent(approved(one.swap, "against").applications, applications(one.swap)),
                    number(one.swap.only_policy.applications), number(one.swap.only_against.applications),
                  ])}
                />
              </>
            )}
          </>
        )}
      </div>
    </>
  );
}
