// This house as others know it, and the houses it has pinned: what was exchanged with each, and what each learned.
import { Button } from "antd";
import { useState } from "react";
import { act } from "../../api/client";
import { useMay } from "../../api/session";
import { useAsk } from "../../api/use_ask";
import { Confirm } from "../../parts/confirm";
import { Loaded } from "../../parts/loaded";
import { When, useNumber } from "../../parts/values";
import { useWords } from "../../words/said";
import { Bytes, Commands, Fingerprint, House, LeakageShown } from "../federation/parts";
import type { Partner, Self } from "../federation/shapes";
import { words } from "../federation/words";

const partnersFirst = 50;
const partnersMax = 1000; // of one answer

export default function Partners() {
  const t = useWords(words);
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t("partners")}</h1>
        <span className="soft">{t("partnersHelp")}</span>
      </div>
      <House>
        {(self) => (
          <div className="stack">
            <ThisHouse self={self} />
            <Pinned />
          </div>
        )}
      </House>
    </div>
  );
}

function ThisHouse({ self }: { self: Self }) {
  const t = useWords(words);
  return (
    <section className="card" aria-label={t("house")}>
      <h2>
        {t("house")}: {self.name}
      </h2>
      <dl className="pairs">
        <dt>{t("fingerprint")}</dt>
        <dd>
          <Fingerprint value={self.fingerprint} />
          <div className="soft">{t("fingerprintHelp")}</div>
        </dd>
        <dt>{t("address")}</dt>
        <dd>{self.address || t("noAddress")}</dd>
        <dt>{t("valid")}</dt>
        <dd>
          <When at={self.from} /> – <When at={self.until} />
        </dd>
      </dl>
    </section>
  );
}

function Pinned() {
  const t = useWords(words);
  const [limit, setLimit] = useState(partnersFirst);
  const asked = useAsk<{ partners: Partner[]; next?: string }>("federation", "partners", { limit }, { everyMs: 15_000 });
  return (
    <Loaded from={asked}>
      {({ partners, next }) => (
        <>
          {partners.length === 0 && (
            <section className="card" aria-label={t("partners")}>
              <p>{t("noPartners")}</p>
              <Commands lines={["puhui federation invite --out FILE", "puhui federation accept --invitation FILE --fingerprint HEX"]} />
            </section>
          )}
          {partners.map((partner) => (
            <PartnerCard key={partner.name} partner={partner} again={asked.again} />
          ))}
          {next && limit < partnersMax && <Button onClick={() => setLimit(Math.min(partnersMax, limit + partnersFirst))}>{t("more")}</Button>}
        </>
      )}
    </Loaded>
  );
}

function PartnerCard({ partner, again }: { partner: Partner; again: () => void }) {
  const t = useWords(words);
  const may = useMay();
  const number = useNumber();
  const drop = async () => {
    await act("federation", "drop", { name: partner.name });
    again();
  };
  return (
    <section className="card" aria-label={partner.name}>
      <div className="page-head">
        <h2>{partner.name}</h2>
        <span className="stretch" />
        {may("federation.drop") && (
          <Confirm label={t("drop")} title={`${t("drop")}: ${partner.name}`} onConfirm={drop} askWhy={false}>
            {t("dropWhat")}
          </Confirm>
        )}
      </div>
      <dl className="pairs">
        <dt>{t("fingerprint")}</dt>
        <dd>
          <Fingerprint value={partner.fingerprint} />
        </dd>
        <dt>{t("pinned")}</dt>
        <dd>
          <When at={partner.pinned_at} /> {t("pinnedBy", { person: partner.pinned_by })}
        </dd>
        <dt>{t("address")}</dt>
        <dd>{partner.address || t("noAddress")}</dd>
        <dt>{t("lastContact")}</dt>
        <dd>{partner.last_contact ? <When at={partner.last_contact} seconds /> : t("neverYet")}</dd>
        <dt>{t("jobsWith")}</dt>
        <dd>{number(partner.jobs)}</dd>
        <dt>{t("sent")}</dt>
        <dd>
          <Bytes value={partner.bytes_sent} />
        </dd>
        <dt>{t("received")}</dt>
        <dd>
          <Bytes value={partner.bytes_received} />
        </dd>
      </dl>
      <h3>{t("leakage")}</h3>
      <LeakageShown leakage={partner.leakage} caption={`${t("leakage")}: ${partner.name}`} to={false} />
    </section>
  );
}
