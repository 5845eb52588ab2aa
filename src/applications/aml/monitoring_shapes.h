// Wire structs of monitoring and reporting: what `aml transfer`, `findings`, `finding`, `typologies`, `simulate`, `replay` and
// `report …` take and answer. Screening has its own.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "applications/aml/typology.h"
#include "ground/base/shape.h"

namespace puhui::aml {

inline constexpr size_t kTransferKeyBytesMax = 128, kAccountBytesMax = 64, kPurposeBytesMax = 256;
inline constexpr int64_t kTransferMinorMax = 1'000'000'000'000'000;

// ---- aml transfer
struct TransferRequest {
  std::string key;  // the client's own, for good
  Timestamp at;
  std::string from, to;
  int64_t amount_minor = 0;
  std::string currency = "CNY";
  std::string purpose;
  std::vector<std::string> countries;  // ISO 3166 two-letter codes it touches beside the own
};
void fields(Shape& shape, TransferRequest& request);

struct AmlReasonLine {
  std::string code, en, zh;
};
void fields(Shape& shape, AmlReasonLine& line);

// One finding as a list shows it.
struct FindingLine {
  Id128 id;
  Typology typology = Typology::structuring;
  std::string account;
  Timestamp from, to;  // of the pattern
  int64_t amount_minor = 0;
  std::string currency;
  int64_t counterparties = 0, transfers = 0, strength_ppm = 0;
  std::string outcome;  // approve, alert
  Id128 decision;
  std::optional<Id128> alert, in_case;
  int64_t refreshed = 0;  // how often the pattern grew since
};
void fields(Shape& shape, FindingLine& line);

struct TransferAnswer {
  std::string key;
  uint64_t seq = 0;
  std::string outcome;  // approve; alert when any finding raised one
  bool late = false;    // too far out of order: kept, and in no pattern
  bool repeated = false;
  std::vector<FindingLine> findings;
};
void fields(Shape& shape, TransferAnswer& answer);

// ---- aml findings, aml finding
struct FindingsRequest {
  std::optional<Typology> typology;
  std::string account;                // empty: any
  std::optional<Timestamp> from, to;  // patterns that overlap [from, to)
  std::string outcome;                // empty: any
  int64_t limit = 50;
  std::string after;
};
void fields(Shape& shape, FindingsRequest& request);

struct FindingsAnswer {
  std::vector<FindingLine> findings;
  std::optional<std::string> next;
  Timestamp at;
};
void fields(Shape& shape, FindingsAnswer& answer);

struct FindingRequest {
  Id128 id;
};
void fields(Shape& shape, FindingRequest& request);

struct TransferLine {
  uint64_t seq = 0;
  std::string key;
  Timestamp at;
  std::string from, to;
  int64_t amount_minor = 0;
  std::string currency, purpose;
  std::vector<std::string> countries;
};
void fields(Shape& shape, TransferLine& line);

// What the case page draws. Accounts as nodes, what flowed between two of them as one edge.
struct GraphNode {
  std::string id;
  std::string kind;  // "subject" or "counterparty"
  int64_t in_minor = 0, out_minor = 0;
};
void fields(Shape& shape, GraphNode& node);
struct GraphEdge {
  std::string from, to;
  int64_t transfers = 0, amount_minor = 0;
  Timestamp first, last;
};
void fields(Shape& shape, GraphEdge& edge);
struct FindingGraph {
  std::vector<GraphNode> nodes;
  std::vector<GraphEdge> edges;
};
void fields(Shape& shape, FindingGraph& graph);

struct FindingView {
  FindingLine finding;
  std::vector<AmlReasonLine> reasons;
  std::vector<TransferLine> transfers;
  FindingGraph graph;
};
void fields(Shape& shape, FindingView& view);

// ---- aml simulate
struct AmlSimulateRequest {
  int64_t transfers = 300'000;
  int64_t accounts = 10'000;
  int64_t injections = 40;  // of each typology; as many look-alikes of each
  int64_t seed = 1;
  std::string out, truth_out;
};
void fields(Shape& shape, AmlSimulateRequest& request);
struct AmlSimulateAnswer {
  std::string out, truth_out;
  int64_t transfers = 0, patterns = 0, decoys = 0, bytes = 0;
};
void fields(Shape& shape, AmlSimulateAnswer& answer);
std::string tell(const AmlSimulateAnswer& answer);

// ---- aml replay
struct AmlReplayRequest {
  std::string transfers;  // CSV, may be .gz or .zst
  std::string mapping;    // JSON; empty: the columns are called as `aml simulate` writes them
  std::string truth;      // CSV of `aml simulate --truth-out`; empty: none
  std::string policies = "policies/aml_transfers";
};
void fields(Shape& shape, AmlReplayRequest& request);

struct TypologyFigures {
  Typology typology = Typology::structuring;
  int64_t findings = 0, alerts = 0;
  std::optional<int64_t> injected, found, right;  // with a truth file
  std::optional<int64_t> recall_ppm, precision_ppm;
};
void fields(Shape& shape, TypologyFigures& figures);
struct AmlReplayReport {
  int64_t transfers = 0, late = 0, repeated = 0, self_transfers = 0, skipped = 0;
  int64_t findings = 0, alerts = 0;
  double transfers_per_second = 0;
  int64_t p50_us = 0, p99_us = 0;  // from handing a transfer over to its durable answer
  std::vector<TypologyFigures> typologies;
  std::vector<std::string> faults;  // the first rows that were refused
  std::string store;
};
void fields(Shape& shape, AmlReplayReport& report);
std::string tell(const AmlReplayReport& report);

// ---- aml report draft, show, list, submit, approve
enum class ReportState : uint8_t { draft, submitted, approved };
std::span<const std::string_view> names_of(const ReportState*);

enum class CitationKind : uint8_t { transfer, finding, decision, note };
std::span<const std::string_view> names_of(const CitationKind*);
struct Citation {
  CitationKind kind = CitationKind::transfer;
  std::string id;
  bool operator==(const Citation&) const = default;
};
void fields(Shape& shape, Citation& citation);
struct ReportSentence {
  std::string part;  // "subject", "pattern", "transfers", "suspicion", "review", "missing"
  std::string en, zh;
  std::vector<Citation> citations;  // at least one
};
void fields(Shape& shape, ReportSentence& sentence);

struct ReportLine {
  Id128 id;
  Id128 in_case;
  ReportState state = ReportState::draft;
  std::string subject;
  Timestamp drafted_at;
  std::string drafted_by, submitted_by, approved_by;
  std::optional<Digest> digest;  // of an approved one, as it stands in the evidence
};
void fields(Shape& shape, ReportLine& line);
struct ReportView {
  ReportLine report;
  std::vector<ReportSentence> sentences;
};
void fields(Shape& shape, ReportView& view);

struct ReportDraftRequest {
  Id128 in_case;
};
void fields(Shape& shape, ReportDraftRequest& request);
struct ReportRequest {
  Id128 id;
};
void fields(Shape& shape, ReportRequest& request);
struct ReportsRequest {
  std::optional<ReportState> state;
  std::optional<Id128> in_case;
  int64_t limit = 50;
  std::string after;
};
void fields(Shape& shape, ReportsRequest& request);
struct ReportsAnswer {
  std::vector<ReportLine> reports;
  std::optional<std::string> next;
  Timestamp at;
};
void fields(Shape& shape, ReportsAnswer& answer);

// ---- aml typologies
struct TypologiesRequest {};
void fields(Shape& shape, TypologiesRequest& request);
struct TypologiesAnswer {
  Digest permit;    // which named them
  Digest settings;  // SHA-256 of the file
  Json typologies;  // policies/aml_transfers/typologies.json as it decides
};
void fields(Shape& shape, TypologiesAnswer& answer);

}  // namespace puhui::aml
