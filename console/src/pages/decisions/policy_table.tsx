// A decision table as its author wrote it, with the rules that fired marked by colour, by a sign and in words.
import { Tag } from "antd";
import { useWords } from "../../words/said";
import type { Table } from "./shapes";
import { words } from "./words";

export function PolicyTable({ table }: { table: Table }) {
  const t = useWords(words);
  return (
    <figure className="chart-figure" style={{ marginBottom: 14 }}>
      <figcaption>
        <span>
          {table.name} <Tag>{table.hit_policy}</Tag>
        </span>
        {table.rules.length < table.rules_total && <small className="soft">{t("rulesShown", { shown: table.rules.length, total: table.rules_total })}</small>}
      </figcaption>
      {table.in_words.length > 0 && (
        <ul className="faults">
          {table.in_words.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      <div className="scroll rule-scroll" tabIndex={0} role="region" aria-label={table.name}>
        <table className="plain rules">
          <caption className="only-heard">{table.name}</caption>
          <thead>
            <tr>
              <th scope="col">#</th>
              {table.inputs.map((input, i) => (
                <th key={`i${i}`} scope="col">
                  <small className="soft">{t("inputs")}</small> <code>{input}</code>
                </th>
              ))}
              {table.outputs.map((output, i) => (
                <th key={`o${i}`} scope="col" className="rule-output">
                  <small className="soft">{t("outputs")}</small> <code>{output}</code>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rules.map((rule) => (
              <tr key={rule.number} className={rule.hit ? "rule-hit" : undefined} data-hit={rule.hit || undefined}>
                <th scope="row" className="number">
                  {rule.hit && (
                    <>
                      <span aria-hidden="true">▶ </span>
                      <span className="only-heard">{t("hit")} </span>
                    </>
                  )}
                  {rule.number}
                </th>
                {rule.cells.map((cell, i) => (
                  <td key={i} className={i >= table.inputs.length ? "rule-output" : undefined}>
                    <code>{cell}</code>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}
