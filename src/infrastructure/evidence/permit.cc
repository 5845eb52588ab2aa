#include "infrastructure/evidence/permit.h"

#include <set>

namespace puhui::evidence {

void fields(Shape& shape, NamedDigest& named) {
  shape.field("name", named.name, {.help = "what it is to the use case", .min = 1, .max = 128});
  shape.field("digest", named.digest, {.help = "SHA-256 of its bytes"});
}

void fields(Shape& shape, Threshold& threshold) {
  shape.field("name", threshold.name, {.help = "the policy input it sets", .min = 1, .max = 128});
  shape.field("value", threshold.value, {.help = "an exact decimal", .min = 1, .max = 40});
}

void fields(Shape& shape, Manifest& manifest) {
  shape.field("use_case", manifest.use_case, {.help = "which use case it lets run", .min = 1, .max = 128});
  shape.field("tier", manifest.tier, {.help = "1 high risk, 2 medium, 3 low", .min = 1, .max = 3});
  shape.field("artefacts", manifest.artefacts,
              {.help = "policy, models, facts, reasons by digest", .min = 1, .max = 64});
  shape.field("thresholds", manifest.thresholds, {.help = "numbers the policy reads", .max = 128});
  shape.field("build", manifest.build, {.help = "the program it was tested with", .min = 1, .max = 128});
  shape.field("author", manifest.author, {.help = "who proposed it; may not sign it", .min = 1, .max = 64});
  shape.field("made_at", manifest.made_at, {.help = "when it was proposed"});
  shape.field("expires_at", manifest.expires_at, {.help = "from when on it runs no more"});
  shape.field("conditions", manifest.conditions,
              {.help = "in words, for those who sign", .max = 4096, .optional = true});
}

void fields(Shape& shape, Approval& approval) {
  shape.field("person", approval.person, {.help = "who signed", .min = 1, .max = 64});
  shape.field("at", approval.at, {.help = "when"});
  shape.field("signature", approval.signature, {.help = "Ed25519, 128 hex digits", .min = 128, .max = 128});
}

void fields(Shape& shape, Permit& permit) {
  shape.field("manifest", permit.manifest, {.help = "what may run"});
  shape.field("approvals", permit.approvals, {.help = "who said yes", .max = 16});
}

std::string Manifest::canonical() const { return print_json(to_json(*this)); }

Digest Manifest::digest() const { return sha256(canonical()); }

const Digest* Manifest::artefact(std::string_view name) const {
  for (const NamedDigest& named : artefacts) {
    if (named.name == name) return &named.digest;
  }
  return nullptr;
}

std::string approval_bytes(const Manifest& manifest, std::string_view person, Timestamp at) {
  return "puhui permit 1\n" + manifest.digest().hex() + "\n" + std::string(person) + "\n" + text_of(at);
}

Approval approve(const Manifest& manifest, std::string_view person, Timestamp at, const SigningKey& key) {
  return {std::string(person), at, key.sign(approval_bytes(manifest, person, at)).hex()};
}

int approvals_needed(int tier) { return tier == 3 ? 1 : 2; }

namespace {

// Ok when this approval counts.
Result<void> check_one(const Approval& approval, const Manifest& manifest, const std::vector<Person>& people) {
  const auto refuse = [&](std::string why) {
    return fail(ErrorCode::forbidden, "approval of " + approval.person, std::move(why));
  };
  if (approval.person == manifest.author) return refuse("is by the manifest's author; two other people must sign");
  const auto person =
      std::find_if(people.begin(), people.end(), [&](const Person& p) { return p.name == approval.person; });
  if (person == people.end()) return refuse("is by nobody this bank knows; add the person first");
  if (!person->may_approve) return refuse("is by a person who may not approve");
  const auto author =
      std::find_if(people.begin(), people.end(), [&](const Person& p) { return p.name == manifest.author; });
  if (author != people.end() && author->key == person->key) return refuse("is made with the author's own key");
  const auto signature = Signature::parse(approval.signature);
  if (!signature || !verifies(person->key, approval_bytes(manifest, approval.person, approval.at), *signature)) {
    return refuse("has a signature that is not over this manifest; a byte of it may have changed since");
  }
  return {};
}

}  // namespace

Result<void> check(const Permit& permit, const std::vector<Person>& people, Timestamp now, std::string_view build) {
  Faults faults;
  const Manifest& manifest = permit.manifest;
  if (now >= manifest.expires_at) {
    faults.add("expires_at", "the permit expired on " + text_of(manifest.expires_at) + "; propose and sign a new one");
  }
  if (manifest.build != build) {
    faults.add("build", "the permit is for '" + manifest.build + "', this program is '" + std::string(build) +
                            "'; replay its decisions, then propose and sign a new one");
  }
  std::set<std::string> names;
  std::set<PublicKey> keys;
  for (const Approval& approval : permit.approvals) {
    if (auto counted = check_one(approval, manifest, people); !counted) {
      faults.add("", std::move(counted).error());
      continue;
    }
    names.insert(approval.person);
    keys.insert(
        std::find_if(people.begin(), people.end(), [&](const Person& p) { return p.name == approval.person; })->key);
  }
  const auto signed_by = static_cast<int>(std::min(names.size(), keys.size()));
  if (signed_by < approvals_needed(manifest.tier)) {
    faults.add("approvals", "expected the valid signatures of " + std::to_string(approvals_needed(manifest.tier)) +
                                " people other than the author, came " + std::to_string(signed_by));
  }
  return std::move(faults).result(ErrorCode::forbidden);
}

}  // namespace puhui::evidence
