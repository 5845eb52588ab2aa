// A name beside an entry of a list, with the parts that matched marked in both, and what speaks for and against it.
import { Tag } from "antd";
import { MarkedName, type NamePart } from "../../parts/marked_name";
import { DigestText, Ppm, ppmText } from "../../parts/values";
import { useCode } from "../../words/codes";
import { useLanguage, useWords } from "../../words/said";
import { words } from "./words";

export type MatchPart = { query_begin: number; query_end: number; entry_begin: number; entry_end: number; likeness_ppm: number; how: string };
export type MatchView = {
  list: string;
  entry: string;
  entry_digest: string;
  kind: string;
  name: string;
  main_name: string;
  posterior_ppm: number;
  name_ppm: number;
  parts: MatchPart[];
  for_it: string[];
  against_it: string[];
  born?: string;
  born_year_only: boolean;
  countries: string[];
  programme: string;
  remembered?: { verdict: string; by: string; why: string; at: string };
  match?: string;
};
export type PartyView = { party: string; name: string; kind: string; born?: string; country: string };

const ways = ["spelling", "joined", "split", "romanised", "initial", "sound"] as const;

export function useHow(): (how: string) => string {
  const t = useWords(words);
  return (how) => (how === "same" ? t("same_how") : (ways as readonly string[]).includes(how) ? t(how as (typeof ways)[number]) : how);
}

export function MatchShown({ query, match }: { query: string; match: MatchView }) {
  const t = useWords(words);
  const how = useHow();
  const language = useLanguage();
  const code = useCode();
  const say = (part: NamePart) => t("likeness", { how: how(part.how), ppm: ppmText(part.likeness_ppm, language, 0) });
  const side = (begin: "query_begin" | "entry_begin", end: "query_end" | "entry_end"): NamePart[] =>
    match.parts.map((part) => ({ begin: part[begin], end: part[end], likeness_ppm: part.likeness_ppm, how: part.how }));
  return (
    <div className="match">
      <dl className="pairs">
        <dt>{t("screened")}</dt>
        <dd>
          <MarkedName name={query} parts={side("query_begin", "query_end")} say={say} />
        </dd>
        <dt>{t("listed")}</dt>
        <dd>
          <MarkedName name={match.name} parts={side("entry_begin", "entry_end")} say={say} />{" "}
          {match.main_name !== match.name && <span className="soft">({t("alsoCalled", { name: match.main_name })})</span>}
        </dd>
        <dt>{t("hows")}</dt>
        <dd>
          {match.parts.map((part, i) => (
            <Tag key={i}>
              {how(part.how)} <Ppm value={part.likeness_ppm} digits={0} />
            </Tag>
          ))}
        </dd>
        <dt>{t("posterior")}</dt>
        <dd>
          <b>
            <Ppm value={match.posterior_ppm} />
          </b>{" "}
          <span className="soft">{t("nameAlone", { ppm: ppmText(match.name_ppm, language) })}</span>
        </dd>
        <dt>{t("list")}</dt>
        <dd>
          {match.list} · {match.entry} · {code(match.kind)} · {match.programme || "–"} · <DigestText value={match.entry_digest} />
        </dd>
        <dt>{t("born")}</dt>
        <dd>{match.born ? (match.born_year_only ? match.born.slice(0, 4) : match.born) : "–"}</dd>
        <dt>{t("country")}</dt>
        <dd>{match.countries.join(", ") || "–"}</dd>
        {match.for_it.length > 0 && (
          <>
            <dt>{t("speaksFor")}</dt>
            <dd>
              {match.for_it.map((one) => (
                <Tag key={one} color="red">
                  + {code(one)}
                </Tag>
              ))}
            </dd>
          </>
        )}
        {match.against_it.length > 0 && (
          <>
            <dt>{t("speaksAgainst")}</dt>
            <dd>
              {match.against_it.map((one) => (
                <Tag key={one} color="green">
                  − {code(one)}
                </Tag>
              ))}
            </dd>
          </>
        )}
      </dl>
      {match.remembered && <p className="soft">{t("remembered", { who: match.remembered.by, why: match.remembered.why })}</p>}
    </div>
  );
}
