// A job's file, pasted or read, handed in as it is: what people sign is the hash of these very bytes.
import { Alert, Button, Input, Upload } from "antd";
import { useId, useState } from "react";
import { useNavigate } from "react-router-dom";
import { act } from "../../api/client";
import { asProblem, type Problem } from "../../api/problem";
import { ProblemNote } from "../../parts/problem_note";
import { useWords } from "../../words/said";
import type { Job } from "./shapes";
import { words } from "./words";

export function Propose() {
  const t = useWords(words);
  const id = useId();
  const go = useNavigate();
  const [file, setFile] = useState("");
  const [busy, setBusy] = useState(false);
  const [empty, setEmpty] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const send = async () => {
    setProblem(undefined);
    setEmpty(file.trim() === "");
    if (file.trim() === "") return;
    setBusy(true);
    try {
      const job = await act<Job>("federation", "propose", { file });
      go(`/federation/${job.hash}`);
    } catch (error) {
      setProblem(asProblem(error));
      setBusy(false);
    }
  };
  return (
    <>
      <p className="soft">{t("proposeHelp")}</p>
      <label htmlFor={id}>{t("file")}</label>
      <Input.TextArea id={id} className="mono" value={file} onChange={(event) => setFile(event.target.value)} autoSize={{ minRows: 8, maxRows: 24 }} spellCheck={false} />
      <div className="toolbar" style={{ marginTop: 10 }}>
        <Upload
          accept=".json,application/json"
          showUploadList={false}
          beforeUpload={(chosen) => {
            chosen.text().then(setFile, (error: unknown) => setProblem(asProblem(error)));
            return false; // read here, sent by the button
          }}
        >
          <Button>{t("chooseFile")}</Button>
        </Upload>
        <Button type="primary" loading={busy} onClick={send}>
          {t("propose")}
        </Button>
      </div>
      {empty && <Alert type="warning" showIcon role="alert" message={t("fileEmpty")} />}
      {problem && <ProblemNote problem={problem} />}
    </>
  );
}
