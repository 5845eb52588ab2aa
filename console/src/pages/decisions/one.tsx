// One decision on one page: what a customer-service person reads out stands first, the proofs below it.
import { PrinterOutlined } from "@ant-design/icons";
import { Alert, Button, Tag } from "antd";
import { useState } from "react";
import { Link, useParams } from "react-router-dom";
import { ask } from "../../api/client";
import { useKnows } from "../../api/openapi";
import { asProblem, type Problem } from "../../api/problem";
import { useMay } from "../../api/session";
import { useAsk } from "../../api/use_ask";
import { PlainTable } from "../../parts/chart";
import { Loaded } from "../../parts/loaded";
import { ProblemNote } from "../../parts/problem_note";
import { DigestText, When, useNumber } from "../../parts/values";
import { VerbForm } from "../../parts/verb_form";
import { useTell } from "../../shell/live";
import { useLanguage, useWords } from "../../words/said";
import { ModelBars } from "./model_bars";
import { Outcome } from "./outcome";
import { PolicyTable } from "./policy_table";
import type { Decision } from "./shapes";
import { words } from "./words";

export function DecisionPage() {
  const t = useWords(words);
  const language = useLanguage();
  const { id = "" } = useParams();
  const asked = useAsk<Decision>("decision", "show", { id, language });
  return (
    <div className="page decision-page">
      <Loaded from={asked}>{(decision) => <Shown decision={decision} again={asked.again} />}</Loaded>
      {asked.problem && <Link to="/decisions">{t("back")}</Link>}
    </div>
  );
}

function Shown({ decision, again }: { decision: Decision; again: () => void }) {
  const t = useWords(words);
  const may = useMay();
  const knows = useKnows();
  return (
    <>
      <div className="page-head">
        <h1>
          {t("one")} <Outcome value={decision.outcome} />
        </h1>
        <span className="soft">
          {decision.use_case} · <When at={decision.at} seconds /> · <DigestText value={decision.id} length={36} />
        </span>
        <span className="stretch" />
        <span className="no-print">
          {knows("decision", "replay") && may("decision.replay") && <Replay id={decision.id} />}{" "}
          <Button size="small" icon={<PrinterOutlined />} onClick={() => window.print()}>
            {t("print")}
          </Button>{" "}
          <Link to="/decisions">{t("back")}</Link>
        </span>
      </div>
      <div className="decision">
        <div className="decision-main">
          <section className="card read-out" aria-label={t("forPeople")}>
            <h2>{decision.outcome_words || t("forPeople")}</h2>
            <p>{decision.summary}</p>
            <h3>{t("why")}</h3>
            {decision.reasons.length === 0 ? (
              <p className="soft">{t("noReasons")}</p>
            ) : (
              <ol>
                {decision.reasons.map((reason) => (
                  <li key={reason.code}>
                    {reason.words} <small className="soft">({reason.code}, {reason.source})</small>
                  </li>
                ))}
              </ol>
            )}
          </section>
          <section className="card" aria-label={t("path")}>
            <h2>{t("path")}</h2>
            <p className="soft">{t("pathHelp")}</p>
            {decision.path.map((table) => (
              <PolicyTable key={table.name} table={table} />
            ))}
          </section>
          {decision.models.map((model) => (
            <section className="card" key={model.name} aria-label={`${t("models")}: ${model.name}`}>
              <h2>
                {t("models")}: {model.name}
              </h2>
              <ModelBars model={model} />
            </section>
          ))}
          <section className="card" aria-label={t("facts")}>
            <h2>{t("facts")}</h2>
            {decision.facts_state === "erased" && <Alert type="info" message={t("erased")} />}
            <PlainTable
              caption={t("facts")}
              columns={[t("fact"), t("value"), t("meaning")]}
              rows={decision.facts.map((fact) => [
                <code key="n">{fact.name}</code>,
                fact.shown === "plain" ? fact.value : <Tag key="v">{t(fact.shown === "sealed" ? "sealed" : "masked")}</Tag>,
                <span key="h" className="soft">{fact.help}</span>,
              ])}
            />
          </section>
        </div>
        <div className="decision-side">
          <Reviews decision={decision} again={again} />
          <Subject decision={decision} />
          <Proofs decision={decision} />
        </div>
      </div>
    </>
  );
}

function Replay({ id }: { id: string }) {
  const t = useWords(words);
  const tell = useTell();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [answer, setAnswer] = useState<{ identical: boolean; erased: boolean; difference: string; words: string; at: string }>();
  const run = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      const came = await ask<NonNullable<typeof answer>>("decision", "replay", { id });
      setAnswer(came);
      tell(came.identical ? t("identical") : came.erased ? t("notReplayable") : t("different"));
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      {answer && (
        <Tag color={answer.identical ? "green" : answer.erased ? "default" : "red"} style={{ whiteSpace: "normal" }}>
          {answer.identical ? t("identical") : answer.erased ? t("notReplayable") : `${t("different")} ${answer.difference}`}{" "}
          <When at={answer.at} seconds />
        </Tag>
      )}
      {problem && <ProblemNote problem={problem} />}
      <Button size="small" loading={busy} onClick={run}>
        {t("replay")}
      </Button>
    </>
  );
}

