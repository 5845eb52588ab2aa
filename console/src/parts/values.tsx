// Single values, each with its unit and its moment: Figure, Money, When, DigestText, Ppm.
import { CopyOutlined } from "@ant-design/icons";
import { App, Button, Tooltip } from "antd";
import type { ReactNode } from "react";
import { useTell } from "../shell/live";
import { useLanguage, useWords, type Language } from "../words/said";
import { partWords } from "../words/shell";

export function numberText(value: number, language: Language, digits?: number): string {
  return value.toLocaleString(language === "zh" ? "zh-CN" : "en-GB", {
    maximumFractionDigits: digits ?? (Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : Math.abs(value) >= 1 ? 2 : 4),
  });
}

export function useNumber(): (value: number | undefined | null, digits?: number) => string {
  const language = useLanguage();
  return (value, digits) => (value === undefined || value === null ? "–" : numberText(value, language, digits));
}

// "1200.00 CNY" with its thousands apart. The text stays exact: it is never turned into a floating number.
export function moneyText(money: string, language: Language): string {
  const found = /^(-?)(\d+)(\.\d+)?\s+([A-Z]{3})$/.exec(money);
  if (!found) return money;
  const [, sign, whole, fraction = "", currency] = found;
  const apart = whole!.replace(/\B(?=(\d{3})+$)/g, ",");
  return `${sign}${apart}${fraction}${language === "zh" ? " " : " "}${currency}`;
}

export function Money({ value }: { value: string | undefined | null }) {
  const language = useLanguage();
  return <span className="number">{value ? moneyText(value, language) : "–"}</span>;
}

// Minor units of a currency with two places, as a verb's `amount_minor` gives them.
export function minorText(minor: number, currency: string, language: Language): string {
  const digits = currency === "JPY" || currency === "KRW" ? 0 : 2;
  return `${(minor / 10 ** digits).toLocaleString(language === "zh" ? "zh-CN" : "en-GB", { minimumFractionDigits: digits, maximumFractionDigits: digits })} ${currency}`;
}

// Parts per million as per cent: 41 200 ppm is 4.12 %.
export function ppmText(ppm: number, language: Language, digits = 2): string {
  return `${numberText(ppm / 10_000, language, digits)} %`;
}

export function Ppm({ value, digits }: { value: number | undefined | null; digits?: number }) {
  const language = useLanguage();
  return <span className="number">{value === undefined || value === null ? "–" : ppmText(value, language, digits)}</span>;
}

// A moment in the reader's own time zone; the exact moment as the server said it is in the tooltip.
export function whenText(moment: string, language: Language, withSeconds = false): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(moment)) return moment;
  const at = new Date(moment);
  if (Number.isNaN(at.getTime())) return moment;
  return at.toLocaleString(language === "zh" ? "zh-CN" : "en-GB", {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: withSeconds ? "2-digit" : undefined,
    hour12: false,
  });
}

export function When({ at, seconds = false }: { at: string | undefined | null; seconds?: boolean }) {
  const language = useLanguage();
  if (!at || at.startsWith("1970-01-01T00:00:00")) return <span>–</span>; // never yet
  return (
    <time dateTime={at} title={at} className="number">
      {whenText(at, language, seconds)}
    </time>
  );
}

// A digest or an id by its beginning; the whole is copied, and told to a screen reader.
export function DigestText({ value, length = 10 }: { value: string | undefined | null; length?: number }) {
  const t = useWords(partWords);
  const tell = useTell();
  const { message } = App.useApp();
  if (!value) return <span>–</span>;
  const copy = async () => {
    await navigator.clipboard.writeText(value);
    tell(t("copied"));
    message.success(t("copied"), 1);
  };
  return (
    <span className="number">
      <Tooltip title={<code>{value}</code>}>
        <code>{value.length > length ? `${value.slice(0, length)}…` : value}</code>
      </Tooltip>
      {navigator.clipboard && (
        <Button type="text" size="small" icon={<CopyOutlined />} aria-label={`${t("copy")} ${value.slice(0, length)}`} onClick={copy} />
      )}
    </span>
  );
}

// One number with what it is, its unit and its moment.
export function Figure({ label, value, unit, at, note }: { label: ReactNode; value: ReactNode; unit?: ReactNode; at?: string | null; note?: ReactNode }) {
  const t = useWords(partWords);
  return (
    <div className="figure">
      <div className="soft">{label}</div>
      <div>
        <span className="figure-value">{value ?? "–"}</span> {unit && <span className="soft">{unit}</span>}
      </div>
      {note && <div className="soft">{note}</div>}
      {at && (
        <small className="soft">
          {t("asOf")} <When at={at} />
        </small>
      )}
    </div>
  );
}
