#include "infrastructure/screening/screener.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <thread>

#include "ground/base/check.h"
#include "infrastructure/screening/edit_distance.h"
#include "infrastructure/screening/names_for_test.h"
#include "infrastructure/screening/sound_key.h"
#include "infrastructure/screening/vocabulary.h"

namespace puhui::screening {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> words_in(std::string_view name) {
  std::vector<std::string> out;
  for (NameToken& token : tokens_of(name)) out.push_back(std::move(token.text));
  return out;
}

ListEntry entry(std::string id, std::vector<std::string> names, PartyKind kind = PartyKind::person) {
  ListEntry out;
  out.list = "test";
  out.id = std::move(id);
  out.names = std::move(names);
  out.kind = kind;
  return out;
}

const Screener& small() {
  static const Screener kScreener = [] {
    ListEntry born = entry("7", {"Petrov, Maksim Olegovich"});
    born.born = Date::from_civil(1975, 6, 14);
    born.countries = {"RU"};
    auto built = Screener::build(
        {entry("1", {"MALKEVICH, Alexander Aleksandrovich"}), entry("2", {"DENG Xiaoming", "TENG Hsiao-ming"}),
         entry("3", {"QADHAFI, Muammar", "GADDAFI, Moammar"}),
         entry("4", {"FIRST ZARVANI BANK CORP"}, PartyKind::organisation), entry("5", {"Müller, Jörg Kestenbaum"}),
         entry("6", {"BNK"}, PartyKind::vessel), born, entry("8", {"邓小明"}),
         entry("9", {"HASSAN, Mohammed Tarkhani"}), entry("10", {"Tarkhani Al-Zawadi"}, PartyKind::organisation)});
    CHECK(built.has_value(), built ? "" : built.error().text().c_str());
    return *std::move(built);
  }();
  return kScreener;
}

std::vector<std::string> found(const std::string& name, const Screener& screener = small()) {
  Query query;
  query.name = name;
  const auto matches = screener.screen(query);
  std::vector<std::string> out;
  EXPECT_TRUE(matches) << matches.error().text();
  if (!matches) return out;
  for (const Match& match : *matches) out.push_back(screener.entries()[match.entry].id);
  return out;
}

std::string refusal(const std::string& name) {
  Query query;
  query.name = name;
  const auto matches = small().screen(query);
  return matches ? "none" : matches.error().text();
}

TEST(NameWords, LatinIsFoldedAndAccentsAreDropped) {
  EXPECT_THAT(words_in("Müller, José-María O'Brien"), ElementsAre("MULLER", "JOSE", "MARIA", "OBRIEN"));
  EXPECT_THAT(words_in("Straße Łódź Ærø"), ElementsAre("STRASSE", "LODZ", "AERO"));
  EXPECT_THAT(words_in("ＡＢＣ １２３"), ElementsAre("ABC", "123"));
}

TEST(NameWords, CyrillicGreekAndArabicAreRomanisedLetterByLetter) {
  EXPECT_THAT(words_in("Малкевич Александр"), ElementsAre("MALKEVICH", "ALEKSANDR"));
  EXPECT_THAT(words_in("Παπαδόπουλος"), ElementsAre("PAPADOPOULOS"));
  EXPECT_THAT(words_in("محمد علي"), ElementsAre("MHMD", "ALI"));
}

TEST(NameWords, EachHanCharacterIsASyllableAndSurnamesAreReadAsSurnames) {
  EXPECT_THAT(words_in("邓小平"), ElementsAre("DENG", "XIAO", "PING"));
  EXPECT_THAT(words_in("单小明"), ElementsAre("SHAN", "XIAO", "MING"));
  EXPECT_THAT(words_in("简单"), ElementsAre("JIAN", "DAN"));
}

TEST(NameWords, InvisibleCharactersAndMarksOfDirectionDoNotSplitAWord) {
  EXPECT_THAT(words_in("Mal\u200Bke\u00ADvich"), ElementsAre("MALKEVICH"));
  EXPECT_THAT(words_in("\u202EMalkevich\u202C \u200F"), ElementsAre("MALKEVICH"));
  EXPECT_THAT(words_in("e\u0301\u0302\u0303a"), ElementsAre("EA"));
}

TEST(NameWords, LookAlikesOfOtherScriptsAreReadAsTheyLookInsideLatin) {
  EXPECT_THAT(words_in("Mаlkеvich"), ElementsAre("MALKEVICH"));  // а and е are Cyrillic
  EXPECT_THAT(words_in("СО Trading"), ElementsAre("CO", "TRADING"));
  EXPECT_THAT(words_in("СОВА"), ElementsAre("SOVA"));  // an owl, among no Latin words
}

TEST(NameWords, SymbolsAloneAreNoWord) {
  EXPECT_THAT(words_in("😀 !!! \u200B"), IsEmpty());
  EXPECT_THAT(words_in("\xFF\xFE"), IsEmpty());
}

TEST(SoundKeys, SpellingsOfOneNameMeet) {
  EXPECT_EQ(sound_key("MOHAMMED"), sound_key("MUHAMMAD"));
  EXPECT_EQ(sound_key("MHMD"), sound_key("MOHAMED"));
  EXPECT_EQ(sound_key("GADDAFI"), sound_key("QADHAFI"));
  EXPECT_EQ(sound_key("MUELLER"), sound_key("MULLER"));
  EXPECT_EQ(sound_key("DENG"), sound_key("TENG"));
  EXPECT_NE(sound_key("SMITH"), sound_key("JONES"));
}

TEST(EditDistances, CountInsertionDeletionSubstitutionAndExchange) {
  EXPECT_EQ(edit_distance("KIMONO", "KIMONO", 2), 0);
  EXPECT_EQ(edit_distance("KIMONO", "KIMNO", 2), 1);
  EXPECT_EQ(edit_distance("KIMONO", "KMIONO", 2), 1);
  EXPECT_EQ(edit_distance("KIMONO", "KIMANA", 2), 2);
  EXPECT_EQ(edit_distance("KIMONO", "PAPAYA", 2), 3);
  EXPECT_EQ(edit_distance("", "AB", 1), 2);
}

TEST(Vocabularies, NearWordsAreExactlyThoseAScanFinds) {
  RandomStream random(Random(5), 1, 1);
  Vocabulary vocabulary;
  std::vector<std::string> words;
  for (int i = 0; i < 3000; ++i) {
    std::string word;
    const uint64_t letters = 2 + random.below(14);
    for (uint64_t j = 0; j < letters; ++j) word += static_cast<char>('A' + random.below(4));
    if (vocabulary.find(word) == Vocabulary::kNone) words.push_back(word);
    vocabulary.add(word);
  }
  vocabulary.finish(std::vector<bool>(vocabulary.size(), true));
  std::vector<Vocabulary::Near> near;
  size_t seen = 0;
  for (int i = 0; i < 300; ++i) {
    std::string asked = with_error(words[random.below(words.size())], kNameErrors[1 + random.below(4)], random);
    for (char& c : asked) c = static_cast<char>(std::toupper(c));
    vocabulary.near(asked, near);
    std::set<std::string> got, expected;
    for (const auto& one : near) got.emplace(vocabulary.text(one.word));
    for (const std::string& word : words) {
      const int limit = edits_allowed(std::min(word.size(), asked.size()));
      const int distance = edit_distance(word, asked, limit);
      if (distance > 0 && distance <= limit) expected.insert(word);
    }
    EXPECT_EQ(got, expected) << asked;
    seen += expected.size();
  }
  EXPECT_GT(seen, 300u);
}

TEST(Screeners, AListedNameIsFoundWhateverItsOrder) {
  EXPECT_THAT(found("Alexander Aleksandrovich Malkevich"), ElementsAre("1"));
  EXPECT_THAT(found("malkevich alexander"), ElementsAre("1"));
}

TEST(Screeners, OneLetterWrongIsFound) {
  EXPECT_THAT(found("Malkevitch Alexander Aleksandrovich"), ElementsAre("1"));
  EXPECT_THAT(found("Makevich Alexander Aleksandrovich"), ElementsAre("1"));
  EXPECT_THAT(found("Mlakevich Alexander Aleksandrovich"), ElementsAre("1"));
}

TEST(Screeners, AnotherScriptIsFound) {
  EXPECT_THAT(found("Малкевич Александр Александрович"), ElementsAre("1"));
  EXPECT_THAT(found("邓小明"), Contains("2"));
  EXPECT_THAT(found("Deng Xiao Ming"), Contains("8"));
  EXPECT_THAT(found("DENG Xiaoming"), Contains("8"));
}

TEST(Screeners, JoinedAndSplitWordsAreFound) {
  EXPECT_THAT(found("Malkevich Alexander Aleksand rovich"), ElementsAre("1"));
  EXPECT_THAT(found("MalkevichAlexander Aleksandrovich"), ElementsAre("1"));
}

TEST(Screeners, UmlautsAreFoundInEitherSpelling) {
  EXPECT_THAT(found("Joerg Kestenbaum Mueller"), ElementsAre("5"));
  EXPECT_THAT(found("Jorg Kestenbaum Muller"), ElementsAre("5"));
}

TEST(Screeners, CommonWordsAloneNeverHit) {
  for (const char* name :
       {"Bank", "Corp", "Bank Corp", "First Bank", "First Bank Corp", "Mohammed", "Hassan", "Mohammed Hassan"}) {
    EXPECT_THAT(found(name), IsEmpty()) << name;
  }
}

TEST(Screeners, AShortWordAloneMustBeExact) {
  EXPECT_THAT(found("BNK"), ElementsAre("6"));
  EXPECT_THAT(found("BNQ"), IsEmpty());
  EXPECT_THAT(found("BNKA"), IsEmpty());
}

TEST(Screeners, BirthAndCountryMoveThePosteriorAndNotTheNames) {
  Query query;
  query.name = "Maksim Petrov";
  const auto posterior = [&](std::optional<Date> born, std::string country) {
    query.born = born;
    query.country = std::move(country);
    ScreenOptions options;
    options.posterior_min_ppm = 1;
    const auto matches = small().screen(query, options);
    EXPECT_TRUE(matches && !matches->empty());
    const Match& best = matches->front();
    EXPECT_EQ(small().entries()[best.entry].id, "7");
    return std::pair(best.posterior_ppm, best.name_ppm);
  };
  const auto alone = posterior(std::nullopt, "");
  const auto same = posterior(Date::from_civil(1975, 6, 14), "");
  const auto differs = posterior(Date::from_civil(1990, 1, 2), "");
  EXPECT_EQ(alone.first, alone.second);
  EXPECT_GT(same.first, alone.first);
  EXPECT_LT(differs.first, alone.first);
  EXPECT_EQ(same.second, alone.second);
  EXPECT_GT(posterior(std::nullopt, "ru").first, alone.first);
  EXPECT_LT(posterior(std::nullopt, "CN").first, alone.first);
  EXPECT_LT(same.first, 1'000'000);
}

TEST(Screeners, HostileNamesAreRefusedByTheirLimit) {
  EXPECT_THAT(refusal(std::string(10 << 20, 'a')), testing::HasSubstr("expected at most 512 bytes"));
  EXPECT_THAT(refusal(""), testing::HasSubstr("expected a name with a letter"));
  EXPECT_THAT(refusal("😀😀"), testing::HasSubstr("expected a name with a letter"));
  EXPECT_THAT(refusal("\xC3\x28"), testing::HasSubstr("expected UTF-8"));
  std::string many;
  for (int i = 0; i < 40; ++i) many += "a ";
  EXPECT_THAT(refusal(many), testing::HasSubstr("at most 32 words"));
  EXPECT_EQ(refusal(std::string(512, 'a')), "none");
}

TEST(Screeners, EveryFaultOfAListIsNamed) {
  const auto built = Screener::build({entry("1", {"!!!"}), entry("2", {"Good Name"}), entry("3", {"\xFF", "Fine"})});
  ASSERT_FALSE(built);
  EXPECT_EQ(built.error().faults.size(), 2u);
  EXPECT_THAT(built.error().text(), testing::HasSubstr("entry 1 (test 1)"));
}

TEST(Screeners, AnEntrySurvivesItsBytesAndItsDigestNamesEveryPart) {
  ListEntry one = entry("1", {"A B", "C"});
  one.born = Date::from_civil(1970, 1, 1);
  one.countries = {"RU"};
  const auto again = decode_entry(encode(one));
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, one);
  ListEntry other = one;
  other.remarks = "x";
  EXPECT_NE(one.digest(), other.digest());
  EXPECT_FALSE(decode_entry(encode(one).substr(1)));
}

