# Tests that cross modules, or look at the tree itself.
add_executable(tidy_test tests/tidy_test.cc tests/tidy_rules.cc)
target_include_directories(tidy_test PRIVATE ${CMAKE_SOURCE_DIR})
target_link_libraries(tidy_test PRIVATE GTest::gmock GTest::gtest_main)
target_precompile_headers(tidy_test REUSE_FROM puhui_ground_base)
add_test(NAME tidy COMMAND tidy_test WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
include(tests/must_not_compile/must_not_compile.cmake)

# The program as people meet it: tests/stories/*.story through the command line and the HTTP door.
add_executable(stories_test tests/stories_test.cc tests/story.cc)
target_include_directories(stories_test PRIVATE ${CMAKE_SOURCE_DIR})
target_link_libraries(stories_test PRIVATE puhui_ground_base puhui_doors_http SQLite::SQLite3 GTest::gtest)
target_precompile_headers(stories_test REUSE_FROM puhui_ground_base)
add_dependencies(stories_test puhui)
add_test(NAME stories COMMAND stories_test WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})

# Seeded bank days with faults, over every engine there is.
add_executable(simulation_test tests/simulation/simulation_test.cc tests/simulation/bank_day.cc)
target_include_directories(simulation_test PRIVATE ${CMAKE_SOURCE_DIR})
target_link_libraries(simulation_test PRIVATE puhui_bank GTest::gmock GTest::gtest_main)
target_precompile_headers(simulation_test REUSE_FROM puhui_ground_base)
add_test(NAME simulation COMMAND simulation_test WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})

# Two houses train together, each a process, under kills.
add_test(NAME federation_kill
  COMMAND ${CMAKE_SOURCE_DIR}/tests/federation_kill.sh $<TARGET_FILE:puhui> ${CMAKE_BINARY_DIR}/federation_kill 6
  WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
set_tests_properties(federation_kill PROPERTIES TIMEOUT 300)
