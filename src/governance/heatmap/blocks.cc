// A table; long for that reason.
#include "governance/heatmap/blocks.h"

#include <algorithm>

namespace puhui::heatmap {

const std::array<Named, kDomains>& domains() {
  static constexpr std::array<Named, kDomains> kAll{{{"Marketing", "市场营销"},
                                                     {"Customer service", "客户服务"},
                                                     {"Approval and pricing", "审批与定价"},
                                                     {"Post-loan and collections", "贷后与催收"},
                                                     {"Identity and fraud", "身份核验与反欺诈"},
                                                     {"Money laundering, compliance, protection", "反洗钱、合规与消保"},
                                                     {"Wealth, treasury, markets", "财富、资金与市场"},
                                                     {"Operations, finance, legal", "运营、财务与法务"},
                                                     {"Technology, data, office", "科技、数据与办公"}}};
  return kAll;
}

const std::array<Named, kKinds>& kinds() {
  static constexpr std::array<Named, kKinds> kAll{{{"Predict and decide", "预测决策"},
                                                   {"Perceive", "感知识别"},
                                                   {"Understand", "理解检索"},
                                                   {"Generate and act", "生成执行"},
                                                   {"Optimise and recommend", "优化推荐"}}};
  return kAll;
}

const std::array<Block, kBlocks>& blocks() {
  static constexpr std::array<Block, kBlocks> kAll{{
      {1, 'A', {"Response, uplift", "响应与增益预测"}, 2},
      {1, 'B', {"Creative check", "素材审核"}, 3},
      {1, 'C', {"Advertising compliance", "广告合规"}, 2},
      {1, 'D', {"Copy", "文案生成"}, 2},
      {1, 'E', {"Targeting, recommendation", "客群与推荐"}, 2},
      {2, 'A', {"Intent, complaint", "意图与投诉预测"}, 3},
      {2, 'B', {"Speech, voice check", "语音识别与声纹"}, 2},
      {2, 'C', {"Service bot, quality inspection", "智能客服与质检"}, 2},
      {2, 'D', {"Agent assist", "坐席助手"}, 3},
      {2, 'E', {"Outbound timing, routing", "外呼时机与分派"}, 3},
      {3, 'A', {"Approval score", "授信评分"}, 1},
      {3, 'B', {"Licence, invoice OCR", "证照与票据识别"}, 2},
      {3, 'C', {"Statements, tax, cash flow", "流水、税务与现金流"}, 2},
      {3, 'D', {"Due-diligence report", "尽调报告"}, 2},
      {3, 'E', {"Limit and price", "额度与定价"}, 1},
      {4, 'A', {"Early warning", "贷后预警"}, 1},
      {4, 'B', {"Call emotion", "通话情绪"}, 2},
      {4, 'C', {"Collection-talk compliance", "催收话术合规"}, 2},
      {4, 'D', {"Collection voice agent", "催收语音机器人"}, 1},
      {4, 'E', {"Strategy, allocation", "催收策略与分案"}, 2},
      {5, 'A', {"Fraud", "欺诈识别"}, 1},
      {5, 'B', {"Face, liveness, ID, voiceprint", "人脸、活体、证件、声纹"}, 1},
      {5, 'C', {"Scam talk", "诈骗话术识别"}, 2},
      {5, 'D', {"Anti-scam call", "反诈劝阻外呼"}, 2},
      {5, 'E', {"Ring, device graph", "团伙与设备图谱"}, 2},
      {6, 'A', {"Suspicious score", "可疑交易评分"}, 1},
      {6, 'B', {"Document comparison", "单据比对"}, 2},
      {6, 'C', {"Name screening, rule Q&A", "名单筛查与制度问答"}, 2},
      {6, 'D', {"STR draft", "可疑报告草拟"}, 2},
      {6, 'E', {"Alert triage, network", "预警分级与关系网络"}, 3},
      {7, 'A', {"Rate forecast", "利率预测"}, 2},
      {7, 'B', {"Filing reading", "公告识读"}, 3},
      {7, 'C', {"Research Q&A", "投研问答"}, 3},
      {7, 'D', {"Product note", "产品说明"}, 2},
      {7, 'E', {"Advice, portfolio, execution", "投顾、组合与执行"}, 1},
      {8, 'A', {"Reconciliation anomaly", "对账异常"}, 3},
      {8, 'B', {"Bill, contract OCR", "票据与合同识别"}, 3},
      {8, 'C', {"Contract check", "合同审查"}, 2},
      {8, 'D', {"Letters", "函件生成"}, 3},
      {8, 'E', {"RPA, workflow", "流程自动化"}, 3},
      {9, 'A', {"AIOps, capacity", "智能运维与容量"}, 2},
      {9, 'B', {"Meeting transcription", "会议转写"}, 3},
      {9, 'C', {"Internal Q&A", "内部问答"}, 3},
      {9, 'D', {"Code, mail, minutes, exams", "代码、邮件、纪要、考试"}, 3},
      {9, 'E', {"Compute scheduling", "算力调度"}, 3},
  }};
  return kAll;
}

const Block* find_block(std::string_view key) {
  const auto& all = blocks();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Block& block) { return block.key() == key; });
  return found == all.end() ? nullptr : &*found;
}

std::string block_of(const evidence::UseCase& use_case) { return std::to_string(use_case.domain) + use_case.kind; }

std::string_view without_scope(std::string_view use_case) { return use_case.substr(0, use_case.find('/')); }

}  // namespace puhui::heatmap
