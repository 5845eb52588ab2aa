// A name against the lists; possible matches that wait for a person; the lists themselves.
import { Alert, Input, Tag } from "antd";
import { useEffect, useRef, useState } from "react";
import { Link, Route, Routes, useParams } from "react-router-dom";
import { act } from "../../api/client";
import { useKnows } from "../../api/openapi";
import { useMay, useSession } from "../../api/session";
import { useAsk } from "../../api/use_ask";
import { Confirm } from "../../parts/confirm";
import { Loaded } from "../../parts/loaded";
import { PageTabs } from "../../parts/page_tabs";
import { Ppm, When } from "../../parts/values";
import { VerbForm } from "../../parts/verb_form";
import { VerbTable } from "../../parts/verb_table";
import { useCode } from "../../words/codes";
import { useSaid, useWords } from "../../words/said";
import { MatchShown, type MatchView, type PartyView } from "./match";
import { words } from "./words";

export default function Screening() {
  return (
    <Routes>
      <Route index element={<Lists />} />
      <Route path=":id" element={<MatchPage />} />
    </Routes>
  );
}

function Lists() {
  const t = useWords(words);
  const may = useMay();
  const knows = useKnows();
  const shown = (verb: string) => knows("aml", verb) && may(`aml.${verb.replaceAll(" ", ".")}`);
  return (
    <div className="page">
      <h1>{t("title")}</h1>
      <div className="card">
        <PageTabs
          items={[
            ...(shown("screen") ? [{ key: "screen", label: t("screen"), children: <ScreenName /> }] : []),
            { key: "matches", label: t("matches"), children: <Matches /> },
            ...(shown("lists show") ? [{ key: "lists", label: t("lists"), children: <ListVersions /> }] : []),
            ...(shown("parties list") ? [{ key: "parties", label: t("parties"), children: <VerbTable noun="aml" verb="parties list" title={t("parties")} rowKey="party" codes /> }] : []),
          ]}
        />
      </div>
    </div>
  );
}

type Screened = { decision: string; outcome: string; reasons: { code: string; en: string; zh: string }[]; matches: MatchView[]; at: string };

export function OutcomeTag({ value }: { value: string }) {
  return <Tag color={value === "approve" ? "green" : value === "block" ? "red" : "gold"}>{useCode()(value)}</Tag>;
}

function ScreenName() {
  const t = useWords(words);
  const said = useSaid();
  const [answer, setAnswer] = useState<{ name: string; screened: Screened }>();
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    place.current?.scrollIntoView({ block: "start" }); // it stands below the form; newer browsers answer a promise
  }, [answer]);
  return (
    <>
      <p className="soft">{t("screenHelp")}</p>
      <VerbForm<Screened>
        noun="aml"
        verb="screen"
        codes
        only={["name", "kind", "born", "country", "party"]}
        labels={{ name: words.name, kind: words.kind, born: words.born, country: words.country, party: words.party }}
        replace={{ name: <Input autoComplete="off" /> }}
        submit={t("screen")}
        onDone={(screened, input) => setAnswer({ name: String(input.name), screened })}
      />
      {answer && (
        <section ref={place} aria-live="polite" aria-label={t("outcome")}>
          <h2>
            {t("outcome")} <OutcomeTag value={answer.screened.outcome} />
          </h2>
          <p>
            {answer.screened.reasons.map((reason) => said(reason)).join(" ")}{" "}
            {answer.screened.outcome !== "unjudged" && <Link to={`/decisions/${answer.screened.decision}`}>{t("decision")}</Link>}
          </p>
          {answer.screened.matches.length === 0 && <p>{t("nothing")}</p>}
          {answer.screened.matches.map((match) => (
            <section key={`${match.list}/${match.entry}`} className="card">
              <MatchShown query={answer.name} match={match} />
              {match.match && <Link to={`/screening/${match.match}`}>{t("match")}</Link>}
            </section>
          ))}
        </section>
      )}
    </>
  );
}

function Matches() {
  const t = useWords(words);
  return (
    <VerbTable
      noun="aml"
      verb="matches"
      title={t("matches")}
      codes
      start={{ state: "open" }}
      rowKey="match"
      rowTo={(row) => `/screening/${String(row.match)}`}
      labels={{ state: words.state, party: words.party, list: words.list }}
      only={["query_name", "entry_name", "posterior_ppm", "outcome", "state", "list", "entry", "party", "at", "decided_by"]}
      columns={{
        query_name: { title: words.screened },
        entry_name: { title: words.listed },
        posterior_ppm: { title: words.posterior, show: (value) => <Ppm value={Number(value)} /> },
        outcome: { title: words.outcome, show: (value) => <OutcomeTag value={String(value)} /> },
        state: { title: words.state },
        list: { title: words.list },
        entry: { title: words.entry, hidden: true },
        party: { title: words.party },
        at: { title: words.at },
        decided_by: { title: words.decidedBy },
      }}
    />
  );
}

