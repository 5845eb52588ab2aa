#include "infrastructure/federation/job_words.h"

#include "ground/base/text.h"

namespace puhui::federation {

namespace {

// "The lender (guest) brings 6 columns." Numbers and names go into both languages.
class Words {
 public:
  void say(std::string english, std::string chinese) { out_.push_back({std::move(english), std::move(chinese)}); }
  std::vector<Sentence> take() { return std::move(out_); }

 private:
  std::vector<Sentence> out_;
};

std::string number(int64_t value) { return with_thousands(value); }
std::string real(double value) { return format_double(value); }

Sentence kind_in_words(JobKind kind) {
  switch (kind) {
    case JobKind::intersection:
      return {"The parties find their common ids; nothing is trained.", "各方求共同标识，不训练模型。"};
    case JobKind::aggregate:
      return {"The parties learn how many ids are common and the noised sum of a column over them.",
              "各方得知共同标识的数量及其某列的加噪合计。"};
    case JobKind::vertical_boosting:
      return {"Boosted trees are trained over columns of several parties about the same rows.",
              "在各方关于同一批样本的不同列上训练提升树。"};
    case JobKind::vertical_logistic:
      return {"A logistic regression is trained over columns of two parties, without an arbiter.",
              "在两方的不同列上训练逻辑回归，无需仲裁方。"};
    case JobKind::horizontal_boosting:
      return {"Boosted trees are trained over rows of several parties, which are added up in secret.",
              "在多方的不同样本上以安全聚合训练提升树。"};
    case JobKind::horizontal_logistic:
      return {"A logistic regression is trained over rows of several parties, which are added up in secret.",
              "在多方的不同样本上以安全聚合训练逻辑回归。"};
    case JobKind::conversion:
      return {"Clicks of one party and conversions of the other are joined, and a conversion model is trained.",
              "联结一方的点击与另一方的转化，训练转化模型。"};
    case JobKind::measures:
      return {"Bins, information value and correlation are measured across parties; nothing is trained.",
              "跨方计算分箱、信息值与相关性，不训练模型。"};
  }
  return {};
}

void say_parties(Words& words, const Job& job) {
  for (const JobParty& party : job.parties) {
    const std::string role(names_of(&party.role)[static_cast<size_t>(party.role)]);
    const std::string columns = number(static_cast<int64_t>(party.columns.size()));
    words.say("'" + party.name + "' is " + role + " and brings " + columns + " columns; its certificate is " +
                  party.certificate.substr(0, 12) + "….",
              "“" + party.name + "”为 " + role + "，提供 " + columns + " 列；证书为 " +
                  party.certificate.substr(0, 12) + "…。");
  }
  if (!job.label.empty()) words.say("'" + job.label + "' is what is learnt.", "学习目标为“" + job.label + "”。");
}

void say_intersection(Words& words, const Job& job) {
  if (is_horizontal(job)) return;
  const Intersection& terms = job.intersection;
  if (terms.matching == Matching::none) {
    words.say("Rows are taken to stand in the same order at all parties.", "假定各方样本顺序一致，不再匹配标识。");
    return;
  }
  const std::string steps = terms.normalise.empty() ? "-" : join(terms.normalise, ", ");
  words.say("Common ids of '" + terms.id_column + "' are found by " +
                std::string(terms.matching == Matching::ecdh ? "ECDH" : "an oblivious function") + " after " + steps +
                "; fewer than " + number(terms.rows_min) + " end the job.",
            "以" + std::string(terms.matching == Matching::ecdh ? " ECDH " : "不经意函数") + "求“" + terms.id_column +
                "”的共同标识（先做 " + steps + "）；少于 " + number(terms.rows_min) + " 则终止。");
  words.say("Ids that stand twice are " +
                std::string(terms.duplicates == Duplicates::refuse ? "refused." : "taken once, the first."),
            terms.duplicates == Duplicates::refuse ? "重复标识将被拒绝。" : "重复标识只取第一条。");
  if (terms.guest_only) words.say("Only the guest learns which ids are common.", "只有 guest 得知哪些标识共同。");
}

void say_boosting(Words& words, const Job& job) {
  if (job.kind != JobKind::vertical_boosting && job.kind != JobKind::horizontal_boosting) return;
  const BoostingTerms& terms = job.boosting;
  words.say(number(terms.trees) + " rounds of trees, " + number(terms.depth_max) + " deep, " + number(terms.bins_max) +
                " bins, learning rate " + real(terms.learning_rate) + "; at least " + number(terms.leaf_rows_min) +
                " rows in a leaf.",
            number(terms.trees) + " 轮树，深 " + number(terms.depth_max) + " 层，" + number(terms.bins_max) +
                " 个分箱，学习率 " + real(terms.learning_rate) + "；叶节点至少 " + number(terms.leaf_rows_min) +
                " 行。");
  if (terms.guest_only_trees > 0) {
    words.say("The first " + number(terms.guest_only_trees) + " use the guest's columns alone.",
              "前 " + number(terms.guest_only_trees) + " 棵只用 guest 的列。");
  }
  if (job.kind == JobKind::vertical_boosting) {
    words.say(terms.hide_feature_names ? "Hosts' columns go by numbers they draw." : "Hosts' column names are told.",
              terms.hide_feature_names ? "host 的列以随机编号出现。" : "host 的列名会告知对方。");
  }
}

void say_logistic(Words& words, const Job& job) {
  if (job.kind != JobKind::vertical_logistic && job.kind != JobKind::horizontal_logistic) return;
  const LogisticTerms& terms = job.logistic;
  words.say(number(terms.epochs) + " epochs in batches of " + number(terms.batch_rows) + " rows, learning rate " +
                real(terms.learning_rate) + ", L2 " + real(terms.l2) + ", a " + terms.sigmoid + " sigmoid.",
            number(terms.epochs) + " 轮，每批 " + number(terms.batch_rows) + " 行，学习率 " +
                real(terms.learning_rate) + "，L2 为 " + real(terms.l2) + "，" + terms.sigmoid + " 近似。");
}

void say_secrecy(Words& words, const Job& job) {
  const bool vertical = job.kind == JobKind::vertical_boosting || job.kind == JobKind::vertical_logistic;
  if (vertical) {
    words.say("Numbers are hidden by " + job.cipher.scheme + " with keys of " + number(job.cipher.key_bits) + " bits.",
              "数值以 " + job.cipher.scheme + " 加密，密钥 " + number(job.cipher.key_bits) + " 位。");
  }
  if (is_horizontal(job)) {
    const bool noised = job.privacy.epsilon > 0;
    words.say(noised ? "Sums are noised: ε " + real(job.privacy.epsilon) + ", δ " + real(job.privacy.delta) + "."
                     : "Sums are not noised: no differential privacy.",
              noised ? "合计加噪：ε 为 " + real(job.privacy.epsilon) + "，δ 为 " + real(job.privacy.delta) + "。"
                     : "合计不加噪：无差分隐私。");
    words.say("Fewer than " + number(job.clients_min) + " clients end the job.",
              "少于 " + number(job.clients_min) + " 个参与方则终止。");
  }
  if (job.kind == JobKind::conversion || job.kind == JobKind::aggregate) {
    words.say(
        "No sum is told over fewer than " + number(job.conversion.cohort_min) + " rows; the noise has ε " +
            real(job.conversion.epsilon) + ".",
        "少于 " + number(job.conversion.cohort_min) + " 行不给合计；噪声 ε 为 " + real(job.conversion.epsilon) + "。");
  }
}

}  // namespace

std::vector<Sentence> in_words(const Job& job) {
  Words words;
  Sentence kind = kind_in_words(job.kind);
  words.say(std::move(kind.english), std::move(kind.chinese));
  say_parties(words, job);
  say_intersection(words, job);
  say_boosting(words, job);
  say_logistic(words, job);
  say_secrecy(words, job);
  words.say("A party that goes is waited for " + number(job.patience_seconds) + " seconds.",
            "断开的一方最多等待 " + number(job.patience_seconds) + " 秒。");
  return words.take();
}

}  // namespace puhui::federation
