// The 45 blocks as a table of buttons: value, word and colour say the same.
import { useNavigate } from "react-router-dom";
import { say, useLanguage, useSaid, useWords } from "../../words/said";
import { measureText, type Cell, type HeatMap, type Measure } from "./shapes";
import { words } from "./words";

// 0 to 1: how strongly a cell is coloured. Measures that differ by powers of ten are compared by their logarithm.
export function strengthOf(measure: Measure, value: number | undefined, greatest: number): number {
  if (value === undefined || value <= 0 || greatest <= 0) return 0;
  if (measure === "risk") return Math.min(1, value / 9);
  if (greatest <= 10) return value / greatest;
  return Math.log1p(value) / Math.log1p(greatest);
}

const levels = { none: "riskNone", low: "riskLow", medium: "riskMedium", high: "riskHigh" } as const;

export function HeatGrid({ map }: { map: HeatMap }) {
  const t = useWords(words);
  const said = useSaid();
  const language = useLanguage();
  const navigate = useNavigate();
  const greatest = Math.max(0, ...map.cells.map((cell) => cell.value ?? 0));
  const byPlace = new Map(map.cells.map((cell) => [cell.domain + cell.kind, cell]));
  const textOf = (cell: Cell): string => {
    if (map.measure === "risk") return cell.risk.score > 0 ? `${cell.risk.score} · ${t(levels[cell.risk.level] ?? "riskNone")}` : "–";
    return cell.value === undefined ? "–" : measureText(map.measure, cell.value, map.currency, language);
  };
  return (
    <div className="scroll heat-scroll" tabIndex={0} role="region" aria-label={t("heatMap")}>
      <table className="heat" data-measure={map.measure}>
        <caption className="only-heard">
          {t("heatMap")}: {t(map.measure)}. {t("heatHelp")}
        </caption>
        <thead>
          <tr>
            <th scope="col">
              <span className="only-heard">{t("domain")}</span>
            </th>
            {map.kinds.map((kind) => (
              <th key={kind.key} scope="col">
                <span className="soft">{kind.key}</span> {said(kind)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {map.domains.map((domain) => (
            <tr key={domain.key}>
              <th scope="row">
                <span className="soft">{domain.key}</span> {said(domain)}
              </th>
              {map.kinds.map((kind) => {
                const cell = byPlace.get(domain.key + kind.key);
                if (!cell) return <td key={kind.key} />;
                const strength = strengthOf(map.measure, cell.value, greatest);
                const empty = cell.use_cases.length === 0 && (cell.value ?? 0) === 0;
                const text = textOf(cell);
                return (
                  <td key={kind.key}>
                    <button
                      type="button"
                      className={empty ? "heat-cell heat-empty" : "heat-cell"}
                      style={{ "--strength": `${Math.round(strength * 100)}%` } as React.CSSProperties}
                      onClick={() => navigate(`/blocks/${cell.block}`)}
                      aria-label={`${cell.block} ${said(cell)}: ${empty ? t("noUse") : `${t(map.measure)} ${text}`}, ${t("tier", { tier: cell.tier })}`}
                      title={`${cell.block} · ${said(cell)} · ${say(language, words.tier, { tier: cell.tier })}`}
                    >
                      <span className="heat-name">{said(cell)}</span>
                      <span className="heat-value">{empty ? "·" : text}</span>
                    </button>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