bool on_border(std::string_view text, uint32_t at) {
  return at == text.size() || (at < text.size() && (static_cast<uint8_t>(text[at]) & 0xC0) != 0x80);
}

TEST(Screeners, MarkedPartsLieOnCharacterBordersOfBothNames) {
  for (const std::string name : {"邓小明", "Малкевич Александр Александрович", "Jo\u0308rg Mu\u0308ller Kestenbaum",
                                 "محمد Tarkhani حسن", "Mаlkevich A. Aleksandrovich"}) {
    Query query;
    query.name = name;
    const auto matches = small().screen(query);
    ASSERT_TRUE(matches);
    EXPECT_FALSE(matches->empty()) << name;
    for (const Match& match : *matches) {
      const std::string& theirs = small().entries()[match.entry].names[match.name];
      ASSERT_FALSE(match.parts.empty());
      for (const MatchedPart& part : match.parts) {
        EXPECT_LT(part.query_begin, part.query_end);
        EXPECT_LT(part.entry_begin, part.entry_end);
        for (const uint32_t at : {part.query_begin, part.query_end}) EXPECT_TRUE(on_border(name, at)) << name;
        for (const uint32_t at : {part.entry_begin, part.entry_end}) EXPECT_TRUE(on_border(theirs, at)) << theirs;
      }
    }
  }
}

