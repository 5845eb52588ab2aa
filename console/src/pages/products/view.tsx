// Products in force, their terms as declared, and what a loan of one would look like.
import { Button, Space } from "antd";
import { useState } from "react";
import { Link, useNavigate } from "react-router-dom";
import { useMay } from "../../api/session";
import { useAsk } from "../../api/use_ask";
import { Loaded } from "../../parts/loaded";
import { Figure, moneyText, useNumber, When } from "../../parts/values";
import { VerbForm } from "../../parts/verb_form";
import { useLanguage, useWords } from "../../words/said";
import { lendingWords } from "../portfolio/words";
import { ScheduleChart, type Instalment } from "./schedule_chart";

export type Product = { product: string; title?: string; use_case: string; permit: string; expires_at: string; declaration: Record<string, unknown> };
type Schedule = { product: string; amount: string; fee: string; interest: string; rate: string; annual_irr: string; method: string; schedule: Instalment[] };

export default function Products() {
  const t = useWords(lendingWords);
  const products = useAsk<{ products: Product[]; at: string }>("lending", "products");
  return (
    <div className="page">
      <h1>{t("products")}</h1>
      <p className="soft">{t("productsHelp")}</p>
      <Loaded from={products}>{({ products: list }) => (list.length === 0 ? <p>{t("noProducts")}</p> : <>{list.map((one) => <ProductCard key={one.product} product={one} />)}</>)}</Loaded>
    </div>
  );
}

// A declaration's plain parts as pairs, its nested parts by their path.
function pairsOf(value: unknown, path = ""): [string, string][] {
  if (Array.isArray(value)) return [[path, value.map((one) => (typeof one === "object" ? JSON.stringify(one) : String(one))).join(", ")]];
  if (typeof value !== "object" || value === null) return value === null ? [] : [[path, String(value)]];
  return Object.entries(value).flatMap(([name, of]) => pairsOf(of, path === "" ? name : `${path} · ${name}`));
}

function ProductCard({ product }: { product: Product }) {
  const t = useWords(lendingWords);
  const language = useLanguage();
  const number = useNumber();
  const may = useMay();
  const navigate = useNavigate();
  const [schedule, setSchedule] = useState<Schedule>();
  const percent = (rate: string) => `${number(100 * Number(rate), 3)} %`;
  return (
    <section className="card" style={{ marginBottom: 12 }} aria-label={product.product}>
      <h2>{product.title || product.product} <span className="soft">{product.product}</span></h2>
      <Space wrap>
        {may("lending.apply") && <Button type="primary" size="small" onClick={() => navigate(`/apply?product=${product.product}`)}>{t("apply")}</Button>}
        {may("draft.base") && <Link to={`/policies/of/${product.use_case}`}>{t("policy")}</Link>}
        <span className="soft">{t("expires")} <When at={product.expires_at} /></span>
      </Space>
      <div className="cards" style={{ marginTop: 12 }}>
        <details open>
          <summary>{t("terms")}</summary>
          <dl className="pairs">{pairsOf(product.declaration).flatMap(([name, value]) => [<dt key={name}>{name}</dt>, <dd key={`${name}=`}>{value}</dd>])}</dl>
        </details>
        {may("lending.schedule") && (
          <div>
            <h3>{t("calculate")}</h3>
            <VerbForm<Schedule>
              noun="lending"
              verb="schedule"
              fixed={{ product: product.product }}
              only={["amount", "term_months", "rate", "opened_on"]}
              labels={{ amount: ["Amount", "金额"], term_months: ["Months", "期限（月）"], rate: ["Nominal rate, a year", "名义年利率"] }}
              submit={t("calculateButton")}
              onDone={setSchedule}
            />
          </div>
        )}
      </div>
      {schedule && (
        <>
          <div className="cards" style={{ gridTemplateColumns: "repeat(auto-fit, minmax(180px, 1fr))" }}>
            <Figure label={t("amount")} value={moneyText(schedule.amount, language)} />
            <Figure label={t("rate")} value={percent(schedule.rate)} />
            <Figure label={t("irr")} value={percent(schedule.annual_irr)} />
            <Figure label={t("allInterest")} value={moneyText(schedule.interest, language)} />
            <Figure label={t("fee")} value={moneyText(schedule.fee, language)} />
          </div>
          <ScheduleChart schedule={schedule.schedule} />
        </>
      )}
    </section>
  );
}
