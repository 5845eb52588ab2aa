// What the pages of federation are made of: this house, fingerprints, bytes, how far a run is, what was told to whom.
import { Alert, Skeleton, Tag } from "antd";
import { Fragment, type ReactNode } from "react";
import { useAsk } from "../../api/use_ask";
import { PlainTable } from "../../parts/chart";
import { ProblemNote } from "../../parts/problem_note";
import { numberText, useNumber } from "../../parts/values";
import { codeText, useCode } from "../../words/codes";
import { say, useLanguage, useWords, type Language } from "../../words/said";
import type { Leakage, Run, Self } from "./shapes";
import { unitWords, words } from "./words";

// Lines for the server's command line.
export function Commands({ lines }: { lines: readonly string[] }) {
  return (
    <pre className="mono commands" tabIndex={0}>
      {lines.join("\n")}
    </pre>
  );
}

// Its children once this house is a party; what to do where it is none yet.
export function House({ children }: { children: (self: Self) => ReactNode }) {
  const t = useWords(words);
  const asked = useAsk<Self>("federation", "self");
  if (asked.data) return <>{children(asked.data)}</>;
  if (asked.problem?.kind === "not_found") {
    return (
      <Alert
        type="info"
        showIcon
        message={t("noParty")}
        description={
          <>
            <p>{t("noPartyHelp")}</p>
            <Commands
              lines={[
                "puhui federation init --name NAME --address HOST:PORT --key-file FILE",
                "puhui federation invite --out FILE",
                "puhui federation accept --invitation FILE --fingerprint HEX",
              ]}
            />
          </>
        }
      />
    );
  }
  return asked.problem ? <ProblemNote problem={asked.problem} onAgain={asked.again} /> : <Skeleton active title={false} />;
}

export function StateTag({ value }: { value: string }) {
  const colours: Record<string, string> = { proposed: "gold", approved: "blue", running: "blue", stopped: "gold", done: "green", failed: "red", rejected: "red" };
  return <Tag color={colours[value]}>{useCode()(value)}</Tag>;
}

const groupDigits = 4;

// In groups that people read to each other.
export function Fingerprint({ value }: { value: string }) {
  const groups = value.match(new RegExp(`.{1,${groupDigits}}`, "g")) ?? [];
  return (
    <code className="fingerprint">
      {groups.map((group, i) => (
        <Fragment key={i}>
          <span>{group}</span>{" "}
        </Fragment>
      ))}
    </code>
  );
}

const byteUnits = ["B", "kB", "MB", "GB", "TB"];

export function bytesText(bytes: number, language: Language): string {
  let unit = 0;
  let value = bytes;
  while (value >= 1000 && unit + 1 < byteUnits.length) {
    value /= 1000;
    ++unit;
  }
  return `${numberText(value, language, unit === 0 || value >= 100 ? 0 : 1)} ${byteUnits[unit]}`;
}

export function Bytes({ value }: { value: number }) {
  const language = useLanguage();
  return (
    <span className="number" title={`${numberText(value, language, 0)} B`}>
      {bytesText(value, language)}
    </span>
  );
}

// "psi_ecdh" has no word of its own and stays.
export function doingText(doing: string, language: Language): string {
  const at = /^waits for (\S+) at (\S+)$/.exec(doing);
  if (at) return say(language, words.doingWaitsAt, { partner: at[1]!, address: at[2]! });
  const call = /^waits for (\S+) to call$/.exec(doing);
  if (call) return say(language, words.doingWaitsCall, { partner: call[1]! });
  const step = /^(\w+), step (\d+(?: of \d+)?)$/.exec(doing);
  if (step) return say(language, words.doingStep, { stage: codeText(step[1]!, language), step: step[2]!.replace(" of ", " / ") });
  if (doing === "agrees on the model") return say(language, words.doingAgrees);
  if (doing === "done") return say(language, words.doingDone);
  return doing;
}

// Why a job stopped, failed or was rejected; the server's own reason for a wish from here is said in both languages.
export function whyText(why: string, language: Language): string {
  return why === "unavailable: asked to stop" ? say(language, words.askedToStop) : why;
}

export function HowFar({ run }: { run: Run }) {
  const t = useWords(words);
  const code = useCode();
  if (run.stages === 0) return <span>–</span>;
  const within = run.steps > 0 ? Math.min(1, run.step / run.steps) : 0;
  const done = run.state === "done" ? run.stages : Math.max(0, run.stage_number - 1) + within;
  const numbers = { number: run.stage_number, all: run.stages };
  const stage = run.stage === "" ? t("stageNumber", numbers) : t("stageOf", { stage: code(run.stage), ...numbers }); // none before the first meeting
  const step = run.steps > 0 ? t("stepOf", { step: run.step, all: run.steps }) : run.step > 0 ? t("stepSome", { step: run.step }) : "";
  return (
    <>
      <progress className="how-far" value={done} max={run.stages} aria-label={stage} />
      <div>
        {stage}
        {step && `, ${step}`}
      </div>
    </>
  );
}

export function useUnit(): (amount: number, unit: string) => string {
  const language = useLanguage();
  const number = useNumber();
  return (amount, unit) => {
    const said = unitWords[unit as keyof typeof unitWords];
    const name = said ? say(language, said) : unit;
    return `${number(amount)} ${amount === 1 && language === "en" ? name.replace(/s$/, "") : name}`;
  };
}

// What this house told others, in the sentences that the protocols' makers wrote.
export function LeakageShown({ leakage, caption, to = true }: { leakage: readonly Leakage[]; caption: string; to?: boolean }) {
  const t = useWords(words);
  const language = useLanguage();
  const unit = useUnit();
  if (leakage.length === 0) return <p className="soft">{t("noLeakage")}</p>;
  return (
    <PlainTable
      caption={caption}
      columns={[...(to ? [t("toldTo")] : []), t("learned"), t("amount")]}
      rows={leakage.map((one) => [
        ...(to ? [one.to] : []),
        <span key="s" title={one.code}>
          {language === "zh" ? one.chinese : one.english}
        </span>,
        <span key="a" className="number">
          {unit(one.amount, one.unit)}
        </span>,
      ])}
    />
  );
}
