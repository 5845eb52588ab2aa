#include "applications/aml/report.h"

#include <algorithm>

#include "ground/base/date.h"
#include "ground/base/text.h"

namespace puhui::aml {

namespace {

// Around what is masked for whom may not see it. No key, account or word from outside holds control characters (monitor.cc).
constexpr char kOpen = '\x01', kClose = '\x02';

std::string marked(std::string_view personal) {
  std::string out(1, kOpen);
  for (const char c : personal) out += c == kOpen || c == kClose ? ' ' : c;
  return out += kClose;
}

std::string moment(Timestamp at) { return text_of(at).substr(0, 16) + "Z"; }

std::string money(int64_t minor, const std::string& code) {
  const auto currency = Currency::parse(code);
  return currency ? Money{minor, *currency}.text() : std::to_string(minor) + " " + code;
}

struct TypologyWords {
  std::string_view en, zh;
};
TypologyWords words_of(Typology typology) {
  static constexpr TypologyWords kWords[] = {{"structuring", "拆分交易"},
                                             {"a fan-in", "分散转入"},
                                             {"a fan-out", "分散转出"},
                                             {"a cycle", "资金循环"},
                                             {"a scatter and gather", "分散后汇集"},
                                             {"a rapid pass-through", "快进快出"},
                                             {"the awakening of a dormant account", "休眠账户激活"}};
  return kWords[static_cast<size_t>(typology)];
}

Citation of_finding(const FindingRow& row) { return {CitationKind::finding, row.line.id.text()}; }
Citation of_decision(const FindingRow& row) { return {CitationKind::decision, row.line.decision.text()}; }
Citation of_transfer(const TransferLine& transfer) { return {CitationKind::transfer, std::to_string(transfer.seq)}; }

void say_subject(const ReportSource& source, ReportBody& body) {
  const FindingRow& first = source.findings.front().row;
  Cited on(of_finding(first));
  for (const ReportedFinding& one : source.findings) on.also(of_decision(one.row));
  const std::string count = std::to_string(source.findings.size());
  body.say("subject",
           "This report concerns the account " + marked(first.line.account) + ", on which " + count + " pattern" +
               (source.findings.size() == 1 ? " was" : "s were") + " found.",
           "本报告涉及账户" + marked(first.line.account) + "，在该账户上发现" + count + "个可疑模式。", on);
}

void say_pattern(const ReportedFinding& one, ReportBody& body) {
  const FindingLine& line = one.row.line;
  const TypologyWords words = words_of(line.typology);
  const std::string amount = money(line.amount_minor, line.currency);
  body.say("pattern",
           "Between " + moment(line.from) + " and " + moment(line.to) + ", " + std::to_string(line.transfers) +
               " transfers with " + std::to_string(line.counterparties) +
               (line.counterparties == 1 ? " counterparty, " : " counterparties, ") + amount + " in all, formed " +
               std::string(words.en) + ".",
           moment(line.from) + "至" + moment(line.to) + "期间，与" + std::to_string(line.counterparties) +
               "个对手方的" + std::to_string(line.transfers) + "笔转账共计" + amount + "，构成" +
               std::string(words.zh) + "。",
           Cited(of_finding(one.row)));
}

// The largest one by one, the rest together.
void say_transfers(const ReportedFinding& one, ReportBody& body) {
  std::vector<TransferLine> largest = one.transfers;
  std::sort(largest.begin(), largest.end(), [](const TransferLine& a, const TransferLine& b) {
    return a.amount_minor != b.amount_minor ? a.amount_minor > b.amount_minor : a.seq < b.seq;
  });
  const size_t told = std::min(largest.size(), kLargestListed);
  std::vector<TransferLine> rest(largest.begin() + static_cast<ptrdiff_t>(told), largest.end());
  largest.resize(told);
  std::sort(largest.begin(), largest.end(), [](const TransferLine& a, const TransferLine& b) { return a.at < b.at; });
  for (const TransferLine& transfer : largest) {
    const std::string amount = money(transfer.amount_minor, transfer.currency);
    const bool purpose = !transfer.purpose.empty();
    body.say("transfers",
             "On " + moment(transfer.at) + ", " + amount + " went from " + marked(transfer.from) + " to " +
                 marked(transfer.to) + (purpose ? ", with the purpose " + marked(transfer.purpose) : "") + ".",
             moment(transfer.at) + "，" + marked(transfer.from) + "向" + marked(transfer.to) + "转账" + amount +
                 (purpose ? "，用途为" + marked(transfer.purpose) : "") + "。",
             Cited(of_transfer(transfer)));
  }
  if (rest.empty()) return;
  Cited on(of_transfer(rest.front()));
  for (size_t i = 1; i < rest.size(); ++i) on.also(of_transfer(rest[i]));
  body.say("transfers", std::to_string(rest.size()) + " further transfers of smaller amounts belong to it.",
           "另有" + std::to_string(rest.size()) + "笔金额较小的转账属于该模式。", on);
}

void say_suspicion(const ReportedFinding& one, ReportBody& body) {
  for (const AmlReasonLine& reason : one.reasons) {
    body.say("suspicion", reason.en, reason.zh, Cited(of_decision(one.row)).also(of_finding(one.row)));
  }
}

bool is_review(const cases::CaseEvent& event) {
  return !event.words.empty() && event.what != "raised" && event.what != "assigned";
}

// Answers whether anybody noted anything.
bool say_review(const cases::CasePage& page, ReportBody& body) {
  bool any = false;
  for (size_t i = 0; i < page.events.size(); ++i) {
    const cases::CaseEvent& event = page.events[i];
    if (!is_review(event)) continue;
    any = true;
    body.say("review", event.by + " on " + moment(event.at) + " (" + event.what + "): " + event.words,
             event.by + "于" + moment(event.at) + "（" + event.what + "）：" + event.words,
             Cited({CitationKind::note, note_id(page, i)}));
  }
  return any;
}

void say_missing(const ReportSource& source, bool reviewed, ReportBody& body) {
  std::vector<const TransferLine*> without;
  size_t all = 0;
  for (const ReportedFinding& one : source.findings) {
    all += one.transfers.size();
    for (const TransferLine& transfer : one.transfers) {
      if (transfer.purpose.empty()) without.push_back(&transfer);
    }
  }
  if (!without.empty()) {
    Cited on(of_transfer(*without.front()));
    for (size_t i = 1; i < without.size(); ++i) on.also(of_transfer(*without[i]));
    const std::string share = std::to_string(without.size()) + " of the " + std::to_string(all);
    body.say("missing", "Missing: the purpose of " + share + " transfers is not stated.",
             "缺失：" + std::to_string(all) + "笔转账中有" + std::to_string(without.size()) + "笔未注明用途。", on);
  }
  const FindingRow& first = source.findings.front().row;
  body.say("missing",
           "Missing: name, identity document and address of the account's holder are not known to monitoring; add them "
           "before it is filed.",
           "缺失：监测系统不掌握账户持有人的姓名、证件及地址，报送前须补充。", Cited(of_finding(first)));
  if (!reviewed) {
    body.say("missing", "Missing: nobody has noted anything in the case.", "缺失：该案件尚无人工审核记录。",
             Cited(of_decision(first)));
  }
}

}  // namespace

Cited& Cited::also(Citation more) {
  if (std::ranges::find(all_, more) == all_.end()) all_.push_back(std::move(more));
  return *this;
}

void ReportBody::say(std::string part, std::string en, std::string zh, const Cited& on) {
  sentences_.push_back({std::move(part), std::move(en), std::move(zh), on.all()});
}

std::string note_id(const cases::CasePage& page, size_t event) {
  return page.one.id.text() + "/" + std::to_string(event + 1);
}

ReportBody write_report(const ReportSource& source) {
  ReportBody body;
  if (source.findings.empty()) return body;
  say_subject(source, body);
  for (const ReportedFinding& one : source.findings) {
    say_pattern(one, body);
    say_transfers(one, body);
    say_suspicion(one, body);
  }
  const bool reviewed = say_review(source.page, body);
  say_missing(source, reviewed, body);
  return body;
}

namespace {

std::string unmarked(const Caller& caller, std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t open = text.find(kOpen);
    out += text.substr(0, open);
    if (open == std::string_view::npos) break;
    text.remove_prefix(open + 1);
    const size_t close = std::min(text.find(kClose), text.size());
    out += shown(caller, text.substr(0, close));
    text.remove_prefix(std::min(close + 1, text.size()));
  }
  return out;
}

}  // namespace

ReportView view_for(const Caller& caller, ReportView stored) {
  stored.report.subject = shown(caller, stored.report.subject);
  for (ReportSentence& sentence : stored.sentences) {
    sentence.en = unmarked(caller, sentence.en);
    sentence.zh = unmarked(caller, sentence.zh);
  }
  return stored;
}

}  // namespace puhui::aml
