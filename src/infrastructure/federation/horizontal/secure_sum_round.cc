// A round of secure summing over a conversation, and the book of what was opened.
#include <algorithm>

#include "ground/base/bytes.h"
#include "ground/base/check.h"
#include "infrastructure/federation/horizontal/secure_sum_wire.h"
#include "infrastructure/federation/psi/wire.h"

namespace puhui::federation {

namespace {

constexpr size_t kRoundsKept = 8;  // a restored stage asks for the newest two again
constexpr size_t kBookBytesMax = size_t{2} << 30;

enum class Opening : uint8_t { go_on, repeated, left_out };  // first byte of the hub's answer to keys

uint16_t said_kind(size_t phase) { return static_cast<uint16_t>(kHorizontalKinds + 2 * phase); }
uint16_t answer_kind(size_t phase) { return static_cast<uint16_t>(said_kind(phase) + 1); }
SecureSumPhase phase_at(size_t place) { return static_cast<SecureSumPhase>(place); }

struct OpenedRound {
  Digest of;  // the context and the own input
  std::vector<uint8_t> survivors;
  std::string sum;  // the hub's; empty until it is known
};

// What this party opened, in a file of its own.
class OpenedRounds {
 public:
  OpenedRounds(Files& files, const std::string& folder) : files_(files), path_(folder + "/secure-sums") {}

  Result<void> read(size_t parties) {
    if (!files_.exists(path_)) return {};
    const std::string bytes = TRY(files_.read(path_, kBookBytesMax));
    ByteReader in(bytes);
    for (size_t i = in.count(); i > 0 && in.ok(); --i) {
      OpenedRound round;
      round.of = in.digest();
      const auto survivors = read_parties(in.text(), parties);
      if (survivors) round.survivors = *survivors;
      if (!survivors) in.reject();
      round.sum = std::string(in.text());
      rounds_.push_back(std::move(round));
    }
    return in.finish("the book of opened sums " + path_);
  }
  const OpenedRound* find(const Digest& of) const {
    const auto found = std::ranges::find(rounds_, of, &OpenedRound::of);
    return found == rounds_.end() ? nullptr : &*found;
  }
  Result<void> put(OpenedRound round) {
    std::erase_if(rounds_, [&](const OpenedRound& one) { return one.of == round.of; });
    rounds_.push_back(std::move(round));
    if (rounds_.size() > kRoundsKept) rounds_.erase(rounds_.begin());
    ByteWriter out;
    out.unsigned_varint(rounds_.size());
    for (const OpenedRound& one : rounds_) {
      out.digest(one.of);
      out.text({reinterpret_cast<const char*>(one.survivors.data()), one.survivors.size()});
      out.text(one.sum);
    }
    return files_.write(path_, out.bytes(), Privacy::secret);
  }

 private:
  Files& files_;
  std::string path_;
  std::vector<OpenedRound> rounds_;
};

// One party's round.
struct SecureSumRun {
  const StageNeeds& needs;
  Conversation& with;
  SecureSumTerms terms;
  Digest of;
  OpenedRounds book;
  SecureSumClient client;

  // Before its shares are opened: whoever is asked for this round again opens it for the same clients.
  Result<void> note_opening() {
    const OpenedRound* before = book.find(of);
    if (before != nullptr && before->survivors != client.survivors()) {
      return fail(ErrorCode::forbidden, "secure sum of " + terms.context,
                  "expected the clients it was opened for before the break: a second sum over others would tell one "
                  "client's numbers; begin the job anew without the missing client");
    }
    return before != nullptr ? Result<void>{} : book.put({of, client.survivors(), {}});
  }

  Result<std::string> say(size_t phase, std::string_view heard) {
    std::string out = TRY(client.say(phase_at(phase), heard));
    if (phase_at(phase) == SecureSumPhase::opened) TRY(note_opening());
    return out;
  }

  size_t answer_bytes_max() const {
    return (terms.words + 1) * sizeof(uint64_t) + 16 + terms.parties * (kSignatureBytesMax + 128);
  }

  Result<SecureSum> as_spoke() {
    std::string heard;
    for (size_t phase = 0; phase < kSecureSumPhases; ++phase) {
      TRY(with.send(0, said_kind(phase), TRY(say(phase, heard))));
      heard = TRY(receive_at_most(with, 0, answer_kind(phase), answer_bytes_max()));
      if (phase > 0) continue;
      if (heard.empty() || heard[0] > static_cast<char>(Opening::left_out) || heard[0] < 0) {
        return fail(ErrorCode::corrupt, "hub", "expected how the round opens, came other bytes");
      }
      const auto opening = static_cast<Opening>(heard[0]);
      heard.erase(0, 1);
      if (opening == Opening::repeated) break;
      if (opening == Opening::go_on) continue;
      heard = TRY(receive_at_most(with, 0, answer_kind(kSecureSumPhases - 1), answer_bytes_max()));
      break;
    }
    return read_secure_sum(heard, terms.words, terms.parties);
  }

