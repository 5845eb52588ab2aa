#include "infrastructure/federation/leakage.h"

#include "ground/base/check.h"

namespace puhui::federation {

namespace {

// One row a code, sorted by code.
constexpr LeakMeaning kLeakMeanings[] = {
    {"bin_counts", "bins",
     "How many rows, and how many bad ones, are in each bin of the other side's columns: no value, no bound of a "
     "bin, no row.",
     "对方各列每个分箱的样本数与坏样本数：不含取值、分箱边界与单行。"},
    {"candidate_sums", "sums",
     "Sums of gradients over the rows on one side of a split the host could make, in an order drawn anew for every "
     "node: without column or threshold; a side of few rows may be recognised by its sum, and leaf_rows_min says how "
     "few.",
     "宿主方各候选切分一侧样本的梯度之和，每个节点顺序随机，不含列与阈值；行数很少的一侧可能由其和被认出，下限由 "
     "leaf_rows_min 决定。"},
    {"click_cohorts", "cohorts",
     "Of cohorts of clicks that were held out: how many clicks, what the model says of them together, and how many "
     "converted, all noised.",
     "留出点击按得分分组：每组点击数、模型预测合计与转化数，均已加噪。"},
    {"common_count", "counts", "How many ids are common, exactly; not which.", "共有标识的准确数量，但不知是哪些。"},
    {"common_ids", "ids", "Which of its own ids the other side has too.", "自己的哪些标识对方也有。"},
    {"common_ids_at_most", "ids",
     "Which of its own ids the other side has too, even if the job tells it nothing: at most as many.",
     "自己的哪些标识对方也有（至多这么多），即使任务最终什么也不告知。"},
    {"conversion_sums", "sums",
     "Sums over its own clicks that converted: of their columns for training, of conversions and their value by "
     "cohort. What one click adds is "
     "bounded and every sum is noised.",
     "自己的点击中转化部分的合计：训练所用各列之和、各组转化数与价值；单次点击的贡献有上限，且每个合计均已加噪。"},
    {"correlations", "pairs",
     "The correlation of one of its columns with one of the other side's, which is what the job asks for.",
     "己方一列与对方一列的相关系数，即任务所求。"},
    {"epoch_tags", "tags",
     "Tags of the other side's ids that stay the same for an epoch of its key: how many came and went from one job "
     "to the "
     "next, and whose they are only for ids that were asked. A wrong match has a chance below 2^-40 a job.",
     "对方标识的标签，在其密钥周期内不变：可见两次任务之间有多少增减；只有询问过的标识才知道归属。误匹配概率每次任务"
     "低于 2^-40。"},
    {"epsilon_micros", "millionths of epsilon",
     "A count and sums over the common ids, noised: what they tell of any one id is bounded by this much of epsilon.",
     "共有标识的数量与合计（已加噪）：对任何单个标识的泄露以此 ε 为上界（百万分之一为单位）。"},
    {"gradient_sums", "sums",
     "The gradient of its own columns, summed over a batch of rows: what it moves its weights by, and no single row "
     "of a larger "
     "batch.",
     "自己各列在一批样本上的梯度之和：仅用于更新自己的权重，批次较大时看不到单行。"},
    {"information_values", "columns",
     "How much each of its columns says about the label: one number a column, no label and no bin's share of bad "
     "ones.",
     "己方每列对标签的信息量：每列一个数，不含标签，也不含分箱坏样本率。"},
    {"minimum_reached", "times", "Whether enough ids are common for the job to go on.",
     "共有标识数是否达到任务的最低要求。"},
    {"padded_size", "rows", "An upper bound of how many rows the other side brought.",
     "对方所带行数的上界（已填充）。"},
    {"partial_scores", "rows",
     "The other side's part of the score of each of these rows, as scoring tells it too; no column of it.",
     "对方对这些样本给出的部分得分（评分时同样会告知），不含任何一列。"},
    {"round_survivors", "rounds", "Which clients took part in each round's sum; nothing of their rows.",
     "每一轮求和有哪些参与方；不涉及其样本。"},
    {"row_epsilon_micros", "millionths of epsilon",
     "All sums of this training together, noised: what they tell of any one row is bounded by this much of epsilon, "
     "as long as one fewer than the least number of clients draw their noise honestly.",
     "本次训练的全部合计（已加噪）：对任何单行样本的泄露以此 ε "
     "为上界（百万分之一为单位），前提是除一方外达到最少参与方数的各方如实加噪。"},
    {"row_partition", "rows",
     "On which side of another party's split each of these rows lies, without column or threshold; rows that share a "
     "leaf may be "
     "guessed to share a label.",
     "这些样本落在他方切分的哪一侧（不含列与阈值）；同一叶子的样本可能被猜测为标签相近。"},
    {"sampled_rows", "rows",
     "Which rows a tree was grown on: those with large gradients, and some drawn by chance among them.",
     "一棵树用到了哪些样本：梯度大的样本，其中混有随机抽取的样本。"},
    {"split_sides", "rows", "On which side of the host's split each of these rows lies, without column or threshold.",
     "这些样本落在宿主方切分的哪一侧，不含列与阈值。"},
    {"summed_counts", "counts",
     "How many values of all clients together lie in each narrow interval of a column; not whose. A count of one "
     "tells "
     "that somebody has about this value.",
     "所有参与方合计的各列取值区间计数，不知属于谁；计数为 1 时可知有人取值大约如此。"},
    {"summed_gradients", "sums",
     "Sums of gradients over the rows of all clients together; not one client's. Whoever knows the rows of all "
     "others "
     "knows the last one's sum.",
     "所有参与方样本的梯度合计，看不到任何一方的；若某方掌握其余各方的样本，则可算出剩下一方的合计。"},
    {"summed_scores", "counts", "How many rows of all clients together have each score and label; not whose.",
     "所有参与方合计的各得分、各标签样本数，不知属于谁。"},
    {"summed_values", "sums",
     "The sum of each column's values, and of their squares, over all clients' rows together; not one client's.",
     "所有参与方样本合计的各列取值之和与平方和，看不到任何一方的。"},
    {"value_sizes", "counts",
     "How many values of all clients together lie between two powers of two, by column; how many rows there are and "
     "how many have the event. Not whose.",
     "所有参与方合计的各列取值落在哪两个 2 的幂之间的计数、样本总数与正样本数，不知属于谁。"},
};

}  // namespace

const std::vector<LeakMeaning>& leak_meanings() {
  static const std::vector<LeakMeaning> table(std::begin(kLeakMeanings), std::end(kLeakMeanings));
  return table;
}

const LeakMeaning* find_leak(std::string_view code) {
  for (const LeakMeaning& meaning : leak_meanings()) {
    if (meaning.code == code) return &meaning;
  }
  return nullptr;
}

void LeakageBook::tell(std::string_view to, std::string_view code, int64_t amount) {
  CHECK(find_leak(code) != nullptr, "a leak has its sentence in leakage.cc");
  sums_[{std::string(to), std::string(code)}] += amount;
}

std::vector<Leak> LeakageBook::sums() const {
  std::vector<Leak> out;
  for (const auto& [key, amount] : sums_) out.push_back({key.first, key.second, amount});
  return out;
}

void LeakageBook::restore(std::vector<Leak> sums) {
  sums_.clear();
  for (Leak& leak : sums) sums_[{std::move(leak.to), std::move(leak.code)}] += leak.amount;
}

}  // namespace puhui::federation
