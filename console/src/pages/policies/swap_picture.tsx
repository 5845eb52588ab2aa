// The swap set drawn: a square of those who were decided, cut by what the one and the other policy say.
import { useNumber } from "../../parts/values";
import { useWords } from "../../words/said";
import { applications, approved, type Swap } from "./backtest_sum";
import { policyWords } from "./words";

const side = 320;
const least = 26; // a cell that holds anybody is at least this wide, so that it can be read

export function SwapPicture({ swap }: { swap: Swap }) {
  const t = useWords(policyWords);
  const number = useNumber();
  const all = applications(swap);
  if (all === 0) return null;
  const parts = [
    { name: t("approvedBoth"), count: swap.both.applications, fill: "var(--swap-both)" },
    { name: t("swappedOut"), count: swap.only_policy.applications, fill: "url(#swap-out)" },
    { name: t("swappedIn"), count: swap.only_against.applications, fill: "url(#swap-in)" },
    { name: t("refusedBoth"), count: swap.neither.applications, fill: "var(--swap-neither)" },
  ].filter((part) => part.count > 0);
  const spare = side - least * parts.length;
  let x = 0;
  const drawn = parts.map((part) => {
    const width = least + (spare * part.count) / all;
    const at = { ...part, x, width };
    x += width;
    return at;
  });
  const said = `${t("swapTitle")}: ${parts.map((part) => `${part.name} ${number(part.count)}`).join(", ")}. ${t("champion")} ${number(approved(swap, "policy").applications)}, ${t("draft")} ${number(approved(swap, "against").applications)}.`;
  return (
    <figure className="swap-figure">
      <svg viewBox={`0 0 ${side} ${78 + 17 * drawn.length}`} width="100%" role="img" aria-label={said}>
        <defs>
          <pattern id="swap-out" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect width="6" height="6" className="swap-out" />
            <rect width="2" height="6" className="swap-stroke" />
          </pattern>
          <pattern id="swap-in" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">
            <rect width="6" height="6" className="swap-in" />
            <rect width="2" height="6" className="swap-stroke" />
          </pattern>
        </defs>
        {drawn.map((part) => (
          <rect key={part.name} x={part.x} y={10} width={Math.max(1, part.width - 2)} height={56} style={{ fill: part.fill }} rx={3} />
        ))}
        {drawn.map((part, i) => (
          <g key={part.name} transform={`translate(0 ${84 + i * 17})`}>
            <rect width={12} height={12} y={-10} style={{ fill: part.fill }} rx={2} />
            <text x={18} className="swap-text">{part.name}</text>
            <text x={side - 2} textAnchor="end" className="swap-text">{number(part.count)}</text>
          </g>
        ))}
      </svg>
    </figure>
  );
}
