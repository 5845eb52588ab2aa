// What the stories' bank guards with: payments replayed until a model decides, transfers with patterns laid into them, a list
// of invented parties and customers of whom some resemble them.
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

// Nobody on it exists.
const list = `id,name,kind,aliases,born,countries,programme
F-101,"Orlanov, Viktor Semyonovich",person,"Виктор Семёнович Орланов;Viktor the Heron",1961-03-14,RU,HARBOUR
F-102,欧阳靖远,person,Ouyang Jingyuan,1958-11-02,CN,LANTERN
F-103,Halcyon Meridian Shipping Limited,organisation,Halcyon Meridian Co,,PA,HARBOUR
F-104,Qasim Abdul Rahmani,person,Abu Talut;Kassem Rahmany,1973,IQ,LANTERN
F-105,MV Grey Petrel,vessel,Ocean Sparrow 9,,LR,HARBOUR
F-106,Teodora Vasquez Imbroglio,person,,1984-07-21,MX,LANTERN
F-107,黑石湾贸易有限公司,organisation,Heishiwan Trading,,CN,HARBOUR
F-108,Ingeborg Stavangersen,person,,1949-12-30,NO,LANTERN
F-109,Tarnished Laurel Foundation,organisation,,,CH,LANTERN
F-110,司徒晚晴,person,Szeto Wanqing,1990-05-05,CN,LANTERN
F-111,Rodrigo Pellegrino Casavecchia,person,El Farolero,1977-02-18,AR,HARBOUR
F-112,Baltic Ember Aviation,aircraft,,,LT,HARBOUR
`;
const parties = `party,name,kind,born,country
c-9001,Ingeborg Stavangerson,person,1949-12-30,NO
c-9002,司徒晚晴,person,1991-08-17,CN
c-9003,Casavecchia Rodrigo Pelegrino,person,,AR
c-9004,Amelia Thornbury,person,1988-04-09,GB
c-9005,李明轩,person,1995-01-23,CN
`;

const root = fileURLToPath(new URL("../..", import.meta.url));

type Puhui = (words: readonly string[]) => string;

export function guardWith(puhui: Puhui, folder: string): void {
  const file = (name: string) => join(folder, name);
  puhui(["fraud", "simulate", "--scheme", "card_payment", "--rows", "5000", "--days", "24", "--seed", "3", "--out", file("payments.csv")]);
  puhui(["fraud", "replay", "--payments", file("payments.csv"), "--compare", "false"]);
  puhui(["aml", "simulate", "--transfers", "1500", "--accounts", "500", "--injections", "1", "--seed", "2", "--out", file("transfers.csv"), "--truth_out", file("truth.csv")]);
  puhui(["aml", "replay", "--transfers", file("transfers.csv")]);

  for (const name of ["maker", "reader", "checker"]) puhui(["person", "add", "--name", name, "--key_file", file(`${name}.key`), ...(name === "maker" ? [] : ["--may_approve"])]);
  puhui(["aml", "screening", "propose", "--folder", "policies/aml_screening", "--author", "maker", "--out", file("screening.json")]);
  const sign = (permit: string) => {
    for (const name of ["reader", "checker"]) puhui(["permit", "sign", "--permit", permit, "--person", name, "--key_file", file(`${name}.key`)]);
  };
  sign(file("screening.json"));
  puhui(["permit", "grant", "--file", file("screening.json")]);
  writeFileSync(file("list.csv"), list);
  writeFileSync(file("parties.csv"), parties);
  puhui(["aml", "lists", "import", "--list", "harbour_watch", "--format", "csv", "--file", file("list.csv")]);
  puhui(["aml", "parties", "import", "--file", file("parties.csv")]);
  puhui(["aml", "rescreen"]);

  // A stranger in the shadow: rules alone, that hold from a larger amount on and look the other way for longer.
  const stranger = file("stranger");
  cpSync(join(root, "policies/card_payment"), stranger, { recursive: true });
  const scheme = readFileSync(join(stranger, "scheme.json"), "utf8");
  writeFileSync(join(stranger, "scheme.json"), scheme.replace('"hold_amount_minor", "value": "20000"', '"hold_amount_minor", "value": "50000"'));
  puhui(["fraud", "propose", "--folder", stranger, "--policy", "policy_rules.dmn", "--author", "maker", "--out", file("stranger.json")]);
  sign(file("stranger.json"));
  writeFileSync(file("start.json"), JSON.stringify({ use_case: "fraud.payment/card_payment", permit: JSON.parse(readFileSync(file("stranger.json"), "utf8")) as unknown }));
  puhui(["promotion", "start", "--input", file("start.json")]);
}

export type Judge = (payment: { scheme: string; key: string; fields: Record<string, unknown> }) => Promise<unknown>;

// Small payments within the hour, then a large one: stolen card data being tried out. The last is held.
export async function tryOut(judge: Judge, customer: string, amount: number): Promise<string> {
  const pay = (key: string, minor: number, more: Record<string, unknown> = {}) =>
    judge({
      scheme: "card_payment",
      key,
      fields: { customer, amount_minor: minor, terminal: `shop-${customer}`, device: `phone-of-${customer}`, phone: `139-${customer}`, channel: "online", country: "CN", merchant_category: "5411", ...more },
    });
  for (let i = 0; i < 4; ++i) await pay(`${customer}-small-${i}`, 100, { terminal: `web-shop-${i}` });
  for (let i = 0; i < 4; ++i) await pay(`${customer}-more-${i}`, 3000);
  await pay(`${customer}-large-1`, amount);
  return `${customer}-large-1`;
}
