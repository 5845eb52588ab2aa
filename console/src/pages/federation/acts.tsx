// What this person may do with a job: sign it with one's own key, reject it, stop it, go on with it.
import { Alert, Button } from "antd";
import { useState } from "react";
import { act, ask, askLong } from "../../api/client";
import { asProblem, Problem } from "../../api/problem";
import { useMay, useSession } from "../../api/session";
import { Confirm } from "../../parts/confirm";
import { ProblemNote } from "../../parts/problem_note";
import { Sign } from "../../parts/sign";
import { useWords } from "../../words/said";
import type { ApprovalBytes, Job } from "./shapes";
import { words } from "./words";

export function Acts({ job, again }: { job: Job; again: () => void }) {
  const t = useWords(words);
  const may = useMay();
  const session = useSession();
  const signed = job.approvals.some((one) => one.person === session.name);
  const open = job.state === "proposed";
  const mayReject = ["proposed", "approved", "stopped", "failed"].includes(job.state) && may("federation.reject");
  const mayStop = job.state === "running" && may("federation.stop");
  const mayResume = ["approved", "stopped"].includes(job.state) && may("federation.resume");
  const maySign = open && !signed && may("federation.sign");
  const after = async (request: Promise<unknown>) => {
    await request;
    again();
  };
  const prepare = async () => {
    const given = await ask<ApprovalBytes>("federation", "bytes", { hash: job.hash });
    if (given.hash !== job.hash || !given.bytes.includes(job.hash)) throw new Problem("conflict", t("otherBytes"));
    return { bytes: new TextEncoder().encode(given.bytes) };
  };
  if (!(maySign || mayReject || mayStop || mayResume || (open && signed) || job.state === "approved")) return null;
  return (
    <section className="card acts" aria-label={t("acts")}>
      {open && signed && <p>{t("ownSigned")}</p>}
      {job.state === "approved" && <p>{t("bothSigned")}</p>}
      {maySign && (
        <Sign
          label={job.approvals.length === 0 ? t("signMaker") : t("signChecker")}
          title={t("signTitle")}
          prepare={prepare}
          onSigned={(_, signature) => after(act("federation", "sign", { hash: job.hash, signature }))}
        >
          <p>
            {t("signWhat", {
              house: job.self,
              name: job.name,
              others: job.parties.filter((name) => name !== job.self).join(", "),
              hash: `${job.hash.slice(0, 16)}…`,
            })}
          </p>
        </Sign>
      )}
      {mayReject && (
        <Confirm label={t("reject")} title={`${t("reject")}: ${job.name}`} onConfirm={(why) => after(act("federation", "reject", { hash: job.hash, why }))}>
          {t("rejectWhat")}
        </Confirm>
      )}
      {mayStop && (
        <Confirm label={t("stop")} title={`${t("stop")}: ${job.name}`} askWhy={false} onConfirm={() => after(act("federation", "stop", { job: job.hash }))}>
          {t("stopWhat")}
        </Confirm>
      )}
      {mayResume && <Resume job={job} again={again} />}
    </section>
  );
}

// It runs to the job's end on the server; the page follows it by asking, and stays useful meanwhile.
function Resume({ job, again }: { job: Job; again: () => void }) {
  const t = useWords(words);
  const [asked, setAsked] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const run = async () => {
    setAsked(true);
    setProblem(undefined);
    try {
      await askLong("federation", "resume", { job: job.hash });
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setAsked(false);
      again();
    }
  };
  return (
    <>
      <Button size="small" type="primary" loading={asked} onClick={run}>
        {t("resume")}
      </Button>
      {asked && <Alert type="info" showIcon message={t("resumeAsked")} />}
      {problem && <ProblemNote problem={problem} />}
    </>
  );
}
