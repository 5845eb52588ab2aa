// A Problem, shown plainly where it happened: what, every fault, the request id to quote, and what can be done.
import { Alert, Button, Space } from "antd";
import type { Problem } from "../api/problem";
import { useWords } from "../words/said";
import { partWords } from "../words/shell";

export function ProblemNote({ problem, onAgain, againText }: { problem: Problem; onAgain?: () => void; againText?: string }) {
  const t = useWords(partWords);
  const unknown = problem.kind === "outcome_unknown";
  const title = unknown ? t("unknownOutcome") : problem.kind === "unreachable" ? t("unreachable") : problem.message;
  const listed = problem.faults.length > 1 || (problem.faults.length === 1 && problem.faults[0]!.where !== "");
  return (
    <Alert
      type={unknown || problem.kind === "stopped" ? "warning" : "error"}
      showIcon
      role="alert"
      message={listed && !unknown ? t("notDone") : title}
      description={
        <Space direction="vertical" size={4}>
          {listed && (
            <ul className="faults">
              {problem.faults.map((fault, i) => (
                <li key={i}>
                  {fault.where !== "" && <code>{fault.where}</code>} {fault.message}
                </li>
              ))}
            </ul>
          )}
          {problem.request !== "" && (
            <small>
              {t("requestId")} <code>{problem.request}</code>
            </small>
          )}
          {onAgain && (
            <Button size="small" onClick={onAgain}>
              {againText ?? (unknown ? (problem.repeatKey ? t("repeatSafe") : t("repeatUnsafe")) : t("refresh"))}
            </Button>
          )}
        </Space>
      }
    />
  );
}
