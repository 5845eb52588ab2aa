// Tables: Regulation (EU) 2024/1689 Annex IV; JR/T 0221-2021 parts 6 to 8; SR 26-2 (its four parts); a model card after
// Mitchell et al. 2019, section 4. The wording is ours; the numbers are theirs.
#include "governance/audit/pack_outline.h"

#include "ground/base/check.h"

namespace puhui::audit {

namespace {

// ---- EU Annex IV

constexpr OutlineField kEuGeneral[] = {
    {"IV 1(a)", "Name", "名称", "use_case.title"},
    {"IV 1(a)", "Intended purpose", "预期用途", "inventory.purpose"},
    {"IV 1(a)", "Provider", "提供者", "use_case.owner"},
    {"IV 1(a)", "Version and its relation to earlier ones", "版本及与先前版本的关系", "permit.version"},
    {"IV 1(b)", "Interaction with hardware, software and other AI systems", "与其他软硬件及人工智能系统的交互",
     "policy.models_called"},
    {"IV 1(c)", "Versions of software and what an update requires", "软件版本及更新要求", "build.version"},
    {"IV 1(d)", "Forms in which it is put into service", "投入使用的形式", "system.forms"},
    {"IV 1(e)", "Hardware it runs on", "运行硬件", ""},
    {"IV 1(f)", "Pictures of the product it is part of", "所属产品的图示", ""},
    {"IV 1(g)", "User interface for the deployer", "部署者使用的界面", "system.forms"},
    {"IV 1(h)", "Instructions for use", "使用说明", "inventory.documents"}};
constexpr OutlineField kEuDevelopment[] = {
    {"IV 2(a)", "Methods and steps of development, third-party tools", "开发方法、步骤及第三方工具", "models.method"},
    {"IV 2(b)", "Design: general logic, key choices, what is optimised", "设计：总体逻辑、关键选择与优化目标",
     "policy.summary"},
    {"IV 2(c)", "Architecture: how the parts build on each other", "系统架构：各组成部分的关系", "policy.architecture"},
    {"IV 2(c)", "Computing resources for development, training and testing", "开发、训练与测试所用计算资源", ""},
    {"IV 2(d)", "Training data: provenance, scope, selection", "训练数据：来源、范围与选取", "models.data"},
    {"IV 2(d)", "Labelling and cleaning", "标注与清洗", ""},
    {"IV 2(e)", "Human oversight that is needed", "所需的人工监督", "oversight.fallback"},
    {"IV 2(f)", "Changes determined beforehand", "预先确定的变更", "permit.thresholds"},
    {"IV 2(g)", "Validation and testing: data, metrics, results", "验证与测试：数据、指标与结果", "models.quality"},
    {"IV 2(g)", "Test logs and reports, dated and signed", "注明日期并签署的测试记录", "permit.signatures"},
    {"IV 2(h)", "Cybersecurity measures", "网络安全措施", "system.integrity"}};
constexpr OutlineField kEuMonitoring[] = {
    {"IV 3", "Capabilities and limits, accuracy overall", "能力与局限、总体准确度", "models.calibration"},
    {"IV 3", "Accuracy for groups of persons it is used on", "对特定人群的准确度", "fairness.eu"},
    {"IV 3", "Foreseeable unintended outcomes and risks", "可预见的意外结果与风险", "inventory.risks"},
    {"IV 3", "Human oversight in place", "已实施的人工监督", "oversight.reviews"},
    {"IV 3", "Input data", "输入数据规格", "facts.list"},
    {"IV 4", "Whether the metrics fit the system", "性能指标的适当性", ""},
    {"IV 5", "Risk management under Article 9", "第九条风险管理体系", "use_case.tier"},
    {"IV 6", "Changes through the lifecycle", "生命周期内的变更", "permit.history"},
    {"IV 7", "Harmonised standards applied", "采用的协调标准", ""},
    {"IV 8", "EU declaration of conformity", "欧盟符合性声明", ""},
    {"IV 9", "Monitoring after the market: Article 72", "第七十二条投放后监测", "audit.nights"},
    {"IV 9", "Alerts that are open", "未关闭的预警", "alerts.open"},
    {"IV 9", "Drift of inputs and scores", "输入与评分的漂移", "drift.latest"},
    {"12", "Records kept automatically", "自动留存的记录", "audit.chain"}};
constexpr OutlineSection kEuSections[] = {
    {"General description", "总体描述", kEuGeneral},
    {"Elements and development", "组成要素与开发过程", kEuDevelopment},
    {"Monitoring, functioning, control and what follows", "监测、运行、控制及后续", kEuMonitoring}};

// ---- JR/T 0221-2021

constexpr OutlineField kJrtData[] = {
    {"6.4.1", "When the training data was obtained", "训练数据获取时间", ""},
    {"6.4.1", "Source of the training data", "训练数据来源", "models.data_source"},
    {"6.4.1", "Amount of training data", "训练数据量", "models.data_rows"},
    {"6.4.1", "Identity of the storage medium", "数据存储介质标识", ""},
    {"6.4.1", "Checksum of the training data", "训练数据签名或校验码", "models.data_digest"},
    {"6.4.1", "Sampling", "采样方法", "models.split"}};
constexpr OutlineField kJrtModelling[] = {
    {"6.4.2", "Modelling script", "建模脚本", "experiments.script"},
    {"6.4.2", "Software and hardware of modelling", "建模软硬件环境", "models.libraries"},
    {"6.4.2", "Who modelled", "建模操作者", "experiments.operator"},
    {"6.4.2", "Begin, end and number of iterations", "建模起止时间与迭代次数", "models.iterations"},
    {"6.4.2", "Records of the parameters' iteration", "参数迭代记录", "experiments.iterations"}};
constexpr OutlineField kJrtDeployment[] = {
    {"6.4.3", "Who deployed", "部署操作者", "permit.granted_by"},
    {"6.4.3", "When it was deployed, and the result", "部署时间及结果", "permit.granted_at"},
    {"6.4.3", "Scripts of deployment", "部署脚本", ""},
    {"6.4.3", "Configuration of the environment", "部署环境配置", "permit.configuration"}};
constexpr OutlineField kJrtControl[] = {
    {"6.1", "Objective without bias", "目标函数无偏见歧视", "fairness.cn"},
    {"6.2", "Protection against common attacks", "常见攻击防范", "system.integrity"},
    {"6.3", "Libraries the algorithm depends on", "算法依赖库", "models.libraries"},
    {"6.5", "Review before use", "上线前内部评审", "permit.signatures"},
    {"6.5", "Daily monitoring", "日常监测", "audit.nights"},
    {"6.5", "Withdrawal and stand-in", "退出与应急处置", "oversight.fallback"},
    {"6.5", "Audit of what was done", "内部审计", "audit.chain"}};
constexpr OutlineField kJrtExplainable[] = {
    {"7.2", "Preparation: features and their meaning", "建模准备：特征及含义", "facts.list"},
    {"7.3", "Modelling: what each feature weighs", "建模过程：特征贡献", "models.features"},
    {"7.4", "Use: reasons given to the person", "建模应用：向用户说明的原因", "reasons.list"},
    {"8", "Accuracy and performance", "精准性与性能评价", "models.quality"},
    {"8", "Stability", "稳定性", "models.stability"}};
constexpr OutlineSection kJrtSections[] = {
    {"Traceability: training data", "可追溯性：训练数据", kJrtData},
    {"Traceability: modelling", "可追溯性：建模过程", kJrtModelling},
    {"Traceability: deployment", "可追溯性：算法部署", kJrtDeployment},
    {"Security and internal control", "安全性与内控", kJrtControl},
    {"Explainability and performance", "可解释性、精准性与性能", kJrtExplainable}};

// ---- SR 26-2

constexpr OutlineField kSrMateriality[] = {
    {"SR 26-2, materiality", "Purpose", "模型用途", "inventory.purpose"},
    {"SR 26-2, materiality", "Exposure: decisions taken with it", "敞口：所作决定", "decisions.counts"},
    {"SR 26-2, materiality", "Tier", "等级", "use_case.tier"}};
constexpr OutlineField kSrDevelopment[] = {
    {"SR 26-2, development and use", "Theory and method", "理论与方法", "models.method"},
    {"SR 26-2, development and use", "Data and its fitness", "数据及适用性", "models.data"},
    {"SR 26-2, development and use", "Assumptions and limits", "假设与局限", "permit.conditions"},
    {"SR 26-2, development and use", "Testing before use", "使用前测试", "models.quality"},
    {"SR 26-2, development and use", "How its output is used", "输出的使用方式", "policy.summary"},
    {"SR 26-2, development and use", "Overrides by people", "人工推翻", "oversight.reviews"}};
constexpr OutlineField kSrValidation[] = {
    {"SR 26-2, validation", "Conceptual soundness, by whom", "概念合理性及评审人", "inventory.validation"},
    {"SR 26-2, validation", "Outcomes analysis", "结果分析", "labels.counts"},
    {"SR 26-2, validation", "Calibration", "校准", "models.calibration"},
    {"SR 26-2, monitoring", "Stability and drift", "稳定性与漂移", "drift.latest"},
    {"SR 26-2, monitoring", "Process verification", "过程核验", "audit.nights"},
    {"SR 26-2, monitoring", "Issues found", "发现的问题", "incidents.list"}};
constexpr OutlineField kSrGovernance[] = {
    {"SR 26-2, governance", "Owner", "所有者", "use_case.owner"},
    {"SR 26-2, governance", "Approval, by people other than its author", "由作者以外的人批准", "permit.signatures"},
    {"SR 26-2, governance", "Inventory entry", "清单条目", "models.list"},
    {"SR 26-2, governance", "Change history", "变更历史", "permit.history"},
    {"SR 26-2, third parties", "Vendor models", "外购模型", "models.brought"},
    {"SR 26-2, governance", "Documentation", "文档", "inventory.documents"}};
constexpr OutlineSection kSrSections[] = {{"Materiality", "重要性", kSrMateriality},
                                          {"Development, implementation and use", "开发、实施与使用", kSrDevelopment},
                                          {"Validation and ongoing monitoring", "验证与持续监测", kSrValidation},
                                          {"Governance and controls", "治理与控制", kSrGovernance}};

// ---- model card

constexpr OutlineField kCard[] = {
    {"4.1", "Model details", "模型信息", "models.list"},
    {"4.2", "Intended use", "预期用途", "inventory.purpose"},
    {"4.2", "Uses out of scope", "不适用的用途", "permit.conditions"},
    {"4.3", "Factors: groups and their results", "因素：群体及结果", "fairness.cn"},
    {"4.4", "Metrics", "指标", "models.quality"},
    {"4.5", "Evaluation data", "评估数据", "models.split"},
    {"4.6", "Training data", "训练数据", "models.data"},
    {"4.7", "Quantitative analyses: calibration", "定量分析：校准", "models.calibration"},
    {"4.7", "Quantitative analyses: stability", "定量分析：稳定性", "models.stability"},
    {"4.8", "Ethical considerations: what is kept from the model", "伦理考量：模型不得使用的数据", "facts.sealed"},
    {"4.9", "Caveats and recommendations", "注意事项与建议", ""}};
constexpr OutlineSection kCardSections[] = {{"Model card", "模型卡", kCard}};

constexpr Outline kOutlines[] = {
    {"Technical documentation, Annex IV of Regulation (EU) 2024/1689", "技术文件（欧盟条例2024/1689附件四）",
     kEuSections},
    {"Evaluation of AI algorithms, JR/T 0221-2021", "人工智能算法金融应用评价（JR/T 0221—2021）", kJrtSections},
    {"Model risk management, SR 26-2", "模型风险管理（SR 26-2）", kSrSections},
    {"Model card", "模型卡", kCardSections}};

}  // namespace

const Outline& outline_of(PackKind kind) {
  const auto place = static_cast<size_t>(kind);
  CHECK(place < std::size(kOutlines), "every kind has an outline");
  return kOutlines[place];
}

}  // namespace puhui::audit