  // False: it went away. Whatever else is wrong ends the round.
  Result<bool> hear(SecureSumHub& hub, size_t phase, size_t party) {
    if (!with.is_present(party)) return false;
    const size_t bytes_max = terms.words * sizeof(uint64_t) + terms.parties * 128 + kSignatureBytesMax + 256;
    auto said = receive_at_most(with, party, said_kind(phase), bytes_max);
    if (!said && said.error().code == ErrorCode::unavailable) return false;
    if (!said) return fail(std::move(said).error());
    TRY(hub.take(phase_at(phase), party, *said));
    return true;
  }
  Result<void> tell(size_t party, size_t phase, std::initializer_list<std::string_view> parts) {
    auto sent = with.send(party, answer_kind(phase), parts);
    if (!sent && sent.error().code == ErrorCode::unavailable) return {};  // it is missed when it has to speak next
    return sent;
  }

  Result<SecureSum> as_hub() {
    const OpenedRound* before = book.find(of);
    if (before != nullptr && !before->sum.empty()) return repeat(before->sum);
    const auto may_take_part = [&](size_t party) {
      return before == nullptr || std::ranges::binary_search(before->survivors, static_cast<uint8_t>(party));
    };
    SecureSumHub hub(terms);
    std::vector<size_t> left_out;
    std::string heard;
    for (size_t phase = 0; phase < kSecureSumPhases; ++phase) {
      if (hub.is_in(0)) TRY(hub.take(phase_at(phase), 0, TRY(say(phase, heard))));
      for (size_t party = 1; party < terms.parties; ++party) {
        if (!hub.is_in(party)) continue;
        if (phase == 0 && !may_take_part(party)) {
          if (with.is_present(party) && receive_at_most(with, party, said_kind(0), 4096)) left_out.push_back(party);
          continue;
        }
        TRY(hear(hub, phase, party));
      }
      TRY(hub.close(phase_at(phase)));
      heard = hub.answer(phase_at(phase), 0);
      const std::string first = phase == 0 ? std::string(1, static_cast<char>(Opening::go_on)) : std::string();
      if (phase + 1 == kSecureSumPhases) break;
      for (size_t party = 1; party < terms.parties; ++party) {
        if (hub.is_in(party)) TRY(tell(party, phase, {first, hub.answer(phase_at(phase), party)}));
      }
      const std::string out(1, static_cast<char>(Opening::left_out));
      for (const size_t party : left_out) {
        if (phase == 0) TRY(tell(party, phase, {out}));
      }
    }
    SecureSum sum = TRY(read_secure_sum(heard, terms.words, terms.parties));
    TRY(book.put({of, sum.survivors, heard}));
    for (size_t party = 1; party < terms.parties; ++party) {
      const bool waits = hub.is_in(party) || std::ranges::find(left_out, party) != left_out.end();
      if (waits) TRY(tell(party, kSecureSumPhases - 1, {heard}));
    }
    return sum;
  }

  // The sum was opened before the break: nothing is opened again.
  Result<SecureSum> repeat(const std::string& sum) {
    const std::string opening(1, static_cast<char>(Opening::repeated));
    for (size_t party = 1; party < terms.parties; ++party) {
      if (!with.is_present(party) || !receive_at_most(with, party, said_kind(0), 4096)) continue;
      TRY(tell(party, 0, {opening, sum}));
    }
    return read_secure_sum(sum, terms.words, terms.parties);
  }
};

}  // namespace

std::string secure_sum_bytes(const SecureSum& sum) {
  ByteWriter out;
  out.text({reinterpret_cast<const char*>(sum.survivors.data()), sum.survivors.size()});
  out.raw(words_bytes(sum.sums));
  return out.take();
}

Result<SecureSum> read_secure_sum(std::string_view bytes, size_t words, size_t parties) {
  ByteReader in(bytes);
  const std::string_view survivors = in.text();
  const std::string_view sums = in.raw(in.remaining());
  TRY(in.finish("a sum"));
  return SecureSum{TRY(read_words(sums, words)), TRY(read_parties(survivors, parties))};
}

Result<SecureSum> secure_sum(const StageNeeds& needs, Conversation& with, std::string_view stage, uint64_t round,
                             std::span<const uint64_t> input) {
  CHECK(needs.signatory != nullptr, "a horizontal job has its signatory");
  const Job& job = needs.job;
  const std::string context = job.name + ", " + std::string(stage) + ", round " + std::to_string(round + 1);
  const SecureSumTerms terms{.context = context,
                             .parties = job.parties.size(),
                             .self = needs.self,
                             .clients_min = static_cast<size_t>(std::max<int64_t>(3, job.clients_min)),
                             .words = input.size(),
                             .signatory = *needs.signatory};
  SecureSumRun run{.needs = needs,
                   .with = with,
                   .terms = terms,
                   .of = sha256(context + "\n", words_bytes(input)),
                   .book = OpenedRounds(needs.files, needs.work_folder),
                   .client = SecureSumClient(terms, input)};
  TRY(run.book.read(terms.parties));
  return needs.self == 0 ? run.as_hub() : run.as_spoke();
}

}  // namespace puhui::federation
