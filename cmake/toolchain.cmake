# How every target is compiled: warnings are errors, the same bytes on any x86-64-v2 machine.
find_program(CCACHE ccache)
if(CCACHE)
  # Without these a shared precompiled header misses the cache at every configure.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE})
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

add_compile_options(
  -Wall -Wextra -Werror -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor -Woverloaded-virtual
  -march=x86-64-v2 -ffp-contract=off -fno-strict-overflow)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 warns of uninitialised members inside std::expected and std::variant that are never read.
  add_compile_options(-fpch-preprocess -Wno-maybe-uninitialized -Wno-missing-field-initializers)
else()
  add_compile_options(-Wno-missing-field-initializers -Wno-missing-designated-field-initializers
                      -Wno-gnu-statement-expression -Wno-implicit-int-float-conversion)
endif()
string(REPLACE "-O3" "-O2" CMAKE_CXX_FLAGS_RELEASE "${CMAKE_CXX_FLAGS_RELEASE}")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1")
if(PUHUI_SANITIZE STREQUAL "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options(-Wno-tsan)  # Asio has fences the sanitizer does not see; its queues are under mutexes as well
endif()
if(PUHUI_SANITIZE)
  # SOCI hides its type information, which the check of virtual tables would need.
  add_compile_options(-fsanitize=${PUHUI_SANITIZE} -fno-sanitize=vptr -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${PUHUI_SANITIZE})
endif()
if(PUHUI_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(PostgreSQL REQUIRED)
set(SOCI_LIBRARIES soci_sqlite3 soci_postgresql soci_core)  # Debian ships no CMake package for it