function ListVersions() {
  const t = useWords(words);
  const may = useMay();
  const [turn, setTurn] = useState(0);
  return (
    <>
      <VerbTable noun="aml" verb="lists show" title={t("lists")} turn={turn} rowKey={(row) => `${String(row.list)}/${String(row.version)}`} labels={{ list: words.list }} />
      {may("aml.rescreen") && (
        <>
          <p className="soft">{t("rescreenHelp")}</p>
          <VerbForm noun="aml" verb="rescreen" long submit={t("rescreen")} onDone={() => setTurn((n) => n + 1)} />
        </>
      )}
    </>
  );
}

type MatchAnswer = {
  match: string;
  state: "open" | "proposed" | "same" | "different";
  query: PartyView;
  entry: MatchView;
  decision: string;
  in_case?: string;
  outcome: string;
  reasons: { code: string; en: string; zh: string }[];
  at: string;
  decided_by: string;
  why: string;
  proposed_by: string;
  decided_at?: string;
  entry_changed_since: boolean;
};

function MatchPage() {
  const t = useWords(words);
  const { id = "" } = useParams();
  const asked = useAsk<MatchAnswer>("aml", "match show", { match: id });
  return (
    <div className="page">
      <Loaded from={asked}>{(answer) => <Shown answer={answer} again={asked.again} />}</Loaded>
      {asked.problem && <Link to="/screening?tab=matches">{t("back")}</Link>}
    </div>
  );
}

function Shown({ answer, again }: { answer: MatchAnswer; again: () => void }) {
  const t = useWords(words);
  const said = useSaid();
  const code = useCode();
  const may = useMay();
  return (
    <>
      <div className="page-head">
        <h1>{t("match")}</h1>
        <OutcomeTag value={answer.outcome} />
        <Tag>{code(answer.state)}</Tag>
        <span className="stretch" />
        <Link to="/screening?tab=matches">{t("back")}</Link>
      </div>
      <div className="decision">
        <div className="decision-main">
          <section className="card" aria-label={t("match")}>
            {answer.entry_changed_since && <Alert type="warning" message={t("changed")} />}
            <MatchShown query={answer.query.name} match={answer.entry} />
            <p>
              {answer.reasons.map((reason) => said(reason)).join(" ")} <Link to={`/decisions/${answer.decision}`}>{t("decision")}</Link>{" "}
              {answer.in_case && <Link to={`/cases/${answer.in_case}`}>{t("inCase")}</Link>}
            </p>
          </section>
        </div>
        <div className="decision-side">
          {answer.decided_by && (
            <section className="card">
              <p>
                <b>{code(answer.state)}</b> {answer.why}
              </p>
              <small className="soft">
                {answer.decided_by}, <When at={answer.decided_at} />
              </small>
            </section>
          )}
          {answer.state === "open" && may("aml.match.decide") && <Decide match={answer.match} again={again} />}
          {answer.state === "proposed" && <ConfirmSame answer={answer} again={again} />}
        </div>
      </div>
    </>
  );
}

function Decide({ match, again }: { match: string; again: () => void }) {
  const t = useWords(words);
  const decide = (verdict: "same" | "different") => async (why: string) => {
    await act("aml", "match decide", { match, verdict, why });
    again();
  };
  return (
    <section className="card" aria-label={t("decide")}>
      <h2>{t("decide")}</h2>
      <p className="acts">
        <Confirm label={t("different")} title={t("different")} danger={false} onConfirm={decide("different")}>
          {t("differentHelp")}
        </Confirm>
        <Confirm label={t("same")} title={t("same")} onConfirm={decide("same")}>
          {t("sameHelp")}
        </Confirm>
      </p>
    </section>
  );
}

function ConfirmSame({ answer, again }: { answer: MatchAnswer; again: () => void }) {
  const t = useWords(words);
  const may = useMay();
  const { name } = useSession();
  const confirm = (yes: boolean) => async (why: string) => {
    await act("aml", "match confirm", { match: answer.match, confirm: yes, why });
    again();
  };
  return (
    <section className="card" aria-label={t("confirm")}>
      <p>{t("proposedBy", { who: answer.proposed_by, why: answer.why })}</p>
      {answer.proposed_by === name ? (
        <Alert type="info" message={t("sameHelp")} />
      ) : (
        may("aml.match.confirm") && (
          <p className="acts">
            <Confirm label={t("confirm")} title={t("confirm")} onConfirm={confirm(true)} />
            <Confirm label={t("sendBack")} title={t("sendBack")} danger={false} onConfirm={confirm(false)} />
          </p>
        )
      )}
    </section>
  );
}
