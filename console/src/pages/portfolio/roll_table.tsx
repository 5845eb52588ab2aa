// Roll rates as a table whose cells are shaded by their share; the number is always there.
import { useNumber } from "../../parts/values";
import { useWords } from "../../words/said";
import { lendingWords } from "./words";
import type { Roll } from "./view";

export function RollTable({ rolls, monthEnd }: { rolls: readonly Roll[]; monthEnd: string }) {
  const t = useWords(lendingWords);
  const number = useNumber();
  const order = (name: string) => (name.startsWith("M") ? Number(name.slice(1).replace("+", "")) : name === "closed" ? 90 : 91);
  const from = [...new Set(rolls.map((one) => one.from))].sort((a, b) => order(a) - order(b));
  const to = [...new Set(rolls.map((one) => one.to))].sort((a, b) => order(a) - order(b));
  const shown = (name: string) => (name === "closed" ? t("closed") : name === "charged_off" ? t("charged_off") : name);
  const title = t("rolls", { date: monthEnd });
  return (
    <figure className="chart-figure">
      <figcaption>{title}</figcaption>
      <p className="soft">{t("rollsHelp")}</p>
      <div className="scroll" tabIndex={0} role="region" aria-label={title}>
        <table className="plain">
          <caption className="only-heard">{title}</caption>
          <thead>
            <tr>
              <th scope="col">{t("fromTo")}</th>
              {to.map((name) => <th scope="col" className="number" key={name}>{shown(name)}</th>)}
              <th scope="col" className="number">{t("loans")}</th>
            </tr>
          </thead>
          <tbody>
            {from.map((row) => {
              const cells = rolls.filter((one) => one.from === row);
              return (
                <tr key={row}>
                  <th scope="row">{shown(row)}</th>
                  {to.map((column) => {
                    const cell = cells.find((one) => one.to === column);
                    const rate = Number(cell?.rate ?? 0);
                    return (
                      <td key={column} className="number" style={{ background: rate > 0 ? `color-mix(in srgb, var(--hit) ${Math.round(20 + 80 * rate)}%, transparent)` : undefined }}>
                        {cell && rate > 0 ? `${number(100 * rate, 1)} %` : "–"}
                      </td>
                    );
                  })}
                  <td className="number">{number(cells.reduce((sum, one) => sum + one.loans, 0))}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </figure>
  );
}
