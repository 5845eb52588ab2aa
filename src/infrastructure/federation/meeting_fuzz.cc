// Whatever a peer sends at a meeting or at the end, and whatever lies where a checkpoint should.
#include "infrastructure/federation/checkpoint.h"
#include "infrastructure/federation/meeting.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace puhui::federation;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto hello = read_hello(bytes)) {
    Job job;
    job.parties.resize(2);
    (void)check_hello(*hello, job, hello->job, 1);
  }
  if (const auto agreement = read_agreement(bytes)) {
    Job job;
    job.parties.resize(2);
    job.parties[0].name = "hub";
    job.parties[1].name = "spoke";
    Hello own;
    own.party = "spoke";
    (void)check_agreement(*agreement, job, {}, own);
    if (!agreement->hellos.empty()) (void)newest_common(agreement->hellos);
  }
  (void)read_ending(bytes);
  (void)check_step(bytes, {1, 2, 3}, "peer");
  (void)parse_job(bytes);
  // With a digest that holds, so that the reader behind it is reached.
  std::string file = "puhui federation checkpoint 1\n" + std::string(bytes);
  file += puhui::sha256(file).view();
  (void)decode_checkpoint(file, {});
  return 0;
}
