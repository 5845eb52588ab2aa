#include "governance/permits/proposal_verbs.h"

namespace puhui::permits {

namespace {

struct Write {
  evidence::Manifest manifest;
  std::optional<Digest> base;
};
void fields(Shape& shape, Write& write) {
  shape.field("manifest", write.manifest, {.help = "what shall run; its author is you"});
  shape.field("base", write.base, {.help = "the permit in force that it was written against; absent: none is"});
}

struct OfProposal {
  Id128 id;
};
void fields(Shape& shape, OfProposal& of) { shape.field("id", of.id, {.help = "the proposal"}); }

struct ProposalList {
  std::optional<std::string> use_case;
  std::optional<ProposalState> state;
  int64_t limit = 50;
  std::optional<Id128> after;
};
void fields(Shape& shape, ProposalList& list) {
  shape.field("use_case", list.use_case, {.help = "only of this use case", .max = 128});
  shape.field("state", list.state, {.help = "only those that stand so"});
  shape.field("limit", list.limit, {.help = "how many", .min = 1, .max = 1000, .optional = true});
  shape.field("after", list.after, {.help = "`next` of the page before"});
}

struct ProposalsView {
  std::vector<Proposal> proposals;
  std::optional<Id128> next;
  Timestamp at;
};
void fields(Shape& shape, ProposalsView& view) {
  shape.field("proposals", view.proposals, {.help = "the newest first"});
  shape.field("next", view.next, {.help = "ask with it as `after` for what follows; absent: that was all"});
  shape.field("at", view.at, {.help = "the moment it speaks of"});
}

struct PageView {
  Proposals::Page page;
  std::vector<std::string> words, words_zh;
  Timestamp at;
};
void fields(Shape& shape, PageView& view) {
  shape.field("proposal", view.page.proposal, {.help = "where it stands"});
  shape.field("difference", view.page.difference, {.help = "to what is in force now"});
  shape.field("in_words", view.words, {.help = "the difference, a sentence each"});
  shape.field("in_words_zh", view.words_zh, {.help = "the same in Chinese"});
  shape.field("seen", view.page.seen,
              {.help = "digest of manifest, base, schedule and difference: send it along with a "
                       "signature"});
  shape.field("at", view.at, {.help = "the moment it speaks of"});
}

struct BytesRequest {
  Id128 id;
  std::optional<Timestamp> at;
};
void fields(Shape& shape, BytesRequest& request) {
  shape.field("id", request.id, {.help = "the proposal"});
  shape.field("at", request.at, {.help = "the moment of signing; absent: now"});
}

struct SignedBytes {
  std::string bytes;
  Timestamp at;
  Digest seen;
};
void fields(Shape& shape, SignedBytes& view) {
  shape.field("bytes", view.bytes, {.help = "sign exactly these, as UTF-8, with your Ed25519 key"});
  shape.field("at", view.at, {.help = "the moment they name: send it along with the signature"});
  shape.field("seen", view.seen, {.help = "of the proposal as it stands: send it along with the signature"});
}

struct Sign {
  Id128 id;
  Timestamp at;
  std::string signature;
  Digest seen;
};
void fields(Shape& shape, Sign& sign) {
  shape.field("id", sign.id, {.help = "the proposal"});
  shape.field("at", sign.at, {.help = "the moment of signing, as in the bytes that were signed"});
  shape.field("signature", sign.signature, {.help = "Ed25519 by your own key, 128 hex digits", .min = 1, .max = 256});
  shape.field("seen", sign.seen, {.help = "digest of what you saw, from `proposal show`"});
}

struct Refuse {
  Id128 id;
  std::string why;
};
void fields(Shape& shape, Refuse& refuse) {
  shape.field("id", refuse.id, {.help = "the proposal"});
  shape.field("why", refuse.why, {.help = "in words, for its author and the evidence", .min = 1, .max = kWhyBytesMax});
}

struct Withdraw {
  Id128 id;
  std::string why;
};
void fields(Shape& shape, Withdraw& withdraw) {
  shape.field("id", withdraw.id, {.help = "the proposal"});
  shape.field("why", withdraw.why, {.help = "in words", .max = kWhyBytesMax, .optional = true});
}

struct Schedule {
  Id128 id;
  Timestamp at;
};
void fields(Shape& shape, Schedule& schedule) {
  shape.field("id", schedule.id, {.help = "the proposal"});
  shape.field("at", schedule.at, {.help = "when it shall take force, once approved"});
}

Result<ProposalsView> list(const ProposalVerbNeeds& needs, const ProposalList& list) {
  Proposals::Query query{list.use_case.value_or(""), list.state, std::nullopt, list.limit};
  if (list.after) query.after = ProposalId(*list.after);
  ProposalsView out;
  out.at = needs.clock.now();
  out.proposals = TRY(needs.proposals.list(query));
  if (out.proposals.size() == static_cast<size_t>(list.limit)) out.next = out.proposals.back().id;
  return out;
}

VerbHead head(std::string verb, std::string help, Effect effect) {
  return {.noun = "proposal", .verb = std::move(verb), .help = std::move(help), .effect = effect};
}

void add_reading(std::vector<Verb>& verbs, const ProposalVerbNeeds* needs) {
  verbs.push_back(make_verb<ProposalList, ProposalsView>(
      head("list", "List proposed permits, the newest first.", Effect::read),
      [needs](const VerbCall&, const ProposalList& in) { return list(*needs, in); }));
  verbs.push_back(make_verb<OfProposal, PageView>(
      head("show", "Show a proposed permit and what it would change of the one in force.", Effect::read),
      [needs](const VerbCall&, const OfProposal& of) -> Result<PageView> {
        PageView out{TRY(needs->proposals.page(ProposalId(of.id))), {}, {}, needs->clock.now()};
        for (Sentence& sentence : in_words(out.page.difference)) {
          out.words.push_back(std::move(sentence.en));
          out.words_zh.push_back(std::move(sentence.zh));
        }
        return out;
      }));
  verbs.push_back(make_verb<BytesRequest, SignedBytes>(
      head("bytes", "Give the exact bytes that you sign to approve a proposal.", Effect::read),
      [needs](const VerbCall& call, const BytesRequest& in) -> Result<SignedBytes> {
        const auto page = TRY(needs->proposals.page(ProposalId(in.id)));
        const Timestamp at = in.at.value_or(needs->clock.now());
        return SignedBytes{evidence::approval_bytes(page.proposal.manifest, call.caller.name, at), at, page.seen};
      }));
}

// The answer of `proposal bytes`, signed by a key file: for the command line; a browser holds its key itself.
struct SignRequest {
  std::string answer, key_file;
};
void fields(Shape& shape, SignRequest& request) {
  shape.field("answer", request.answer,
              {.help = "the file with the answer of `proposal bytes`", .min = 1, .max = 4096});
  shape.field("key_file", request.key_file, {.help = "your secret signing key", .min = 1, .max = 4096});
}

struct Signed {
  Timestamp at;
  std::string signature;
  Digest seen;
};
void fields(Shape& shape, Signed& made) {
  shape.field("at", made.at, {.help = "the moment of signing"});
  shape.field("signature", made.signature, {.help = "Ed25519, 128 hex digits"});
  shape.field("seen", made.seen, {.help = "digest of what was seen"});
}

Result<Signed> sign(const Files& files, const SignRequest& request) {
  constexpr size_t kAnswerBytesMax = 1 << 16, kKeyFileBytesMax = 4096;
  const auto answer = read_json<SignedBytes>(TRY(parse_json(TRY(files.read(request.answer, kAnswerBytesMax)))));
  if (!answer) return fail(at(request.answer, answer.error()));
  // A key that signs permits signs nothing else.
  if (!answer->bytes.starts_with("puhui permit 1\n")) {
    return fail(ErrorCode::invalid, request.answer, "expected the bytes of an approval, came something else");
  }
  const auto key = evidence::SigningKey::parse(TRY(files.read(request.key_file, kKeyFileBytesMax)));
  if (!key) return fail(at(request.key_file, key.error()));
  return Signed{answer->at, key->sign(answer->bytes).hex(), answer->seen};
}

void add_signing(std::vector<Verb>& verbs) {
  VerbHead head;
  head.noun = "proposal";
  head.verb = "sign";
  head.help = "Sign the answer of `proposal bytes` with a key file; send what comes to `proposal approve`.";
  head.storeless = true;
  head.local_only = true;
  verbs.push_back(make_verb<SignRequest, Signed>(
      std::move(head), [](const VerbCall& call, const SignRequest& request) -> Result<Signed> {
        if (call.files == nullptr)
          return fail(ErrorCode::forbidden, "key_file", "names a file of yours, which is not here");
        return sign(*call.files, request);
      }));
}

void add_authors(std::vector<Verb>& verbs, const ProposalVerbNeeds* needs) {
  verbs.push_back(make_verb<Write, Proposal>(
      head("draft", "Keep a proposed permit for yourself, not yet to be signed.", Effect::write),
      [needs](const VerbCall& call, const Write& in) {
        return needs->proposals.draft({in.manifest, in.base}, call.caller.name);
      }));
  verbs.push_back(make_verb<Write, Proposal>(
      head("submit", "Propose a permit for other people to sign; refused when another is in force than its base.",
           Effect::write),
      [needs](const VerbCall& call, const Write& in) {
        return needs->proposals.submit({in.manifest, in.base}, call.caller.name);
      }));
  verbs.push_back(make_verb<Withdraw, Proposal>(
      head("withdraw", "Take back a proposal of your own that is not in force.", Effect::write),
      [needs](const VerbCall& call, const Withdraw& in) {
        return needs->proposals.withdraw(ProposalId(in.id), in.why, call.caller.name);
      }));
}

void add_approvers(std::vector<Verb>& verbs, const ProposalVerbNeeds* needs) {
  verbs.push_back(make_verb<Sign, Proposal>(
      head("approve", "Sign a proposal with your own key; the last signature needed puts it in force.", Effect::write),
      [needs](const VerbCall& call, const Sign& in) {
        return needs->proposals.approve({ProposalId(in.id), in.at, in.signature, in.seen}, call.caller.name);
      }));
  verbs.push_back(
      make_verb<Refuse, Proposal>(head("reject", "Say no to a proposal; who may sign may reject.", Effect::write),
                                  [needs](const VerbCall& call, const Refuse& in) {
                                    return needs->proposals.reject(ProposalId(in.id), in.why, call.caller.name);
                                  }));
  verbs.push_back(
      make_verb<Schedule, Proposal>(head("schedule", "Say when a proposal shall take force.", Effect::write),
                                    [needs](const VerbCall& call, const Schedule& in) {
                                      return needs->proposals.schedule(ProposalId(in.id), in.at, call.caller.name);
                                    }));
}

}  // namespace

std::vector<Verb> proposal_verbs(const ProposalVerbNeeds* needs) {
  std::vector<Verb> verbs;
  add_reading(verbs, needs);
  add_authors(verbs, needs);
  add_approvers(verbs, needs);
  add_signing(verbs);
  return verbs;
}

}  // namespace puhui::permits
