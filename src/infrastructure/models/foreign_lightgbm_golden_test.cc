// Models that LightGBM 4.1 trained and saved, rows, and what it answered: small enough to stand here as text.
#include <gtest/gtest.h>

#include <cmath>

#include "infrastructure/models/foreign_form.h"

namespace puhui::models {
namespace {

struct LightgbmGolden {
  std::string_view name, model;
  size_t width;
  std::vector<double> rows, answers;  // row-major; answers one a class
};

const std::vector<LightgbmGolden> kLightgbmGolden = {
    {"binary, categories, NaN missing",
     R"(tree
version=v4
num_class=1
num_tree_per_iteration=1
label_index=0
max_feature_idx=3
objective=binary sigmoid:1
feature_names=job income age utilisation
feature_infos=-1:22:11:35:3:9:32:5:4:20:27:28:31:36:38:2:7:8:16:26:39:0:13:14:15:17:19:23:12:18:21:24:34:10:29:30:33:37:1 [-606:646.75] [-5.5:6.25] [-7.25:6.25]
Tree=0
num_leaves=5
num_cat=1
split_feature=0 1 2 1
threshold=0 -15.749999999999998 1.1250000000000002 124.87500000000001
decision_type=9 8 10 10
left_child=-1 -2 -3 -4
right_child=1 2 3 -5
leaf_value=0.28492275267749467 -0.77208051438070158 -1.0448509979717637 -0.2309230027420423 -1.0619863241871257
cat_boundaries=0 2
cat_threshold=1351918891 74
is_linear=0
Tree=1
num_leaves=5
num_cat=2
split_feature=0 0 1 3
threshold=0 1 67.125000000000014 -0.37499999999999994
decision_type=9 9 8 8
left_child=-1 -2 -3 -4
right_child=1 2 3 -5
leaf_value=-0.42606524738887785 -0.15166627979131328 0.80291812736947821 0.63475511382309335 0.34705773621953967
cat_boundaries=0 2 4
cat_threshold=2372618902 145 536875008 36
is_linear=0
Tree=2
num_leaves=5
num_cat=1
split_feature=0 1 1 2
threshold=0 -15.749999999999998 -325.99999999999994 1.3750000000000002
decision_type=9 10 10 10
left_child=-1 2 3 -2
right_child=1 -3 -4 -5
leaf_value=0.38246167416422594 -0.5204658391089092 -0.49675659728396709 -0.18438135954758694 0.047133624916140766
cat_boundaries=0 2
cat_threshold=1351918889 74
is_linear=0
Tree=3
num_leaves=5
num_cat=1
split_feature=0 1 2 3
threshold=0 47.375000000000007 -2.1249999999999996 -0.37499999999999994
decision_type=9 8 10 8
left_child=-1 -2 -3 -4
right_child=1 2 3 -5
leaf_value=-0.31802765895338081 0.47773264516827485 -0.051835230926004811 0.52666907911672955 0.20780436520443801
cat_boundaries=0 2
cat_threshold=2908838550 145
is_linear=0
end of trees
)",
     4,
     {31, 202, 0,   1,    14, NAN,    NAN,  1,    21, 409.5,  3.5,  0.5,   2,  -361.25, 1.5, -1,  43, -458.75, 0, 1,
      -1, 216, -2,  0.75, 32, 374.25, -2.5, 2.25, 47, NAN,    4.25, -0.75, 54, -476.25, 0,   NAN, 43, -138,    4, -3.75,
      -1, NAN, NAN, 2.25, 37, -66,    0,    1,    -1, 127.75, -1,   0.75,  -1, 287.25,  NAN, NAN},
     {0.09231418374827387, 0.0903466426960721, 0.09088837114860139, 0.18708860414781994, 0.49702613982992166,
      0.27155538261557316, 0.09231418374827387, 0.726638659956666, 0.49702613982992166, 0.5803447782455546,
      0.2192411044691413, 0.34742086285358265, 0.27155538261557316, 0.22332652427286293}},
    {"poisson, zero as missing",
     R"(tree
version=v4
num_class=1
num_tree_per_iteration=1
label_index=0
max_feature_idx=3
objective=poisson
feature_names=job income age utilisation
feature_infos=[0:39] [-593.75:854.75] [-7:5.5] [-7:6]
Tree=0
num_leaves=5
num_cat=0
split_feature=1 0 0 2
threshold=-15.624999999999998 35.500000000000007 32.500000000000007 -0.87499999999999989
decision_type=4 4 6 4
left_child=1 2 3 -1
right_child=-2 -3 -4 -5
leaf_value=1.4459152873372145 1.4423829724029686 1.4226033104383291 2.1422198179898677 1.7065735834731568
is_linear=0
Tree=1
num_leaves=5
num_cat=0
split_feature=1 0 3 2
threshold=-15.624999999999998 38.500000000000007 1.1250000000000002 1.6250000000000002
decision_type=4 4 4 6
left_child=1 2 3 -1
right_child=-2 -3 -4 -5
leaf_value=0.11602319168510551 -0.065068519422287641 -0.12953241335524929 0.010666783783018156 0.60522222182483032
is_linear=0
Tree=2
num_leaves=5
num_cat=0
split_feature=1 2 3 1
threshold=-15.624999999999998 0.87500000000000011 -0.62499999999999989 295.75000000000006
decision_type=4 6 4 4
left_child=-1 -2 3 -3
right_child=1 2 -4 -5
leaf_value=0.049478600985776812 -0.092950109091412658 0.01733571495029906 -0.039250264327108687 0.51444621129466039
is_linear=0
Tree=3
num_leaves=5
num_cat=0
split_feature=0 2 3 3
threshold=35.500000000000007 -1.0000000180025095e-35 -4.1249999999999991 -1.3749999999999998
decision_type=4 4 4 4
left_child=1 -1 -3 -4
right_child=-2 2 3 -5
leaf_value=-0.063529226826329624 -0.10017627396361051 -0.17884118036352134 0.17570688050631092 0.029101083084706943
is_linear=0
end of trees
)",
     4,
     {-1,    -107,  -4, 2.5,    20,   -392.75, 0,  1.25,  7,    -132,    -1, 2.75,  10, NAN,
      NAN,   -0.25, 28, 147.75, 3.25, -0.25,   53, 259.5, NAN,  -2.25,   33, -15.5, -1, NAN,
      2,     -98.5, 6,  -0.25,  20,   -264.25, -1, 3.25,  -1,   -166.75, 3,  -3,    13, -341.5,
      -6.75, 1,     -1, -428.5, 0,    -1.5,    50, -0.5,  4.75, -0.5,    4,  110.5, 2,  2.75},
     {4.231393812481619, 6.024413024592787, 4.231393812481619, 3.7190394663528554, 3.9242108423222106,
      3.2680323302483023, 3.3900176133690225, 10.91759261344588, 4.231393812481619, 12.641452395059131,
      4.701529367761224, 7.750692983940006, 3.448322616483669, 3.9242108423222106}},
    {"three classes one against all, missing not treated",
     R"(tree
version=v4
num_class=3
num_tree_per_iteration=3
label_index=0
max_feature_idx=3
objective=multiclassova num_class:3 sigmoid:1
feature_names=job income age utilisation
feature_infos=-1:0:5:12:29:30:15:19:28:31:11:34:35:7:9:25:37:6:18:24:36:39:1:13:20:23:33:3:4:10:14:21:27:22:32:8:26 [-548.5:682.25] [-6.5:5.5] [-6.5:6]
Tree=0
num_leaves=5
num_cat=1
split_feature=0 3 3 2
threshold=0 -3.6249999999999996 3.8750000000000004 -3.3749999999999996
decision_type=9 2 2 2
left_child=3 -2 -3 -1
right_child=1 2 -4 -5
leaf_value=-0.17259648412728268 -1.2229757407025346 -0.30761255414457972 -0.90467899628579129 -0.92163742938996196
cat_boundaries=0 2
cat_threshold=1696379458 49
is_linear=0
Tree=1
num_leaves=5
num_cat=1
split_feature=0 3 1 3
threshold=0 -2.6249999999999996 1.0000000180025095e-35 -1.1249999999999998
decision_type=9 2 2 2
left_child=1 -1 -2 -4
right_child=2 -3 3 -5
leaf_value=-0.36861961473472038 -0.73162680249076295 -1.0880450495694747 -0.097502807347919274 -0.60860339160820409
cat_boundaries=0 2
cat_threshold=424688154 159
is_linear=0
Tree=2
num_leaves=5
num_cat=1
split_feature=0 3 2 3
threshold=0 0.62500000000000011 -1.6249999999999998 -1.1249999999999998
decision_type=9 2 2 2
left_child=1 3 -3 -1
right_child=-2 2 -4 -5
leaf_value=-0.52985592702601314 -0.89247951615612586 0.24548814614478209 -0.81624427837738789 0.04113389430131642
cat_boundaries=0 2
cat_threshold=1163178578 57
is_linear=0
Tree=3
num_leaves=5
num_cat=1
split_feature=0 3 1 1
threshold=0 -3.3749999999999996 323.50000000000006 223.87500000000003
decision_type=9 2 2 2
left_child=-1 -2 3 -3
right_child=1 2 -4 -5
leaf_value=-0.14436070283557448 -0.54384093302014347 0.18953446478325883 0.6454141061013452 -0.42710540300397426
cat_boundaries=0 2
cat_threshold=1697421010 49
is_linear=0
Tree=4
num_leaves=5
num_cat=1
split_feature=3 0 3 1
threshold=-4.1249999999999991 0 2.6250000000000004 94.375000000000014
decision_type=2 9 2 2
left_child=-1 -2 -3 -4
right_child=1 2 3 -5
leaf_value=0.60997631882889103 -0.18172337223601745 0.040925166077746905 0.13280603031240001 1.1351451279680511
cat_boundaries=0 2
cat_threshold=408169226 63
is_linear=0
Tree=5
num_leaves=5
num_cat=1
split_feature=0 1 1 3
threshold=0 361.25000000000006 101.25000000000001 -0.37499999999999994
decision_type=9 2 2 2
left_child=1 2 -1 -2
right_child=3 -3 -4 -5
leaf_value=0.14166975286814726 -0.36294685327862425 -0.41172236772600057 0.53971545998692905 -0.085704638042478784
cat_boundaries=0 2
cat_threshold=1700051778 41
is_linear=0
end of trees
)",
     4,
     {NAN, -138, -2.5, -1.75,  55,   -121.5,  2.5,  4.5,    38,  -239.5, -4,   -2.25,   3,     27.75,
      1,   3.75, 35,   284.25, 3,    NAN,     NAN,  -51.25, NAN, -3.5,   18,   -143.25, 4,     -2.75,
      21,  46,   0,    -1,     -1,   -156.25, 0.75, -2,     19,  NAN,    -1.5, 4.5,     45,    121.75,
      0,   -2,   24,   225.75, 2.25, 1.5,     58,   610.5,  -3,  -1.75,  46,   -223.5,  -3.75, NAN},
     {0.4705147277430878,  0.3338770089143496,  0.22176222191472553, 0.3284630849355322,  0.35461352883183495,
      0.2732522357057911,  0.4705147277430878,  0.3338770089143496,  0.22176222191472553, 0.4705147277430878,
      0.2192968970332253,  0.2732522357057911,  0.32416025926600894, 0.2192968970332253,  0.6412628193200001,
      0.2991280443360156,  0.3338770089143496,  0.22176222191472553, 0.2561648734232137,  0.2863147773665664,
      0.40415401849719035, 0.3888917090800874,  0.36177273461012965, 0.22176222191472553, 0.4705147277430878,
      0.3338770089143496,  0.22176222191472553, 0.2561648734232137,  0.35461352883183495, 0.2732522357057911,
      0.4705147277430878,  0.4858593615312956,  0.22176222191472553, 0.2561648734232137,  0.25977854564980224,
      0.4313049871120861,  0.5836563949755853,  0.4858593615312956,  0.22176222191472553, 0.4705147277430878,
      0.3338770089143496,  0.2732522357057911}},
    {"random forest, averaged",
     R"(tree
version=v4
num_class=1
num_tree_per_iteration=1
label_index=0
max_feature_idx=3
objective=regression
average_output
feature_names=job income age utilisation
feature_infos=[0:39] [-705.25:857] [-6.75:5.5] [-7.25:6.5]
Tree=0
num_leaves=5
num_cat=0
split_feature=3 2 1 1
threshold=0.37500000000000006 -1.0000000180025095e-35 -1.0000000180025095e-35 58.750000000000007
decision_type=10 10 8 8
left_child=2 -2 -1 -3
right_child=1 3 -4 -5
leaf_value=11.937812842585974 -12.814054997439186 7.0062926812221606 1.8753611178660676 -6.8109532929211856
is_linear=0
Tree=1
num_leaves=5
num_cat=0
split_feature=3 1 2 3
threshold=-0.37499999999999994 -1.0000000180025095e-35 -2.6249999999999996 -1.3749999999999998
decision_type=10 8 8 10
left_child=1 3 -2 -1
right_child=2 -3 -4 -5
leaf_value=10.603651978130905 -19.944548672398639 1.6430167821227086 -2.5601815307579745 23.567037233039738
is_linear=0
Tree=2
num_leaves=5
num_cat=0
split_feature=1 3 2 0
threshold=79.125000000000014 0.37500000000000006 0.62500000000000011 22.500000000000004
decision_type=8 10 10 8
left_child=1 -1 3 -2
right_child=2 -3 -4 -5
leaf_value=11.539565017499468 -15.103724545201375 -0.32376590792976673 4.8771881923932527 -2.465358369306804
is_linear=0
Tree=3
num_leaves=5
num_cat=0
split_feature=2 3 0 0
threshold=0.62500000000000011 0.87500000000000011 34.500000000000007 30.500000000000004
decision_type=10 8 10 10
left_child=1 2 -1 -2
right_child=3 -3 -4 -5
leaf_value=-2.5063856710683483 11.478997936670979 -9.7809262260240626 15.539958023736492 -7.0300614715006313
is_linear=0
end of trees
)",
     4,
     {1,   410.75, 3,   0,     NAN,  NAN, -0.75,  0.5, -1,   317.25, NAN, 1,  32, NAN,  0.75, 2.5,   22,   NAN, 0.25,
      NAN, 32,     NAN, -4.25, 3.75, 13,  -392.5, 2,   0.25, 16,     NAN, 0,  -5, 32,   NAN,  -0.25, 0.25, 33,  3,
      1.5, -1.75,  -1,  27.25, 0,    5,   57,     NAN, 3.25, -5,     -1,  32, 0,  -0.5, -1,   96.25, 0.5,  -1.5},
     {3.917841429043081, -5.086495142143078, -10.06472182485565, -2.8810020256966347, -5.341568217809165,
      -11.251222066292174, 8.099048566499611, -3.5229330790702367, -1.4141411133167647, 2.0069703614969034,
      -1.4146452458724108, 0.3413761552203496, 3.137889311604974, -3.5229330790702367}},
};

TEST(ForeignLightgbm, ModelsOfTheLibraryAnswerAsItDidOnEveryRow) {
  for (const LightgbmGolden& golden : kLightgbmGolden) {
    SCOPED_TRACE(std::string(golden.name));
    const auto form = read_lightgbm(golden.model);
    ASSERT_TRUE(form.has_value()) << form.error().text();
    const size_t classes = (*form)->base.size(), rows = golden.rows.size() / golden.width;
    ASSERT_EQ(golden.answers.size(), rows * classes);
    std::vector<double> out(classes);
    for (size_t i = 0; i < rows; ++i) {
      ASSERT_TRUE((*form)->answer(std::span(golden.rows).subspan(i * golden.width, golden.width), out).has_value());
      for (size_t c = 0; c < classes; ++c) EXPECT_NEAR(out[c], golden.answers[i * classes + c], 1e-12) << "row " << i;
    }
  }
}

}  // namespace
}  // namespace puhui::models
