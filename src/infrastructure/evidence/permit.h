// Permit: what may run. A manifest names by digest everything a use case decides with; it runs only with the
// signatures of the people its tier asks for, none of them its author. Change a byte and it does not load.
#pragma once

#include <string>
#include <vector>

#include "ground/base/shape.h"
#include "infrastructure/evidence/signing.h"

namespace puhui::evidence {

struct NamedDigest {
  std::string name;
  Digest digest;
  bool operator==(const NamedDigest&) const = default;
};
void fields(Shape& shape, NamedDigest& named);

// A number the policy reads that the product or the risk office sets: a cap, an appetite.
struct Threshold {
  std::string name;
  std::string value;  // an exact decimal
  bool operator==(const Threshold&) const = default;
};
void fields(Shape& shape, Threshold& threshold);

struct Manifest {
  std::string use_case;                // "lending.approval/person_revolving"
  int tier = 1;                        // 1 high risk, 2 medium, 3 low
  std::vector<NamedDigest> artefacts;  // policy, facts, reasons, product, model:pd …, by name
  std::vector<Threshold> thresholds;
  std::string build;  // of the program that was tested
  std::string author;
  Timestamp made_at;
  Timestamp expires_at;
  std::string conditions;  // in words, for those who sign
  bool operator==(const Manifest&) const = default;

  Digest digest() const;  // of its canonical JSON: the permit's name
  std::string canonical() const;
  const Digest* artefact(std::string_view name) const;
};
void fields(Shape& shape, Manifest& manifest);

struct Approval {
  std::string person;
  Timestamp at;
  std::string signature;  // Ed25519 over approval_bytes(), hex
  bool operator==(const Approval&) const = default;
};
void fields(Shape& shape, Approval& approval);

struct Permit {
  Manifest manifest;
  std::vector<Approval> approvals;
  bool operator==(const Permit&) const = default;
};
void fields(Shape& shape, Permit& permit);

// Who may sign. A person's key is never replaced in place: a new key is a new person entry.
struct Person {
  std::string name;
  PublicKey key;
  bool may_approve = false;
};

// What an approver signs: the manifest's digest with who and when, so that no signature serves another permit.
std::string approval_bytes(const Manifest& manifest, std::string_view person, Timestamp at);
Approval approve(const Manifest& manifest, std::string_view person, Timestamp at, const SigningKey& key);

// How many people other than the author must have signed.
int approvals_needed(int tier);

// Every fault: missing or forged signatures, an author among them, the same person or key twice, expiry, another
// build. Answers `forbidden`.
Result<void> check(const Permit& permit, const std::vector<Person>& people, Timestamp now, std::string_view build);

}  // namespace puhui::evidence
