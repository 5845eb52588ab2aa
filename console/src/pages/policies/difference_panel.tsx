// The draft against the policy in force, row by row.
import { Tag } from "antd";
import { useEffect, useState } from "react";
import { asProblem, type Problem } from "../../api/problem";
import { ProblemNote } from "../../parts/problem_note";
import { useWords } from "../../words/said";
import type { Change } from "./difference";
import type { Desk } from "./draft";
import { policyWords } from "./words";

export default function DifferencePanel({ desk }: { desk: Desk }) {
  const t = useWords(policyWords);
  const [changes, setChanges] = useState<Change[]>();
  const [problem, setProblem] = useState<Problem>();
  const then = desk.base?.policy;
  const now = desk.text();
  useEffect(() => {
    if (then === undefined) return;
    let live = true;
    import("./difference").then(({ differenceOf }) => {
      if (!live) return;
      try {
        setChanges(differenceOf(then, now));
        setProblem(undefined);
      } catch (error) {
        setProblem(asProblem(error));
      }
    }, (error: unknown) => live && setProblem(asProblem(error)));
    return () => {
      live = false;
    };
  }, [then, now]);
  const words = { added: "added", removed: "removed", changed: "changedWord" } as const;
  return (
    <>
      <p className="soft">{t("differenceHelp")}</p>
      {problem && <ProblemNote problem={problem} />}
      {changes?.length === 0 && <p>{t("sameAsBase")}</p>}
      <ul className="steps" aria-label={t("difference")}>
        {changes?.map((change, i) => (
          <li key={i}>
            <strong>{change.owner}</strong> <Tag color={change.what === "added" ? "green" : change.what === "removed" ? "red" : "gold"}>{t(words[change.what])}</Tag>
            {change.then !== undefined && <div><span className="soft">{t("then")}</span> <del><code>{change.then}</code></del></div>}
            {change.now !== undefined && <div><span className="soft">{t("now")}</span> <ins><code>{change.now}</code></ins></div>}
          </li>
        ))}
      </ul>
    </>
  );
}