TEST(Screeners, AnInitialAndAMissingWordAreTold) {
  Query query;
  query.name = "A. Malkevich Aleksandrovich";
  const auto matches = small().screen(query);
  ASSERT_TRUE(matches && !matches->empty());
  EXPECT_THAT(matches->front().parts, Contains(testing::Field(&MatchedPart::how, "initial")));
  query.name = "Malkevich Aleksandrovich";
  const auto fewer = small().screen(query);
  ASSERT_TRUE(fewer && !fewer->empty());
  EXPECT_THAT(fewer->front().against_it, Contains("words_missing"));
}

// ---- the list of the US Treasury

class Ofac : public ::testing::Test {
 protected:
  void SetUp() override {
    if (screener() == nullptr) GTEST_SKIP() << "skipped: no data";
  }
  static const Screener* screener() {
    static const std::unique_ptr<Screener> kScreener = []() -> std::unique_ptr<Screener> {
      auto entries = ofac_entries();
      if (entries.empty()) return nullptr;
      auto built = Screener::build(std::move(entries));
      CHECK(built.has_value(), built ? "" : built.error().text().c_str());
      return std::make_unique<Screener>(*std::move(built));
    }();
    return kScreener.get();
  }
  static std::string any_name(RandomStream& random) {
    const ListEntry& one = screener()->entries()[random.below(screener()->entries().size())];
    return one.names[random.below(one.names.size())];
  }
  static std::string any_query(uint64_t i) {
    RandomStream random(Random(17), 3, i);
    if (random.chance(0.3)) return ordinary_name(kOrdinary[random.below(std::size(kOrdinary))], random);
    std::string name = with_error(any_name(random), kNameErrors[random.below(std::size(kNameErrors))], random);
    return name.empty() ? any_name(random) : name;
  }
};

