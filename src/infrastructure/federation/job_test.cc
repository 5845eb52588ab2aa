#include "infrastructure/federation/job.h"

#include <gtest/gtest.h>

#include "infrastructure/federation/job_words.h"

namespace puhui::federation {

namespace {

Json well() {
  const std::string a(64, 'a'), b(64, 'b');
  return *parse_json(R"({"name":"credit","kind":"vertical_boosting","label":"y","parties":[
    {"name":"lender","role":"guest","certificate":")" +
                     a + R"(","columns":["x0","x1"]},
    {"name":"registry","role":"host","certificate":")" +
                     b + R"(","address":"127.0.0.1:9443","columns":["z0"]}]})");
}

std::string faults_of(const Json& job) {
  const auto parsed = parse_job(print_json(job));
  return parsed ? "" : parsed.error().text();
}

// `well()` with one member set otherwise: "cipher", {"key_bits": 1024}.
std::string with(std::string_view member, std::string_view value) {
  Json job = well();
  job.set(member, *parse_json(value));
  return faults_of(job);
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST(Job, what_is_left_out_has_its_default) {
  const auto job = parse_job(print_json(well()));
  ASSERT_TRUE(job) << job.error().text();
  EXPECT_EQ(job->parties[1].address, "127.0.0.1:9443");
  EXPECT_EQ(job->boosting.depth_max, 3);
  EXPECT_EQ(job->cipher.key_bits, 2048);
  EXPECT_EQ(party_of(*job, "registry"), 1u);
  EXPECT_FALSE(party_of(*job, "nobody"));
}

TEST(Job, the_hash_is_over_the_very_bytes) {
  const std::string file = print_json(well());
  EXPECT_EQ(job_hash(file), sha256(file));
  EXPECT_NE(job_hash(file), job_hash(file + " "));
}

TEST(Job, written_and_read_again_it_is_the_same) {
  const auto job = parse_job(print_json(well()));
  ASSERT_TRUE(job);
  Json all = to_json(*job);
  for (const char* unused : {"logistic", "conversion", "privacy", "clients_min"}) {
    Json::Object& members = *all.object();
    std::erase_if(members, [&](const auto& member) { return member.first == unused; });
  }
  const auto again = parse_job(print_json(all));
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(to_json(*again), to_json(*job));
}

TEST(Job, a_conversion_learns_from_the_platforms_columns_alone) {
  Json job = well();
  job.set("kind", "conversion");
  job.set("boosting", *parse_json(R"({"trees":3})"));
  const std::string faults = faults_of(job);
  EXPECT_TRUE(has(faults, "parties/0/columns: expected the value of a conversion or nothing")) << faults;
  EXPECT_TRUE(has(faults, "boosting: conversion does not use it")) << faults;
}

TEST(Job, every_fault_is_told_at_once_with_its_place) {
  Json job = well();
  job.set("cipher", *parse_json(R"({"scheme":"rsa","key_bits":1024})"));
  job.set("intersection", *parse_json(R"({"normalise":["trim","lowre"],"guest_only":true})"));
  job.set("boosting", *parse_json(R"({"goss_top":0.9,"goss_other":0.3,"learning_rate":0})"));
  job.set("nonsense", 1);
  const std::string faults = faults_of(job);
  for (const char* part :
       {"cipher/scheme: expected paillier or okamoto_uchiyama, came 'rsa'", "cipher/key_bits: expected 2048",
        "intersection/normalise/1", "did you mean 'lower'?", "intersection/guest_only", "boosting/goss_other",
        "boosting/learning_rate: expected a number above 0", "nonsense: is not a known field"}) {
    EXPECT_TRUE(has(faults, part)) << part << " in " << faults;
  }
}

TEST(Job, a_key_under_2048_bits_is_refused) {
  EXPECT_TRUE(has(with("cipher", R"({"key_bits":2047})"), "shorter keys are not safe, came 2047"));
  EXPECT_EQ(with("cipher", R"({"key_bits":3072})"), "");
}

TEST(Job, parties_stand_in_the_roles_of_the_kind) {
  Json job = well();
  (*job.object())[3].second.list()->at(0).set("role", "host");
  EXPECT_TRUE(has(faults_of(job), "parties/0/role: expected 'guest'")) << faults_of(job);
  EXPECT_TRUE(
      has(with("kind", R"("horizontal_logistic")"), "expected 3 to 64 parties for horizontal_logistic, came 2"));
  EXPECT_TRUE(has(with("kind", R"("intersection")"), "label: intersection has no label"));
}

TEST(Job, parties_have_names_certificates_and_addresses_of_their_own) {
  Json job = well();
  Json& second = (*job.object())[3].second.list()->at(1);
  second.set("name", "Lender");
  second.set("certificate", std::string(64, 'a'));
  second.set("address", "nowhere");
  const std::string faults = faults_of(job);
  EXPECT_TRUE(has(faults, "parties/1/name: expected lower-case letters")) << faults;
  EXPECT_TRUE(has(faults, "is the certificate of 'lender' already")) << faults;
  EXPECT_TRUE(has(faults, "parties/1/address: expected host:port, came 'nowhere'")) << faults;
  second.set("name", "lender");
  EXPECT_TRUE(has(faults_of(job), "'lender' is party 0 already"));
}

TEST(Job, ids_and_labels_are_not_learnt_from) {
  Json job = well();
  (*job.object())[3].second.list()->at(0).set("columns", *parse_json(R"(["id","y","x","x"])"));
  const std::string faults = faults_of(job);
  EXPECT_TRUE(has(faults, "parties/0/columns/0: 'id' is the id column")) << faults;
  EXPECT_TRUE(has(faults, "parties/0/columns/1: 'y' is the label")) << faults;
  EXPECT_TRUE(has(faults, "parties/0/columns/3: 'x' stands twice")) << faults;
}

TEST(Job, a_section_that_the_kind_does_not_use_is_a_fault) {
  EXPECT_TRUE(has(with("logistic", R"({"epochs":3})"), "logistic: vertical_boosting does not use it"));
  EXPECT_TRUE(has(with("privacy", R"({"epsilon":1})"), "so that nobody believes it in force"));
}

TEST(Job, what_is_no_json_or_too_large_is_refused) {
  EXPECT_FALSE(parse_job("{"));
  EXPECT_FALSE(parse_job("[]"));
  EXPECT_FALSE(parse_job(std::string(kJobFileBytesMax + 1, ' ')));
}

TEST(Job, its_words_name_parties_cipher_and_numbers_in_both_languages) {
  const auto job = parse_job(print_json(well()));
  ASSERT_TRUE(job);
  std::string english, chinese;
  for (const Sentence& sentence : in_words(*job)) {
    EXPECT_FALSE(sentence.english.empty());
    EXPECT_FALSE(sentence.chinese.empty());
    english += sentence.english;
    chinese += sentence.chinese;
  }
  for (const std::string* words : {&english, &chinese}) {
    for (const char* part : {"lender", "registry", "paillier", "2,048", "aaaaaaaaaaaa"}) {
      EXPECT_TRUE(has(*words, part)) << part << " in " << *words;
    }
  }
}

}  // namespace

}  // namespace puhui::federation
