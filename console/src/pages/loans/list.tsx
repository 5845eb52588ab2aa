// Open loans a page at a time, and those of one borrower.
import { Button, Input, Space } from "antd";
import { useState } from "react";
import { Link } from "react-router-dom";
import { useMay } from "../../api/session";
import { useAsk } from "../../api/use_ask";
import { PlainTable } from "../../parts/chart";
import { Loaded } from "../../parts/loaded";
import { Money } from "../../parts/values";
import { VerbTable } from "../../parts/verb_table";
import { useWords } from "../../words/said";
import { lendingWords } from "../portfolio/words";

type Line = { loan: string; product: string; status: string; bucket: string; principal: string; past_due: string; opened_on: string; next_due?: string };

export default function List() {
  const t = useWords(lendingWords);
  const may = useMay();
  const [borrower, setBorrower] = useState("");
  const [asked, setAsked] = useState("");
  const found = useAsk<{ loans: Line[] }>(asked === "" ? null : "lending", "loans", { borrower: asked });
  return (
    <div className="page">
      <h1>{t("loansTitle")}</h1>
      {may("lending.loans") && (
        <>
          <Space.Compact style={{ maxWidth: 460, width: "100%" }}>
            <Input aria-label={t("borrower")} placeholder={t("borrower")} value={borrower} maxLength={128} onChange={(event) => setBorrower(event.target.value)} onPressEnter={() => setAsked(borrower.trim())} />
            <Button type="primary" onClick={() => setAsked(borrower.trim())}>{t("find")}</Button>
          </Space.Compact>
          {asked !== "" && (
            <>
              <h2>{t("byBorrower")}: {asked}</h2>
              <Loaded from={found}>
                {({ loans }) => (
                  <PlainTable
                    caption={t("byBorrower")}
                    columns={[t("loanId"), t("product"), t("status"), t("bucket"), t("principal"), t("pastDue"), t("nextDue")]}
                    rows={loans.map((one) => [
                      <Link key="l" to={`/loans/${one.loan}`}>{one.loan.slice(0, 13)}…</Link>, one.product, one.status, one.bucket,
                      <Money key="p" value={one.principal} />, <Money key="d" value={one.past_due} />, one.next_due ?? "–",
                    ])}
                  />
                )}
              </Loaded>
            </>
          )}
        </>
      )}
      <h2>{t("openLoans")}</h2>
      <VerbTable noun="lending" verb="book" title={t("openLoans")} list="loans" rowKey="loan" filters={false} rowTo={(row) => `/loans/${String(row.loan)}`} />
    </div>
  );
}
