// Any bytes are a table, a log, a matrix, or a sentence about what is wrong with them: format_error, or
// invalid_argument for options that cannot be. The first two bytes choose the form and its options, the rest is the
// text.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <akin/data/concatenate.hpp>
#include <akin/data/csv.hpp>
#include <akin/data/detail/csv_scanner.hpp>
#include <akin/data/matrix_market.hpp>
#include <akin/data/read_interactions.hpp>
#include <akin/data/read_movielens.hpp>
#include <akin/data/read_user_item_lists.hpp>

namespace {

using akin::detail::text_input;

void check(bool ok) {
  if (!ok) std::abort();
}

/// What was read must hold together, as other headers rely on it without looking again.
void check(const akin::interaction_log& log) {
  check(log.items().size() == log.size() && log.values().size() == log.size());
  check(log.user_ids().size() <= log.size() && log.item_ids().size() <= log.size());
  for (const auto how :
       {akin::duplicates::sum, akin::duplicates::count, akin::duplicates::last, akin::duplicates::max}) {
    const auto matrix = log.matrix<double>(how);
    check(static_cast<std::size_t>(matrix.rows()) == log.user_ids().size());
    check(static_cast<std::size_t>(matrix.nonZeros()) <= log.size());
    double sum = 0;
    for (std::ptrdiff_t i = 0; i < matrix.nonZeros(); ++i) sum += matrix.valuePtr()[i];
    check(how != akin::duplicates::count || static_cast<std::size_t>(sum) == log.size());
  }
  check(akin::id_map(log.user_ids().text(), log.user_ids().offsets()) == log.user_ids());
  for (std::size_t id = 0; id < log.item_ids().size(); ++id) {
    const auto number = static_cast<std::int32_t>(id);
    check(log.item_ids().index_of(log.item_ids().name_of(number)) == number);
  }
}

using table = std::vector<std::vector<std::string>>;

table records(std::string_view text, char separator, char escape = 0) {
  akin::detail::csv_scanner scanner({"fuzz", text}, separator, escape);
  std::vector<akin::detail::csv_field> fields;
  table result;
  while (scanner.next(fields, 1000)) {
    result.emplace_back();
    for (const auto& field : fields) result.back().emplace_back(scanner.text_of(field));
  }
  return result;
}

/// A table that was read is the same after it has been written, with everything quoted, and read again.
void check_round_trip(std::string_view text, char separator, char escape) {
  if (separator == '"' || separator == '\n' || separator == '\r' || separator == escape) return;
  const table first = records(text, separator, escape);
  std::string again;
  for (const auto& fields : first) {
    for (std::size_t i = 0; i < fields.size(); ++i) {
      again += i == 0 ? "" : std::string(1, separator);
      again += '"';
      for (const char c : fields[i]) again += c == '"' ? "\"\"" : std::string(1, c);
      again += '"';
    }
    again += '\n';
  }
  check(records(again, separator) == first);
}

akin::interaction_columns columns_for(std::uint8_t options) {
  akin::interaction_columns columns;
  columns.header = (options & 1) != 0;
  if (!columns.header) columns.user = "1", columns.item = "2";
  if (options & 2) columns.value = columns.header ? "v" : "3";
  if (options & 4) columns.time = columns.header ? "t" : "4";
  if (options & 8) columns.event = columns.header ? "e" : "5";
  if (options & 16) columns.event_weights = {{"view", 1}, {"buy", 1e30}};
  columns.missing = static_cast<akin::missing_values>((options >> 5) % 3);
  columns.epoch = options & 128 ? akin::epoch_unit::milliseconds : akin::epoch_unit::seconds;
  return columns;
}

/// Tables without a header, in two halves that share their ids.
akin::interaction_columns more_columns_for(std::uint8_t options) {
  akin::interaction_columns columns = {.user = "1", .item = "2", .time = options & 1 ? "3" : "", .header = false};
  if (options & 2) columns.escape = '\\';
  if (options & 4) columns.missing_texts = {"NULL", "\\N"};
  columns.missing = options & 8 ? akin::missing_values::skip : akin::missing_values::error;
  columns.epoch = static_cast<akin::epoch_unit>((options >> 4) % 4);
  columns.times = static_cast<akin::time_format>((options >> 5) % 5);
  return columns;
}

void check_halves(std::string_view first, std::string_view second, akin::interaction_columns columns) {
  const auto log = akin::detail::read_interactions({"a", first}, columns);
  columns.ids_of = &log;
  const auto today = akin::detail::read_interactions({"b", second}, columns);
  check(today.user_ids().starts_with(log.user_ids()) && today.item_ids().starts_with(log.item_ids()));
  const auto all = akin::concatenate(log, today);
  check(all.size() == log.size() + today.size());
  check(all);
}

void read(std::uint8_t form, std::uint8_t options, std::string_view text) {
  const text_input input{"fuzz", text};
  const std::string_view first = text.substr(0, text.size() / 2), second = text.substr(text.size() / 2);
  switch (form % 8) {
    case 0:
      return check(akin::detail::read_interactions(input, columns_for(options)));
    case 1:
      return check_round_trip(text, static_cast<char>(options), '\0');
    case 2:
      return check(akin::detail::read_movielens(input, {}));
    case 3:
      return check(akin::detail::read_user_item_lists({{{"a", first}, "view", 1}, {{"b", second}, "buy", 5}}, {}));
    case 4: {
      const auto split = akin::detail::read_lightgcn<float>({"a", first}, {"b", second}, 1000);
      return check(split.train.rows() == split.test.rows() && split.train.cols() == split.test.cols());
    }
    case 6:
      return check_halves(first, second, more_columns_for(options));
    case 7:
      return check_round_trip(text, static_cast<char>(options), '\\');
    default: {
      const akin::matrix_market_options few_rows = {.maximum_rows = 1000};
      const auto matrix = akin::detail::matrix_market_reader<float>(input, few_rows).read();
      akin::detail::check_interactions(akin::execution::seq, akin::detail::view_of(matrix, "fuzz"), "fuzz");
      return check(static_cast<std::size_t>(matrix.nonZeros()) <= text.size());
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  // A copy of the exact size, so that one byte read too many is seen.
  const std::vector<char> bytes(data + 2, data + size);
  try {
    read(data[0], data[1], {bytes.data(), bytes.size()});
  } catch (const akin::format_error&) {
  } catch (const std::invalid_argument&) {
  }
  return 0;
}
