// For tests and benches only: names as they are miswritten, and names of ordinary people and firms.
#pragma once

#include <zlib.h>

#include <cctype>
#include <cstdlib>
#include <string>
#include <vector>

#include "ground/base/random.h"
#include "ground/base/text.h"
#include "infrastructure/screening/list_file.h"

namespace puhui::screening {

enum class NameError : uint8_t { none, insert, remove, substitute, transpose, swapped, joined, split_word };
inline constexpr NameError kNameErrors[] = {NameError::none,       NameError::insert,    NameError::remove,
                                            NameError::substitute, NameError::transpose, NameError::swapped,
                                            NameError::joined,     NameError::split_word};
inline std::string_view name_of(NameError error) {
  static constexpr std::string_view kNames[] = {"as listed",        "one letter more",       "one letter less",
                                                "one letter else",  "two letters exchanged", "words in another order",
                                                "two words joined", "one word split"};
  return kNames[static_cast<size_t>(error)];
}

inline bool is_letter(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

// The name with that error somewhere; empty: it has no place for it.
inline std::string with_error(const std::string& name, NameError error, RandomStream& random) {
  std::vector<size_t> letters, pairs;
  for (size_t i = 0; i < name.size(); ++i) {
    if (!is_letter(name[i])) continue;
    letters.push_back(i);
    if (i + 1 < name.size() && is_letter(name[i + 1]) && std::toupper(name[i]) != std::toupper(name[i + 1]))
      pairs.push_back(i);
  }
  const auto any_letter = [&random] { return static_cast<char>('a' + random.below(26)); };
  std::string out = name;
  if (letters.empty()) return "";
  const size_t at = letters[random.below(letters.size())];
  const auto words = [&] {
    std::vector<std::string> all;
    for (const NameToken& token : tokens_of(name)) all.push_back(name.substr(token.begin, token.end - token.begin));
    return all;
  }();
  switch (error) {
    case NameError::none: return out;
    case NameError::insert: return out.insert(at + random.below(2), 1, any_letter());
    case NameError::remove: return letters.size() < 2 ? "" : out.erase(at, 1);
    case NameError::substitute: {
      do {
        out[at] = any_letter();
      } while (std::toupper(out[at]) == std::toupper(name[at]));
      return out;
    }
    case NameError::transpose: {
      if (pairs.empty()) return "";
      const size_t pair = pairs[random.below(pairs.size())];
      std::swap(out[pair], out[pair + 1]);
      return out;
    }
    case NameError::swapped: {
      if (words.size() < 2) return "";
      const size_t turn = 1 + random.below(words.size() - 1);
      std::vector<std::string> turned(words.begin() + static_cast<ptrdiff_t>(turn), words.end());
      turned.insert(turned.end(), words.begin(), words.begin() + static_cast<ptrdiff_t>(turn));
      return join(turned, " ");
    }
    case NameError::joined: {
      if (words.size() < 2) return "";
      const size_t join_at = 1 + random.below(words.size() - 1);
      out.clear();
      for (size_t i = 0; i < words.size(); ++i) out += (i == 0 || i == join_at ? "" : " ") + words[i];
      return out;
    }
    case NameError::split_word: {
      std::vector<size_t> long_words;
      for (size_t i = 0; i < words.size(); ++i) {
        if (words[i].size() >= 4) long_words.push_back(i);
      }
      if (long_words.empty()) return "";
      const size_t word = long_words[random.below(long_words.size())];
      out.clear();
      for (size_t i = 0; i < words.size(); ++i) {
        out += i == 0 ? "" : " ";
        const size_t cut = i == word ? 1 + random.below(words[i].size() - 1) : 0;
        out += i == word ? words[i].substr(0, cut) + " " + words[i].substr(cut) : words[i];
      }
      return out;
    }
  }
  return out;
}

enum class Ordinary : uint8_t { chinese, english, spanish, arabic, firm };
inline constexpr Ordinary kOrdinary[] = {Ordinary::chinese, Ordinary::english, Ordinary::spanish, Ordinary::arabic,
                                         Ordinary::firm};
inline std::string_view name_of(Ordinary kind) {
  static constexpr std::string_view kNames[] = {"Chinese", "English", "Spanish", "Arabic", "firms"};
  return kNames[static_cast<size_t>(kind)];
}

// A family and a given name, or a firm's, of common parts drawn apart from the lists.
inline std::string ordinary_name(Ordinary kind, RandomStream& random) {
  const auto one_of = [&random](std::string_view words) {
    const auto all = split(words, ' ');
    return std::string(all[random.below(all.size())]);
  };
  switch (kind) {
    case Ordinary::chinese: {
      const std::string_view family =
          "Wang Li Zhang Liu Chen Yang Huang Zhao Wu Zhou Xu Sun Ma Zhu Hu Guo He Lin Gao Luo Zheng Liang Xie Song "
          "Tang "
          "Deng Han Feng Cao Peng Zeng Xiao Tian Dong Pan Yuan Cai Jiang Yu Du Ye Cheng Wei Su Lu Ding Ren Shen Yao "
          "Cui";
      const std::string_view part =
          "wei jian hua ming xiao ying guo li fang jun yan xin jing hui hong hai ping zhi wen bo chun min lan qiang "
          "yong "
          "jie tao chao xiu gang juan xia de cheng yun qing bin ling rong dong mei yu zhen rui hao zi ting dan na lei";
      std::string given = one_of(part);
      if (random.chance(0.7)) given += one_of(part);
      return one_of(family) + " " + given;
    }
    case Ordinary::english:
      return one_of(
                 "James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara Richard Susan "
                 "Joseph Jessica Thomas Karen Christopher Sarah Charles Lisa Daniel Nancy Matthew Sandra Anthony Betty "
                 "Mark Ashley Donald Emily Steven Kimberly Andrew Margaret Paul Donna Joshua Michelle Kenneth Carol") +
             " " +
             one_of(
                 "Smith Johnson Williams Brown Jones Miller Davis Wilson Anderson Taylor Thomas Moore Jackson Martin "
                 "Lee "
                 "Thompson White Harris Clark Lewis Robinson Walker Young Allen King Wright Scott Hill Green Adams "
                 "Baker Nelson Carter Mitchell Roberts Turner Phillips Campbell Parker Evans Edwards Collins Stewart");
    case Ordinary::spanish:
      return one_of(
                 "Jose Maria Juan Carlos Luis Antonio Manuel Jesus Francisco Miguel Pedro Alejandro Rafael Daniel "
                 "Ricardo Eduardo Javier Sergio Roberto Ana Carmen Rosa Laura Marta Elena Lucia Isabel Pilar Teresa") +
             " " +
             one_of(
                 "Garcia Rodriguez Martinez Hernandez Lopez Gonzalez Perez Sanchez Ramirez Torres Flores Rivera Gomez "
                 "Diaz Cruz Morales Reyes Gutierrez Ortiz Ramos Ruiz Alvarez Mendoza Castillo Jimenez Romero Moreno") +
             (random.chance(0.5)
                  ? " " + one_of("Garcia Vega Navarro Molina Soto Campos Leon Marin Iglesias Nunez Ibanez "
                                 "Pascual Ferrer Gallego Vidal Serrano Blanco Castro Suarez Rubio")
                  : "");
    case Ordinary::arabic:
      return one_of(
                 "Mohammed Ahmed Ali Omar Hassan Hussein Khalid Youssef Ibrahim Mahmoud Mustafa Abdullah Tariq Faisal "
                 "Walid Samir Karim Nabil Rashid Hamid Fatima Aisha Maryam Zainab Layla Noor Huda Amina Salma Rania") +
             " " + (random.chance(0.4) ? one_of("Abdul bin Mohammed Ali Ahmed Saleh") + " " : "") +
             one_of(
                 "Al-Sayed Al-Masri Haddad Khoury Mansour Nasser Hamdan Saleh Aziz Rahman Farouk Darwish Shaheen Qasim "
                 "Al-Najjar Al-Harbi Al-Otaibi Al-Shehri Al-Ghamdi Bakr Awad Barakat Sabbagh Khalil Issa Younis "
                 "Suleiman");
    case Ordinary::firm:
      return one_of(
                 "Golden Pacific Northern Eastern United Global First Star Sunrise Green Blue Royal Silver Crystal "
                 "Apex "
                 "Summit Harbour Bridge Orient Delta Alpha Prime Metro Union Grand Diamond Eagle Phoenix Jade Lotus") +
             " " +
             one_of(
                 "Trading Shipping Logistics Electronics Textile Machinery Foods Energy Investment Construction Travel "
                 "Technology Consulting Plastics Chemical Furniture Garment Toys Seafood Motors Marine Import Export") +
             " " + one_of("Company Co.,Ltd Limited Inc Corp GmbH LLC Group S.A. Holdings Pte.Ltd International");
  }
  return "";
}

// A file of the data sets, as it lies or decompressed; empty when it is not there.
inline std::string data_file(const std::string& name) {
  const char* folder = std::getenv("PUHUI_DATA");
  const std::string path = std::string(folder != nullptr ? folder : "../shared/data") + "/" + name;
  gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) return "";
  std::string out, piece(1 << 16, '\0');
  for (int size = 0; (size = gzread(file, piece.data(), static_cast<unsigned>(piece.size()))) > 0;) {
    out.append(piece.data(), static_cast<size_t>(size));
  }
  gzclose(file);
  return out;
}

inline std::vector<ListEntry> ofac_entries() {
  const auto read = read_ofac("ofac_sdn", data_file("aml/ofac_sdn.csv.gz"), data_file("aml/ofac_alt.csv.gz"),
                              data_file("aml/ofac_add.csv.gz"));
  return read ? read->entries : std::vector<ListEntry>();
}

}  // namespace puhui::screening
