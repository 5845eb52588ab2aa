#include "governance/audit/audit_for_test.h"
#include "governance/audit/make_pack.h"
#include "governance/audit/nightly.h"
#include "governance/audit/pack_outline.h"

namespace puhui::audit {
namespace {

constexpr PackKind kKinds[] = {PackKind::eu_annex_iv, PackKind::jrt_0221, PackKind::sr_26_2, PackKind::model_card};

class PackTest : public AuditTest {
 protected:
  PackTest() {
    decide(grant(table_proposal()), 50);
    follow();
  }
  PackAnswer made(PackKind kind, PackFormat format, Language language = Language::en) {
    auto answer = make_pack(*needs_, {kind, std::string(kernel::kTestUseCase), language, format});
    EXPECT_TRUE(answer) << answer.error().text();
    return answer ? *answer : PackAnswer{};
  }
  Pack gathered(PackKind kind) {
    auto pack = gather_pack(*needs_, kind, std::string(kernel::kTestUseCase), Language::en);
    EXPECT_TRUE(pack) << pack.error().text();
    return pack ? *pack : Pack{};
  }
  static std::optional<std::string> of(const Pack& pack, std::string_view source) {
    for (const PackSection& section : pack.sections) {
      for (const PackField& field : section.contents)
        if (field.source == source) return field.value;
    }
    ADD_FAILURE() << "no field is filled from " << source;
    return std::nullopt;
  }
};

TEST_P(PackTest, the_same_store_and_moment_give_the_same_bytes) {
  for (const PackKind kind : kKinds) {
    for (const PackFormat format : {PackFormat::html, PackFormat::json, PackFormat::markdown}) {
      const auto one = made(kind, format), two = made(kind, format);
      EXPECT_EQ(one.content, two.content);
      EXPECT_EQ(one.digest, sha256(one.content));
      EXPECT_NE(one.content, made(kind, format, Language::zh).content);
    }
  }
}

TEST_P(PackTest, every_field_of_the_outline_is_listed_and_an_empty_one_says_missing) {
  for (const PackKind kind : kKinds) {
    size_t outlined = 0;
    for (const OutlineSection& section : outline_of(kind).sections) outlined += section.contents.size();
    const Pack pack = gathered(kind);
    EXPECT_EQ(static_cast<size_t>(pack.filled + pack.missing), outlined);
    EXPECT_GT(pack.filled, 0);
    EXPECT_GT(pack.missing, 0) << "nobody has told this bank everything";
    const std::string html = print_pack(pack, PackFormat::html), text = print_pack(pack, PackFormat::markdown);
    const auto count = [](const std::string& in, std::string_view what) {
      int64_t found = 0;
      for (size_t at = in.find(what); at != std::string::npos; at = in.find(what, at + what.size())) ++found;
      return found;
    };
    EXPECT_EQ(count(html, ">missing</span>"), pack.missing);
    EXPECT_EQ(count(text, "**missing**"), pack.missing);
  }
}

TEST_P(PackTest, names_the_moment_the_chain_and_everything_it_cites) {
  const Pack pack = gathered(PackKind::eu_annex_iv);
  EXPECT_EQ(pack.at, clock_.now());
  EXPECT_EQ(pack.chain_records, 51);
  EXPECT_EQ(pack.chain_head, decisions().back().link);
  const auto version = *kernel_->in_force(kernel::kTestUseCase);
  ASSERT_EQ(pack.citations.size(), 1 + version->permit().manifest.artefacts.size());
  EXPECT_EQ(pack.citations[0].digest, version->digest());
  const std::string html = print_pack(pack, PackFormat::html);
  for (const PackCitation& citation : pack.citations) EXPECT_NE(html.find(citation.digest.hex()), std::string::npos);
}

TEST_P(PackTest, fills_what_the_store_holds_and_nothing_else) {
  EXPECT_FALSE(of(gathered(PackKind::jrt_0221), "audit.nights")) << "no night has run";
  ASSERT_TRUE(nightly(*needs_, {}, quiet_));
  EXPECT_TRUE(of(gathered(PackKind::jrt_0221), "audit.nights"));
  const Pack sr = gathered(PackKind::sr_26_2);
  EXPECT_NE(of(sr, "permit.signatures")->find("anna"), std::string::npos);
  EXPECT_NE(of(sr, "decisions.counts")->find("approve "), std::string::npos);
  EXPECT_FALSE(of(sr, "labels.counts"));
  EXPECT_FALSE(of(sr, "drift.latest"));
  needs_->reports = [](std::string_view source, std::string_view) {
    return source == "drift.latest" ? std::optional<std::string>("PSI .01") : std::nullopt;
  };
  EXPECT_EQ(of(gathered(PackKind::sr_26_2), "drift.latest"), "PSI .01");
}

TEST_P(PackTest, nothing_in_it_is_run_by_a_browser) {
  auto proposal = table_proposal();
  auto manifest = manifest_of(proposal);
  manifest.conditions = "<script>alert(1)</script> \" onload='x' | **b** [l](javascript:x)";
  ASSERT_TRUE(kernel_->grant(signed_permit(manifest), "test"));
  for (const PackKind kind : {PackKind::sr_26_2, PackKind::model_card}) {
    const std::string html = made(kind, PackFormat::html).content;
    EXPECT_EQ(html.find("<script"), std::string::npos);
    EXPECT_NE(html.find("&lt;script&gt;alert(1)"), std::string::npos);
    EXPECT_EQ(html.find("http://"), std::string::npos) << "self-contained";
    const std::string text = made(kind, PackFormat::markdown).content;
    EXPECT_EQ(text.find("<script"),
              text.find("\\<script") == std::string::npos ? std::string::npos : text.find("\\<script") + 1);
    EXPECT_EQ(text.find("[l]("), std::string::npos);
  }
}

TEST_P(PackTest, a_use_case_without_a_permit_has_none) {
  const auto pack =
      make_pack(*needs_, {PackKind::model_card, "lending.approval/other", Language::en, PackFormat::html});
  ASSERT_FALSE(pack);
  EXPECT_EQ(pack.error().code, ErrorCode::forbidden);
  const auto listed = list_packs(*needs_);
  ASSERT_TRUE(listed);
  EXPECT_EQ(listed->packs.size(), 4u);
  for (const PackCount& count : listed->packs)
    EXPECT_EQ(static_cast<int64_t>(count.missing_fields.size()), count.missing);
}

INSTANTIATE_TEST_SUITE_P(Engines, PackTest, ::testing::ValuesIn(test_engines()));

}  // namespace
}  // namespace puhui::audit
