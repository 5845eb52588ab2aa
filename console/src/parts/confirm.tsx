// Confirm: before a dangerous act. Says what will happen, asks why, and shows what came of it where it was asked.
import { Button, Input, Modal, type ButtonProps } from "antd";
import { useId, useState, type ReactNode } from "react";
import { asProblem, type Problem } from "../api/problem";
import { useTell } from "../shell/live";
import { useWords } from "../words/said";
import { partWords } from "../words/shell";
import { ProblemNote } from "./problem_note";

const whyCharactersMin = 5;

export function Confirm({ label, title, children, onConfirm, askWhy = true, danger = true, button, disabled }: {
  label: ReactNode; // of the button
  title: string;
  children?: ReactNode; // what will happen
  onConfirm: (why: string) => Promise<unknown>;
  askWhy?: boolean;
  danger?: boolean;
  button?: ButtonProps;
  disabled?: boolean;
}) {
  const t = useWords(partWords);
  const tell = useTell();
  const id = useId();
  const [open, setOpen] = useState(false);
  const [why, setWhy] = useState("");
  const [busy, setBusy] = useState(false);
  const [tried, setTried] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const enough = !askWhy || why.trim().length >= whyCharactersMin;
  const run = async () => {
    setTried(true);
    if (!enough) return;
    setBusy(true);
    setProblem(undefined);
    try {
      await onConfirm(why.trim());
      tell(t("done"));
      setOpen(false);
      setWhy("");
      setTried(false);
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Button size="small" danger={danger} disabled={disabled} {...button} onClick={() => setOpen(true)}>
        {label}
      </Button>
      <Modal
        open={open}
        title={title}
        onCancel={() => setOpen(false)}
        onOk={run}
        okText={t("confirm")}
        cancelText={t("cancel")}
        okButtonProps={{ danger, loading: busy }}
        destroyOnHidden
      >
        {children}
        {askWhy && (
          <div style={{ margin: "12px 0" }}>
            <label htmlFor={id}>{t("why")}</label>
            <Input.TextArea id={id} value={why} onChange={(event) => setWhy(event.target.value)} maxLength={500} autoSize={{ minRows: 2 }} aria-invalid={tried && !enough} />
            {tried && !enough && <div role="alert" className="soft">{t("whyNeeded", { count: whyCharactersMin })}</div>}
          </div>
        )}
        {problem && <ProblemNote problem={problem} />}
      </Modal>
    </>
  );
}
