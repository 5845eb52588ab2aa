import { useAsk } from "../../api/use_ask";
import { Loaded } from "../../parts/loaded";
import { Figure, useNumber } from "../../parts/values";
import { useWords } from "../../words/said";
import { words } from "./words";

type Answer = {
  use_case: string;
  rate: number;
  daily_max: number;
  explored: number;
  explored_today: number;
  matured: number;
  bad: number;
  bad_rate?: number;
  bad_rate_low?: number;
  bad_rate_high?: number;
  model_rate?: number;
  verdict: string;
  at: string;
};

export function Exploration({ useCase }: { useCase: string }) {
  const t = useWords(words);
  const number = useNumber();
  const asked = useAsk<Answer>("promotion", "exploration", { use_case: useCase });
  const percent = (share: number | undefined) => (share === undefined ? "–" : `${number(share * 100, 2)} %`);
  return (
    <div style={{ marginBottom: 12 }}>
      <h3>{useCase}</h3>
      <Loaded from={asked}>
        {(answer) => (
          <div className="figures">
            <Figure label={t("rate")} value={percent(answer.rate)} at={answer.at} />
            <Figure label={t("dailyMax")} value={number(answer.daily_max)} />
            <Figure label={t("explored")} value={number(answer.explored)} />
            <Figure label={t("badRate")} value={percent(answer.bad_rate)} note={`${percent(answer.bad_rate_low)} – ${percent(answer.bad_rate_high)}`} />
            <Figure label={t("modelRate")} value={percent(answer.model_rate)} note={answer.verdict} />
          </div>
        )}
      </Loaded>
    </div>
  );
}
