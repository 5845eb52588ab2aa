// What a proposed permit changes of the one in force: thresholds, rows of tables, models with their figures.
import { useLanguage, useWords } from "../../words/said";
import { PlainTable } from "../../parts/chart";
import { DigestText } from "../../parts/values";
import type { Difference, ProposalShown } from "./shapes";
import { words } from "./words";

export function DifferenceShown({ shown }: { shown: ProposalShown }) {
  const t = useWords(words);
  const language = useLanguage();
  const { difference } = shown;
  const said = language === "zh" ? shown.in_words_zh : shown.in_words;
  const sentences = Array.isArray(said) ? said : said ? said.split("\n").filter((line) => line.trim() !== "") : [];
  if (difference.none) return <p>{t("noDifference")}</p>;
  return (
    <>
      {sentences.length > 0 && (
        <ul className="faults difference-words">
          {sentences.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      )}
      {difference.thresholds.length > 0 && (
        <>
          <h3>{t("thresholds")}</h3>
          <PlainTable caption={t("thresholds")} columns={["", t("then"), t("now")]} rows={difference.thresholds.map((x) => [x.name, <Old key="o" text={x.then} />, <New key="n" text={x.now} />])} />
        </>
      )}
      <Tables tables={difference.tables} />
      {difference.expressions.length > 0 && (
        <>
          <h3>{t("expressions")}</h3>
          <PlainTable caption={t("expressions")} columns={["", t("then"), t("now")]} rows={difference.expressions.map((x) => [x.decision, <Old key="o" text={x.then} />, <New key="n" text={x.now} />])} />
        </>
      )}
      {difference.models.map((model) => (
        <div key={model.name}>
          <h3>
            {t("models")}: {model.name}
          </h3>
          <PlainTable
            caption={model.name}
            columns={["", t("then"), t("now")]}
            rows={[
              ["SHA-256", <DigestText key="o" value={model.then} />, <DigestText key="n" value={model.now} />],
              ["", model.kind_then, model.kind_now],
              ...model.figures.map((figure) => [figure.name, figure.then ?? "–", figure.now ?? "–"]),
            ]}
          />
        </div>
      ))}
      {difference.other.length > 0 && (
        <>
          <h3>{t("other")}</h3>
          <ul className="faults">
            {difference.other.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function Tables({ tables }: { tables: Difference["tables"] }) {
  const t = useWords(words);
  return (
    <>
      {tables.map((table) => (
        <div key={table.decision}>
          <h3>
            {t("tables")}: {table.decision} <span className="soft">({table.what})</span>
          </h3>
          <PlainTable
            caption={table.decision}
            columns={["", t("then"), t("now")]}
            rows={[
              ...table.rows_changed.map((row) => [`${t("changed")} ${row.number_then === row.number_now ? row.number_now : `${row.number_then} → ${row.number_now}`}`, <Old key="o" text={row.then} />, <New key="n" text={row.now} />]),
              ...table.rows_added.map((row) => [`${t("added")} ${row.number}`, "", <New key="n" text={row.row} />]),
              ...table.rows_removed.map((row) => [`${t("removed")} ${row.number}`, <Old key="o" text={row.row} />, ""]),
            ]}
          />
        </div>
      ))}
    </>
  );
}

function Old({ text }: { text?: string }) {
  return text === undefined ? <span>–</span> : <del className="difference-old">{text}</del>;
}
function New({ text }: { text?: string }) {
  return text === undefined ? <span>–</span> : <ins className="difference-new">{text}</ins>;
}