TEST_F(Ofac, TheIndexAgreesWithComparingEveryName) {
  for (uint64_t i = 0; i < 150; ++i) {
    Query query;
    query.name = any_query(i);
    if (i % 5 == 0) query.born = Date::from_civil(1960 + static_cast<int>(i % 40), 6, 1);
    if (i % 7 == 0) query.country = "IR";
    ScreenOptions options;
    options.posterior_min_ppm = i % 2 == 0 ? 500'000 : 100'000;
    const auto fast = screener()->screen(query, options), slow = screener()->screen_by_scan(query, options);
    ASSERT_TRUE(fast && slow) << query.name;
    EXPECT_EQ(*fast, *slow) << query.name;
  }
}

TEST_F(Ofac, OneThatLooksAtSomeEntriesAnswersWhatTheWholeAnswersOfThem) {
  std::vector<uint32_t> chosen;
  for (uint32_t i = 0; i < screener()->entries().size(); i += 3) chosen.push_back(i);
  const Screener part = screener()->only(chosen);
  ScreenOptions all;
  all.matches_max = 1000;
  for (uint64_t i = 0; i < 300; ++i) {
    Query query;
    query.name = any_query(i);
    auto whole = screener()->screen(query, all);
    const auto some = part.screen(query, all);
    ASSERT_TRUE(whole && some);
    std::erase_if(*whole, [](const Match& match) { return match.entry % 3 != 0; });
    EXPECT_EQ(*some, *whole) << query.name;
  }
}

TEST_F(Ofac, SeveralThreadsGetTheAnswersOfOne) {
  std::vector<std::vector<Match>> one, other(200);
  for (uint64_t i = 0; i < other.size(); ++i) {
    Query query;
    query.name = any_query(i);
    one.push_back(screener()->screen(query).value());
  }
  std::vector<std::thread> threads;
  for (size_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (uint64_t i = t; i < other.size(); i += 4) {
        Query query;
        query.name = any_query(i);
        other[i] = screener()->screen(query).value();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(one, other);
}

TEST_F(Ofac, NamesAsListedAreFound) {
  size_t asked = 0, missed = 0;
  for (uint32_t i = 0; i < screener()->entries().size(); i += 7) {
    for (const std::string& name : screener()->entries()[i].names) {
      Query query;
      query.name = name;
      const auto matches = screener()->screen(query);
      ASSERT_TRUE(matches) << name;
      ++asked;
      missed += std::ranges::find(*matches, i, &Match::entry) == matches->end() ? 1 : 0;
    }
  }
  EXPECT_GT(asked, 2000u);
  EXPECT_LT(missed * 100, asked);
}

}  // namespace
}  // namespace puhui::screening
