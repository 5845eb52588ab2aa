// From a draft to what people sign: the manifest, and the proposal that carries it to them.
import { Alert, Button, Input, InputNumber, Modal, Space } from "antd";
import { useState } from "react";
import { Link } from "react-router-dom";
import { act } from "../../api/client";
import { useKnows } from "../../api/openapi";
import { asProblem, type Problem } from "../../api/problem";
import { useMay } from "../../api/session";
import { ProblemNote } from "../../parts/problem_note";
import { DigestText } from "../../parts/values";
import { useWords } from "../../words/said";
import type { Desk } from "./draft";
import { policyWords } from "./words";

type Made = { manifest: Record<string, unknown>; permit: string; champion: string };
type Proposal = { id: string; proposal?: { id: string } };

const validDaysAtFirst = 365;

export default function SubmitPanel({ desk }: { desk: Desk }) {
  const t = useWords(policyWords);
  const may = useMay();
  const knows = useKnows();
  const [conditions, setConditions] = useState("");
  const [days, setDays] = useState(validDaysAtFirst);
  const [values, setValues] = useState<Record<string, string>>({});
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [made, setMade] = useState<Made>();
  const [proposal, setProposal] = useState<string>();
  const { draft, base } = desk;
  const online = knows("proposal", "submit") && may("proposal.submit");
  const thresholds = Object.entries(values).filter(([name, value]) => value.trim() !== "" && value !== base?.thresholds.find((one) => one.name === name)?.value);

  const submit = async () => {
    setBusy(true);
    setProblem(undefined);
    setProposal(undefined);
    try {
      const next = await act<Made>("draft", "manifest", {
        id: draft.id, revision: draft.revision, conditions: conditions.trim(), valid_days: days,
        thresholds: thresholds.map(([name, value]) => ({ name, value: value.trim() })),
      });
      setMade(next);
      if (online) {
        const sent = await act<Proposal>("proposal", "submit", { manifest: next.manifest, base: next.champion });
        setProposal(sent.id ?? sent.proposal?.id);
      }
      setAsking(false);
    } catch (error) {
      setProblem(asProblem(error));
      setAsking(false);
    } finally {
      setBusy(false);
    }
  };

  return (
    <>
      <p className="soft">{t("submitHelp")}</p>
      {(desk.dirty || !draft.id) && <Alert type="info" showIcon message={t("saveFirst")} style={{ marginBottom: 10 }} />}
      <Space direction="vertical" style={{ width: "100%" }}>
        <label>
          {t("conditions")}
          <Input.TextArea value={conditions} maxLength={4096} autoSize={{ minRows: 2 }} onChange={(event) => setConditions(event.target.value)} />
        </label>
        <label>
          {t("validDays")} <InputNumber min={1} max={3660} precision={0} value={days} onChange={(value) => setDays(value ?? validDaysAtFirst)} />
        </label>
      </Space>
      {base && base.thresholds.length > 0 && (
        <details style={{ margin: "10px 0" }}>
          <summary>{t("thresholds")} ({thresholds.length} / {base.thresholds.length})</summary>
          <table className="plain">
            <thead>
              <tr><th scope="col">{t("threshold")}</th><th scope="col" className="number">{t("valueNow")}</th><th scope="col">{t("newValue")}</th></tr>
            </thead>
            <tbody>
              {base.thresholds.map((one) => (
                <tr key={one.name}>
                  <td>{one.name}</td>
                  <td className="number">{one.value}</td>
                  <td><Input size="small" aria-label={`${t("newValue")}: ${one.name}`} inputMode="decimal" value={values[one.name] ?? ""} placeholder={one.value} onChange={(event) => setValues({ ...values, [one.name]: event.target.value })} /></td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      )}
      <Button type="primary" disabled={desk.dirty || !draft.id || desk.readOnly} onClick={() => setAsking(true)}>{t("submitButton")}</Button>
      <Modal open={asking} title={t("submitTitle")} onCancel={() => setAsking(false)} onOk={submit} okText={t("submitButton")} okButtonProps={{ loading: busy }}>
        <p>{draft.name}</p>
        <p>{t("submitConfirm")}</p>
      </Modal>
      <div aria-live="polite" style={{ marginTop: 12 }}>
        {problem && <ProblemNote problem={problem} />}
        {made && (
          <>
            {proposal && (
              <Alert type="success" showIcon message={t("submitted")} description={<Link to={`/permits/${proposal}`}>{t("toProposal")}</Link>} />
            )}
            {!online && <p>{t("notOnServer")}</p>}
            <p>SHA-256 <DigestText value={made.permit} /></p>
            {!proposal && (
              <details>
                <summary>{t("manifestOnly")}</summary>
                <pre className="source-text scroll" tabIndex={0}>{JSON.stringify(made.manifest, null, 2)}</pre>
              </details>
            )}
          </>
        )}
      </div>
    </>
  );
}
