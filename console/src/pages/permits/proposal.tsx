// One proposal: what it would change, who signed, and what this person may do with it.
import { Alert, DatePicker, Modal, Button, Tag } from "antd";
import type { Dayjs } from "dayjs";
import { useState } from "react";
import { Link, useParams } from "react-router-dom";
import { act, ask } from "../../api/client";
import { asProblem, Problem } from "../../api/problem";
import { useMay, useSession } from "../../api/session";
import { useAsk } from "../../api/use_ask";
import { Confirm } from "../../parts/confirm";
import { Loaded } from "../../parts/loaded";
import { ProblemNote } from "../../parts/problem_note";
import { Sign } from "../../parts/sign";
import { DigestText, When } from "../../parts/values";
import { useWords } from "../../words/said";
import { DifferenceShown } from "./difference";
import type { ApprovalBytes, Proposal, ProposalShown } from "./shapes";
import { words } from "./words";

export function ProposalPage() {
  const t = useWords(words);
  const { id = "" } = useParams();
  const asked = useAsk<ProposalShown>("proposal", "show", { id });
  const [stale, setStale] = useState(false);
  return (
    <div className="page">
      <Loaded from={asked}>
        {(shown) => (
          <>
            <div className="page-head">
              <h1>
                {t("proposal")}: {shown.proposal.use_case}
              </h1>
              <Tag color="blue">{shown.proposal.state}</Tag>
              <span className="stretch" />
              <Link to="/permits">{t("back")}</Link>
            </div>
            {stale && <Alert type="warning" showIcon closable message={t("stale")} onClose={() => setStale(false)} style={{ marginBottom: 12 }} />}
            {shown.proposal.why && (
              <Alert type="info" style={{ marginBottom: 12 }} message={t("closed", { why: shown.proposal.why })} description={shown.proposal.closed_by && `${t("closedBy")} ${shown.proposal.closed_by}`} />
            )}
            <div className="decision">
              <div className="decision-main">
                <section className="card" aria-label={t("difference")}>
                  <h2>{t("difference")}</h2>
                  <DifferenceShown shown={shown} />
                </section>
                <details className="card">
                  <summary>{t("manifest")}</summary>
                  <pre className="mono manifest">{JSON.stringify(shown.proposal.manifest, null, 2)}</pre>
                </details>
              </div>
              <div className="decision-side">
                <Facts proposal={shown.proposal} />
                <Acts
                  shown={shown}
                  again={asked.again}
                  onStale={() => {
                    setStale(true);
                    asked.again();
                  }}
                />
              </div>
            </div>
          </>
        )}
      </Loaded>
    </div>
  );
}

function Facts({ proposal }: { proposal: Proposal }) {
  const t = useWords(words);
  const manifest = proposal.manifest as { tier?: number; build?: string; expires_at?: string; conditions?: string };
  return (
    <section className="card" aria-label={t("proposal")}>
      <dl className="pairs">
        <dt>{t("author")}</dt>
        <dd>{proposal.author}</dd>
        <dt>{t("submittedAt")}</dt>
        <dd>
          <When at={proposal.submitted_at} />
        </dd>
        <dt>{t("digest")}</dt>
        <dd>
          <DigestText value={proposal.digest} />
        </dd>
        <dt>{t("base")}</dt>
        <dd>{proposal.base ? <DigestText value={proposal.base} /> : t("nothingBefore")}</dd>
        {manifest.tier !== undefined && (
          <>
            <dt>{t("tier")}</dt>
            <dd>{manifest.tier}</dd>
          </>
        )}
        {manifest.build && (
          <>
            <dt>{t("build")}</dt>
            <dd>{manifest.build}</dd>
          </>
        )}
        {manifest.expires_at && (
          <>
            <dt>{t("expires")}</dt>
            <dd>
              <When at={manifest.expires_at} />
            </dd>
          </>
        )}
        {manifest.conditions && (
          <>
            <dt>{t("conditions")}</dt>
            <dd>{manifest.conditions}</dd>
          </>
        )}
        {proposal.scheduled_at && (
          <>
            <dt>{t("scheduledAt")}</dt>
            <dd>
              <When at={proposal.scheduled_at} />
            </dd>
          </>
        )}
        <dt>{t("approvals")}</dt>
        <dd>
          {t("needed", { done: proposal.approvals.length, needed: proposal.approvals_needed })}
          {proposal.approvals.map((approval) => (
            <div key={approval.person}>
              {approval.person}, <When at={approval.at} />
            </div>
          ))}
        </dd>
      </dl>
    </section>
  );
}

function Acts({ shown, again, onStale }: { shown: ProposalShown; again: () => void; onStale: () => void }) {
  const t = useWords(words);
  const may = useMay();
  const session = useSession();
  const { proposal } = shown;
  const open = proposal.state === "submitted";
  const own = proposal.author === session.name;
  const signed = proposal.approvals.some((approval) => approval.person === session.name);
  const after = async (request: Promise<unknown>) => {
    await request;
    again();
  };
  const prepare = async () => {
    const given = await ask<ApprovalBytes>("proposal", "bytes", { id: proposal.id });
    if (given.seen !== shown.seen) {
      onStale();
      throw new Problem("conflict", t("stale"));
    }
    return { at: given.at, seen: given.seen, bytes: new TextEncoder().encode(given.bytes) };
  };
  const approve = async (given: { at: string; seen: string }, signature: string) => {
    try {
      await act("proposal", "approve", { id: proposal.id, at: given.at, signature, seen: given.seen });
      again();
    } catch (error) {
      if (asProblem(error).kind === "conflict") onStale();
      throw error;
    }
  };
  return (
    <section className="card acts" aria-label={t("approvals")}>
      {open && own && <p>{t("ownProposal")}</p>}
      {open && signed && <p>{t("signedAlready")}</p>}
      {open && !own && !signed && may("proposal.approve") && (
        <Sign label={t("approve")} title={t("approveTitle")} prepare={prepare} onSigned={approve}>
          <p>{t("approveWhat", { digest: `${proposal.digest.slice(0, 16)}…` })}</p>
        </Sign>
      )}
      {open && !own && may("proposal.reject") && (
        <Confirm label={t("reject")} title={t("reject")} onConfirm={(why) => after(act("proposal", "reject", { id: proposal.id, why }))}>
          {t("rejectWhat")}
        </Confirm>
      )}
      {own && ["draft", "submitted", "approved", "scheduled"].includes(proposal.state) && may("proposal.withdraw") && (
        <Confirm label={t("withdraw")} title={t("withdraw")} onConfirm={(why) => after(act("proposal", "withdraw", { id: proposal.id, why }))}>
          {t("withdrawWhat")}
        </Confirm>
      )}
      {["submitted", "approved", "scheduled"].includes(proposal.state) && may("proposal.schedule") && <Schedule id={proposal.id} again={again} />}
    </section>
  );
}

function Schedule({ id, again }: { id: string; again: () => void }) {
  const t = useWords(words);
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState<Dayjs | null>(null);
  const [problem, setProblem] = useState<Problem>();
  const send = async () => {
    if (!at) return;
    setProblem(undefined);
    try {
      await act("proposal", "schedule", { id, at: at.toISOString() });
      setOpen(false);
      again();
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)}>
        {t("schedule")}
      </Button>
      <Modal open={open} title={t("schedule")} onCancel={() => setOpen(false)} onOk={send} okButtonProps={{ disabled: !at }} destroyOnHidden>
        <DatePicker aria-label={t("scheduledAt")} showTime value={at} onChange={setAt} />
        {problem && <ProblemNote problem={problem} />}
      </Modal>
    </>
  );
}