function Reviews({ decision, again }: { decision: Decision; again: () => void }) {
  const t = useWords(words);
  const may = useMay();
  const [open, setOpen] = useState(false);
  return (
    <section className="card" aria-label={t("reviews")}>
      <h2>{t("reviews")}</h2>
      {decision.reviews.length === 0 && <p className="soft">{t("noReviews")}</p>}
      {decision.reviews.map((review) => (
        <div key={review.number} className="review">
          <Tag color={review.verdict === "confirm" ? "green" : review.verdict === "change" ? "gold" : "red"}>{review.verdict}</Tag>
          {review.outcome && <Outcome value={review.outcome} />}
          <p>{review.why}</p>
          <small className="soft">
            {review.by}, <When at={review.at} />
          </small>
        </div>
      ))}
      {may("decision.review") &&
        (open ? (
          <VerbForm
            noun="decision"
            verb="review"
            fixed={{ id: decision.id }}
            only={["verdict", "outcome", "why"]}
            labels={{ verdict: words.verdict, outcome: words.rightOutcome, why: words.why }}
            onDone={() => {
              setOpen(false);
              again();
            }}
          />
        ) : (
          <Button className="no-print" size="small" onClick={() => setOpen(true)}>
            {t("review")}
          </Button>
        ))}
    </section>
  );
}

function Subject({ decision }: { decision: Decision }) {
  const t = useWords(words);
  const may = useMay();
  const knows = useKnows();
  const shown = (verb: string) => knows("subject", verb) && may(`subject.${verb}`);
  if (!shown("explain") && !shown("request") && !shown("data")) return null;
  return (
    <section className="card no-print" aria-label={t("subject")}>
      <ul className="plain-list">
        {shown("explain") && (
          <li>
            <Link to={`/subjects/letter/${decision.id}`}>{t("letter")}</Link>
          </li>
        )}
        {shown("request") && (
          <li>
            <Link to={`/subjects?entity=${decision.entity}&decision=${decision.id}`}>{t("request")}</Link>
          </li>
        )}
        {shown("data") && (
          <li>
            <Link to={`/subjects/of/${decision.entity}`}>{t("subject")}</Link>
          </li>
        )}
      </ul>
    </section>
  );
}

function Proofs({ decision }: { decision: Decision }) {
  const t = useWords(words);
  const number = useNumber();
  const { permit, chain } = decision;
  return (
    <>
      <section className="card" aria-label={t("outputsTitle")}>
        <h2>{t("outputsTitle")}</h2>
        <dl className="pairs">
          {decision.outputs.map((output) => (
            <Pair key={output.name} name={output.name}>
              {output.value}
            </Pair>
          ))}
        </dl>
      </section>
      <section className="card" aria-label={t("allowed")}>
        <h2>{t("allowed")}</h2>
        <dl className="pairs">
          <Pair name={t("permit")}>
            <DigestText value={permit.digest} />
          </Pair>
          <Pair name={t("tier")}>{permit.tier}</Pair>
          <Pair name={t("author")}>{permit.author}</Pair>
          <Pair name={t("signedBy")}>
            {permit.signed_by.map((signature) => (
              <div key={signature.person}>
                {signature.person}, <When at={signature.at} />
              </div>
            ))}
          </Pair>
          <Pair name={t("expires")}>
            <When at={permit.expires_at} />
          </Pair>
          <Pair name={t("build")}>{permit.build}</Pair>
          {permit.conditions && <Pair name={t("conditions")}>{permit.conditions}</Pair>}
          {permit.thresholds.map((threshold) => (
            <Pair key={threshold.name} name={threshold.name}>
              {threshold.value}
            </Pair>
          ))}
          <Pair name={t("arm")}>{decision.arm}</Pair>
          <Pair name={t("human")}>{decision.human}</Pair>
          <Pair name={t("caller")}>{decision.caller}</Pair>
          <Pair name={t("entity")}>
            <DigestText value={decision.entity} length={13} />
          </Pair>
        </dl>
      </section>
      <section className="card" aria-label={t("cost")}>
        <h2>{t("cost")}</h2>
        <dl className="pairs">
          <Pair name={t("cpu")}>{number(decision.cpu_ns / 1000, 1)} µs</Pair>
          <Pair name={t("overhead")}>{number(decision.overhead_ns / 1000, 1)} µs</Pair>
        </dl>
      </section>
      <section className="card" aria-label={t("chain")}>
        <h2>{t("chain")}</h2>
        <p>{t("node", { node: chain.node, number: chain.number })}</p>
        <dl className="pairs">
          <Pair name={t("link")}>
            <DigestText value={chain.link} />
          </Pair>
          {chain.link_before && (
            <Pair name={t("linkBefore")}>
              <DigestText value={chain.link_before} />
            </Pair>
          )}
        </dl>
        <small className="soft">
          {t("readAt")} <When at={decision.read_at} seconds />
        </small>
      </section>
      {decision.shadows.length > 0 && (
        <section className="card" aria-label={t("shadows")}>
          <h2>{t("shadows")}</h2>
          {decision.shadows.map((shadow) => (
            <p key={shadow.id}>
              <DigestText value={shadow.permit} /> <Outcome value={shadow.outcome} /> {t(shadow.agrees ? "agrees" : "differs")}
            </p>
          ))}
        </section>
      )}
      {decision.labels.length > 0 && (
        <section className="card" aria-label={t("labels")}>
          <h2>{t("labels")}</h2>
          {decision.labels.map((label) => (
            <p key={label.name}>
              {label.name}: {t(label.value === 1 ? "happened" : "notHappened")}{" "}
              <small className="soft">
                {t("known")} <When at={label.known_at} />
              </small>
            </p>
          ))}
        </section>
      )}
    </>
  );
}

function Pair({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
