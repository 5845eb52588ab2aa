# must_not_compile(NAME "message"): tests/must_not_compile/NAME.cc must compile as it stands (the control: so that a
# failure is not a slip of the pen) and must not with -DMUST_NOT_COMPILE, the compiler saying what matches the message.
# To add a case: one file here and one line below.
set(PUHUI_CHECK_SNIPPET ${CMAKE_CURRENT_LIST_DIR}/check.sh)
function(must_not_compile name message)
  add_test(NAME must_not_compile/${name}
    COMMAND bash ${PUHUI_CHECK_SNIPPET} ${CMAKE_SOURCE_DIR}/tests/must_not_compile/${name}.cc "${message}"
            ${CMAKE_CXX_COMPILER} -std=gnu++23 -fsyntax-only -I${CMAKE_SOURCE_DIR}/src)
endfunction()

set(no_conversion "could not convert|cannot convert|no matching function|no viable conversion")
must_not_compile(money_plus_money     "use of deleted function|overload resolution selected deleted")
must_not_compile(one_id_for_another   "${no_conversion}")
must_not_compile(text_for_an_id       "${no_conversion}")
must_not_compile(result_as_a_value    "${no_conversion}")
must_not_compile(application_makes_a_decision "is private within this context|private constructor")
must_not_compile(application_makes_a_draft    "is private within this context|private constructor")
must_not_compile(version_out_of_nothing       "is private within this context|private constructor")
