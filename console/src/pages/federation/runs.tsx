// The runs of a job in this house, the newest first; before the first, how it is begun.
import { PlainTable } from "../../parts/chart";
import { When } from "../../parts/values";
import { useLanguage, useWords } from "../../words/said";
import { Bytes, Commands, doingText, HowFar, StateTag } from "./parts";
import type { Job, Run } from "./shapes";
import { words } from "./words";

export function Runs({ runs, job }: { runs: readonly Run[]; job: Job }) {
  const t = useWords(words);
  if (runs.length === 0) {
    return (
      <>
        <p className="soft">{t("notRun")}</p>
        {job.state === "approved" && (
          <>
            <p>{t("howToRun")}</p>
            <Commands lines={[`puhui federation run --job ${job.hash.slice(0, 16)} --data FILE`]} />
          </>
        )}
      </>
    );
  }
  return (
    <PlainTable
      caption={t("runs")}
      columns={[t("run"), t("state"), t("progress"), t("doing"), t("began"), t("ended"), t("sent"), t("received")]}
      rows={runs.map((run) => [
        run.number,
        <StateTag key="s" value={run.state} />,
        <HowFar key="p" run={run} />,
        <Doing key="d" run={run} />,
        <When key="b" at={run.began_at} seconds />,
        <When key="e" at={run.ended_at} seconds />,
        <Bytes key="o" value={run.bytes_sent} />,
        <Bytes key="i" value={run.bytes_received} />,
      ])}
    />
  );
}

function Doing({ run }: { run: Run }) {
  const t = useWords(words);
  const language = useLanguage();
  return (
    <>
      {doingText(run.doing, language)}
      {run.attempt > 1 && `, ${t("attempt", { number: run.attempt })}`}
      {run.last_error && <div className="soft">{t("lastBreak", { why: run.last_error })}</div>}
    </>
  );
}
