// A policy as text, where there is no room to draw: each decision with its rules as sentences.
import { useMemo } from "react";
import { asProblem } from "../../api/problem";
import { ProblemNote } from "../../parts/problem_note";
import { readingOf } from "./difference";

export default function Reading({ text }: { text: string }) {
  const read = useMemo(() => {
    try {
      return { parts: readingOf(text) };
    } catch (error) {
      return { problem: asProblem(error) };
    }
  }, [text]);
  if (read.problem) return <ProblemNote problem={read.problem} />;
  return (
    <>
      {read.parts?.map(({ owner, parts }) => (
        <section key={owner}>
          <h3>{owner}</h3>
          <ul className="steps">
            {parts.map((part, i) => (
              <li key={i}><code>{part}</code></li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}
