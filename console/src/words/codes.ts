// What verbs answer in words of their own (states, verdicts, actions, kinds), as people read it. A code that is not here
// shows itself: a rule's code stays what its policy calls it.
import { useCallback } from "react";
import { dictionary, say, useLanguage, type Language, type Said } from "./said";

export const codeWords: Readonly<Record<string, Said>> = dictionary({
  // actions and outcomes
  approve: ["approve", "放行"],
  challenge: ["challenge", "要求验证"],
  hold: ["hold", "挂起"],
  block: ["block", "拦截"],
  refer: ["refer to a person", "转人工"],
  unjudged: ["not judged", "未判断"],
  alert: ["alert", "预警"],
  // states
  open: ["open", "未处理"],
  assigned: ["assigned", "处理中"],
  proposed: ["proposed", "待确认"],
  closed: ["closed", "已结案"],
  draft: ["draft", "草稿"],
  submitted: ["submitted", "已提交"],
  approved: ["approved", "已批准"],
  same: ["the same", "同一主体"],
  different: ["somebody else", "不同主体"],
  // verdicts
  confirmed: ["confirmed", "属实"],
  dismissed: ["dismissed", "排除"],
  unclear: ["unclear", "不明"],
  // what happened to a case
  opened: ["opened", "立案"],
  raised: ["alert raised", "产生预警"],
  noted: ["noted", "备注"],
  returned: ["sent back", "退回"],
  reopened: ["reopened", "重新立案"],
  settled: ["settled", "已处置"],
  "deadline passed": ["deadline passed", "逾期"],
  deadline: ["the deadline", "期限"],
  // applications and their alerts
  fraud: ["fraud", "欺诈"],
  aml: ["money laundering", "反洗钱"],
  structuring: ["structuring", "拆分交易"],
  fan_in: ["fan-in", "分散转入"],
  fan_out: ["fan-out", "分散转出"],
  cycle: ["cycle", "资金循环"],
  scatter_gather: ["scatter and gather", "分散后汇集"],
  pass_through: ["rapid pass-through", "快进快出"],
  dormant: ["dormant account awakes", "休眠账户激活"],
  screening: ["possible match on a list", "名单疑似匹配"],
  challenge_failed: ["challenge failed", "验证未通过"],
  account_takeover: ["account takeover", "账户盗用"],
  card_testing: ["card testing", "试探盗卡"],
  compromised_terminal: ["compromised terminal", "终端失陷"],
  bust_out: ["bust-out", "恶意透支"],
  mule_beneficiary: ["mule beneficiary", "骡子账户"],
  device_farm: ["device farm", "设备农场"],
  unusual_time_place: ["unusual time and place", "异常时间地点"],
  // parties and what speaks for or against a match
  unknown: ["not known", "未知"],
  person: ["person", "个人"],
  organisation: ["organisation", "机构"],
  vessel: ["vessel", "船舶"],
  aircraft: ["aircraft", "航空器"],
  name_same: ["the whole name", "全名相同"],
  words_missing: ["words of the name are missing", "名称缺词"],
  born_same_day: ["born on the same day", "出生日期相同"],
  born_same_year: ["born in the same year", "出生年份相同"],
  born_near: ["born about then", "出生日期相近"],
  born_differs: ["born at another time", "出生日期不同"],
  country_same: ["the same country", "国家相同"],
  country_differs: ["another country", "国家不同"],
  kind_differs: ["another kind of party", "主体类别不同"],
  // what a report cites
  transfer: ["transfer", "转账"],
  finding: ["finding", "可疑模式"],
  decision: ["decision", "决策"],
  note: ["note", "备注"],
  // joint jobs of several houses
  running: ["running", "运行中"],
  stopped: ["stopped", "已停止"],
  done: ["done", "已完成"],
  failed: ["failed", "失败"],
  rejected: ["rejected", "已否决"],
  maker: ["maker", "经办"],
  checker: ["checker", "复核"],
  guest: ["guest", "发起方"],
  host: ["host", "参与方"],
  client: ["client", "成员方"],
  intersection: ["common ids", "共同标识"],
  aggregate: ["noised sums", "加噪合计"],
  vertical_boosting: ["trees over columns", "纵向提升树"],
  vertical_logistic: ["logistic regression over columns", "纵向逻辑回归"],
  horizontal_boosting: ["trees over rows", "横向提升树"],
  horizontal_logistic: ["logistic regression over rows", "横向逻辑回归"],
  conversion: ["conversions", "转化"],
  measures: ["measures", "度量"],
});

export function codeText(code: string, language: Language): string {
  const queue = /^queue:(.+)$/.exec(code);
  if (queue) return language === "zh" ? `${codeText(queue[1]!, language)}队列` : `queue of ${codeText(queue[1]!, language)}`;
  return Object.hasOwn(codeWords, code) ? say(language, codeWords[code]!) : code;
}

export function useCode(): (code: string | undefined | null) => string {
  const language = useLanguage();
  return useCallback((code) => (code ? codeText(code, language) : "–"), [language]);
}
