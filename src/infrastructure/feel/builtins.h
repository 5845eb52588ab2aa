// Builtins: FEEL's own functions as rows of a table: name, parameters, code. Adding one is adding a row.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "infrastructure/feel/run.h"
#include "infrastructure/feel/type.h"

namespace puhui::feel {

struct Builtin {
  using Code = Value (*)(Run& run, std::span<const Value> args, const Place& place);
  std::string_view name;
  // "string/s,start position/n,length/n": each parameter's name and type. s string, n number, b boolean, d date,
  // t time, D date and time, l list, c context, r range, f function, a anything but null, z anything. A last one
  // that ends in "..." takes all further arguments as one list.
  std::string_view parameters;
  size_t required = 0;  // how many of them must be given
  // What comes back: the letters above; 1 the type of the first argument, e its element, L a list of its element.
  char result = 'a';
  Code code = nullptr;  // gets arguments of the declared types; those not given are absent or is_not_given()
  bool pure = true;     // the same arguments give the same value: may be computed once
};

struct Signature {
  std::vector<std::string_view> names;
  std::string types;
  bool variadic = false;
};
Signature signature_of(const Builtin& row);

// Every row, grouped by theme, rows of one name in the order they are tried. Static tables: nothing registers.
std::span<const std::span<const Builtin>> builtin_tables();
std::span<const Builtin> number_builtins();
std::span<const Builtin> string_builtins();
std::span<const Builtin> list_builtins();
std::span<const Builtin> statistics_builtins();
std::span<const Builtin> context_builtins();
std::span<const Builtin> temporal_builtins();
std::span<const Builtin> range_builtins();
std::span<const Builtin> regex_builtins();

std::vector<const Builtin*> builtin_rows(std::string_view name);
// The row of that name for so many positional arguments, or nullptr.
const Builtin* row_for(std::string_view name, size_t count);

// Checks and converts the arguments as the signature says, then calls exactly this row.
Value call_row(const Builtin& row, const Signature& signature, Run& run, std::span<const Value> args,
               const Place& place);
// Picks the row by the number of arguments.
Value call_builtin(const Builtin& any_row, Run& run, std::span<const Value> args, const Place& place);

// Stands for an optional argument that was left out before one that was given by name.
Value not_given();
bool is_not_given(const Value& value);
inline bool given(std::span<const Value> args, size_t i) { return i < args.size() && !is_not_given(args[i]); }

Value wrong_argument(Run& run, const Place& place, std::initializer_list<std::string_view> message);

}  // namespace puhui::feel
