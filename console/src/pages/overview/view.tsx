// The overview: the heat map, what waits for this person, how the machine stands.
import { Alert, Segmented, Select, Tag } from "antd";
import { useMemo, useState } from "react";
import { Link } from "react-router-dom";
import { useKnows } from "../../api/openapi";
import { useMay } from "../../api/session";
import { useAsk } from "../../api/use_ask";
import { Loaded } from "../../parts/loaded";
import { Figure, useNumber, When, whenText } from "../../parts/values";
import { useLanguage, useSaid, useWords } from "../../words/said";
import { HeatGrid } from "./heat_grid";
import { costText, cpuText, matterLink, measures, ranges, startOf, type HeatMap, type Measure, type Range, type Summary, type Today } from "./shapes";
import { words } from "./words";

export default function Overview() {
  const t = useWords(words);
  const may = useMay();
  const knows = useKnows();
  return (
    <div className="page">
      <h1>{t("title")}</h1>
      <div className="overview">
        {knows("heatmap", "show") && may("heatmap.show") && <Map />}
        <div className="overview-side">
          {knows("today", "show") && may("today.show") && <TodayCard />}
          {knows("heatmap", "summary") && may("heatmap.summary") && <SummaryCard />}
        </div>
      </div>
    </div>
  );
}

function Map() {
  const t = useWords(words);
  const [measure, setMeasure] = useState<Measure>("calls");
  const [range, setRange] = useState<Range>("day");
  const from = useMemo(() => startOf(range), [range]);
  const asked = useAsk<HeatMap>("heatmap", "show", { measure, from }, { everyMs: 60_000 });
  return (
    <section className="card overview-map" aria-label={t("heatMap")}>
      <div className="page-head">
        <h2 style={{ margin: 0 }}>{t("heatMap")}</h2>
        <span className="stretch" />
        <Select<Measure>
          aria-label={t("measure")}
          value={measure}
          onChange={setMeasure}
          options={measures.map((value) => ({ value, label: t(value) }))}
          style={{ minWidth: 140 }}
          size="small"
        />
        <Segmented<Range>
          aria-label={t("range")}
          size="small"
          value={range}
          onChange={setRange}
          options={(Object.keys(ranges) as Range[]).map((value) => ({ value, label: t(value) }))}
        />
      </div>
      <Loaded from={asked}>
        {(map) => (
          <>
            <HeatGrid map={map} />
            <Attribution map={map} />
          </>
        )}
      </Loaded>
    </section>
  );
}

// What the process used, and who for: the three parts add up to the whole.
function Attribution({ map }: { map: HeatMap }) {
  const t = useWords(words);
  const said = useSaid();
  const language = useLanguage();
  const alarm = map.unattributed_ppm > 20_000;
  return (
    <div className="attribution">
      <span>
        {t("process")} <b className="number">{cpuText(map.process_cpu_ns, language)}</b> = {t("attributed")}{" "}
        <b className="number">{cpuText(map.cells_cpu_ns, language)}</b> + {t("own")}{" "}
        <b className="number" title={map.activities.map((a) => `${said(a) || a.name}: ${cpuText(a.use.cpu_ns, language)}`).join("\n")}>
          {cpuText(map.activities_cpu_ns, language)}
        </b>{" "}
        + {t("unattributed")} <b className="number">{cpuText(map.unattributed_cpu_ns, language)}</b> ({(map.unattributed_ppm / 10_000).toFixed(2)} %)
      </span>
      <span className="soft">
        <When at={map.from} /> – <When at={map.at} />
      </span>
      {alarm && <Alert type="error" showIcon message={t("unattributedAlarm")} />}
    </div>
  );
}

const severities = { 1: ["red", "severity1"], 2: ["gold", "severity2"], 3: ["default", "severity3"] } as const;

function TodayCard() {
  const t = useWords(words);
  const said = useSaid();
  const language = useLanguage();
  const asked = useAsk<Today>("today", "show", { limit: 50 }, { everyMs: 60_000 });
  return (
    <section className="card" aria-label={t("today")}>
      <h2>{t("today")}</h2>
      <Loaded from={asked}>
        {(today) =>
          today.matters.length === 0 ? (
            <p className="soft">{t("nothingToday")}</p>
          ) : (
            <ul className="matters">
              {today.matters.map((matter) => {
                const [color, key] = severities[matter.severity as 1 | 2 | 3] ?? severities[3];
                const kind = `matter_${matter.kind}`;
                return (
                  <li key={`${matter.kind} ${matter.id}`}>
                    <Tag color={color}>{t(key)}</Tag>
                    <span>
                      <Link to={matterLink(matter)}>
                        <b>{kind in words ? t(kind as keyof typeof words) : matter.kind}</b>: {said(matter)}
                      </Link>{" "}
                      <small className="soft">
                        {matter.use_case} · {t("since", { when: whenText(matter.since, language) })}
                      </small>
                    </span>
                  </li>
                );
              })}
            </ul>
          )
        }
      </Loaded>
    </section>
  );
}

function SummaryCard() {
  const t = useWords(words);
  const said = useSaid();
  const language = useLanguage();
  const number = useNumber();
  const asked = useAsk<Summary>("heatmap", "summary");
  return (
    <section className="card" aria-label={t("summary")}>
      <h2>{t("summary")}</h2>
      <Loaded from={asked}>
        {(s) => (
          <>
            <div className="figures">
              <Figure label={t("headroom")} value={`${number(s.headroom_ppm / 10_000, 1)} %`} unit={t("headroomUnit", { cores: s.cores })} />
              <Figure label={t("concentration")} value={number(s.herfindahl_ppm / 1_000_000, 2)} unit={t("concentrationUnit")} />
              <Figure label={t("decisions")} value={number(s.decisions)} />
              {s.cost_per_decision_nano !== undefined && (
                <Figure label={t("costPerDecision")} value={costText(s.cost_per_decision_nano, s.currency, language)} />
              )}
              {s.override_rate_ppm !== undefined && <Figure label={t("overrides")} value={`${number(s.override_rate_ppm / 10_000, 2)} %`} />}
            </div>
            <h3>{t("forecast")}</h3>
            <p>{said(s.forecast)}</p>
            {s.top.length > 0 && (
              <>
                <h3>{t("topThree")}</h3>
                <ul className="faults">
                  {s.top.map((one) => (
                    <li key={one.name}>
                      {one.name} <span className="soft number">{number(one.share_ppm / 10_000, 1)} %</span>
                    </li>
                  ))}
                </ul>
              </>
            )}
            <small className="soft">
              <When at={s.from} /> – <When at={s.at} />
            </small>
          </>
        )}
      </Loaded>
    </section>
  );
}
