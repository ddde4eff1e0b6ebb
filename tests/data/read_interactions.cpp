#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <akin/data/read_interactions.hpp>
#include <akin/data/time_decay.hpp>

#include "data/reading.hpp"
#include "io/folder.hpp"
#include "support/catch.hpp"
#include "support/paths.hpp"

using akin::interaction_columns;
using akin::interaction_log;

namespace {

interaction_log read(std::string_view text, const interaction_columns& columns = {}) {
  return akin::detail::read_interactions(input(text), columns);
}

std::string refusal(std::string_view text, const interaction_columns& columns = {}) {
  return message([&] { return read(text, columns); });
}

template <class T>
std::vector<T> all(std::span<const T> column) {
  return {column.begin(), column.end()};
}

}  // namespace

TEST_CASE("users and items are enough") {
  const interaction_log log = read("item,user\nmug,bert\nlamp,anna\nmug,bert\n");
  CHECK(all(log.users()) == std::vector<std::int32_t>{0, 1, 0});
  CHECK(all(log.items()) == std::vector<std::int32_t>{0, 1, 0});
  CHECK(all(log.values()) == std::vector<float>{1, 1, 1});
  CHECK_FALSE(log.has_times());
  CHECK_FALSE(log.has_events());
  CHECK(log.user_ids().name_of(1) == "anna");
  CHECK(log.item_ids().index_of("lamp") == 1);
}

TEST_CASE("values, times and events") {
  const interaction_log log = read(
      "when,user,what,item,how much\n"
      "2010-12-01T08:26,a,view,x,-2.5\n"
      "1291191960,b,buy,\"y,1\",1e2\n"
      "1291191960.5,\"a\",view,x,0\n",
      {.value = "how much", .time = "when", .event = "what"});
  CHECK(all(log.values()) == std::vector<float>{-2.5f, 100, 0});
  CHECK(all(log.times()) == std::vector<std::int64_t>{1291191960000, 1291191960000, 1291191960500});
  CHECK(all(log.events()) == std::vector<std::int32_t>{0, 1, 0});
  CHECK(all(log.users()) == std::vector<std::int32_t>{0, 1, 0});
  CHECK(log.event_ids().name_of(1) == "buy");
  CHECK(log.item_ids().name_of(1) == "y,1");
}

TEST_CASE("times in other units and formats are asked for") {
  using akin::epoch_unit, akin::time_format;
  const std::string_view text = "user,item,t\na,x,1291191960000\n";
  CHECK(read(text, {.time = "t", .epoch = epoch_unit::milliseconds}).times()[0] == 1291191960000);
  CHECK(refusal(text, {.time = "t"}) ==
        "log.csv:2:3: t must be in the years 1990 to 2100, as it is where epoch is epoch_unit::milliseconds, got "
        "\"1291191960000\"");
  const std::string_view steps = "user,item,t\na,x,1\na,y,2\n";
  CHECK(refusal(steps, {.time = "t"}) ==
        "log.csv:2:3: t must be in the years 1990 to 2100, unless times is time_format::number, got \"1\"");
  CHECK(all(read(steps, {.time = "t", .times = time_format::number}).times()) == std::vector<std::int64_t>{1000, 2000});
  const std::string_view shop = "user,item,t\na,x,12/31/2010 8:26\n";
  CHECK(refusal(shop, {.time = "t"}) ==
        "log.csv:2:3: t must begin with its year, unless times is time_format::day_first or time_format::month_first, "
        "got \"12/31/2010 8:26\"");
  CHECK(read(shop, {.time = "t", .times = time_format::month_first}).times()[0] == 1293783960000);
  CHECK(refusal(shop, {.time = "t", .times = time_format::day_first}) ==
        "log.csv:2:3: t must be a time such as 31/12/2010 08:26, got \"12/31/2010 8:26\"");
}

TEST_CASE("days of eight digits decay as days") {
  const interaction_log log = read("user,item,day\n1,a,20231231\n1,b,20240101\n1,c,20240601\n", {.time = "day"});
  CHECK(log.times()[0] == 1703980800000);
  const auto decayed = akin::weighting::time_decay(log, {.half_life_days = 30});
  CHECK(decayed.values()[0] == Approx(0.0292).margin(5e-5));
  CHECK(decayed.values()[1] == Approx(0.0298).margin(5e-5));
  CHECK(decayed.values()[2] == 1);
}

TEST_CASE("events have weights") {
  const std::string_view text = "user,item,event,n\na,x,view,2\na,x,buy,3\n";
  const interaction_log log = read(text, {.event = "event", .event_weights = {{"view", 0.5}, {"cart", 2}, {"buy", 4}}});
  CHECK(all(log.values()) == std::vector<float>{0.5f, 4});
  CHECK(log.event_ids().size() == 2);
  CHECK(all(read(text, {.value = "n", .event = "event", .event_weights = {{"view", 0.5}, {"buy", 4}}}).values()) ==
        std::vector<float>{1, 12});
  CHECK(refusal(text, {.event = "event", .event_weights = {{"view", 1}}}) ==
        "log.csv:3:3: event must be one of event_weights, got \"buy\"");
  CHECK(refusal(text, {.event = "event", .event_weights = {{"view", 1e39}, {"buy", 1}}}) ==
        "log.csv:2:3: event must fit a float after weighting, got \"view\"");
  CHECK(refusal(text, {.value = "n", .event = "event", .event_weights = {{"view", 3e38}, {"buy", 1}}}) ==
        "log.csv:2:4: n must fit a float after weighting, got \"2\"");
}

TEST_CASE("options that contradict themselves") {
  const auto wrong = [](const interaction_columns& columns) {
    return message<std::invalid_argument>([&] { return read("user,item,e\n", columns); });
  };
  CHECK(wrong({.event_weights = {{"view", 1}}}) == "read_interactions: event must be named for event_weights");
  CHECK(wrong({.event = "e", .event_weights = {{"view", 1}, {"view", 2}}}) ==
        "read_interactions: event_weights must name each event once, got view");
  CHECK(wrong({.event = "e", .event_weights = {{"view", std::numeric_limits<double>::infinity()}}}) ==
        "read_interactions: event_weights must be finite, got inf");
}

TEST_CASE("bad lines are refused with file, line and column") {
  CHECK(message([] {
          return akin::detail::read_interactions(input("user,item,quantity\na,x,1\na,x,abc\n", "purchases.csv"),
                                                 {.value = "quantity"});
        }) == "purchases.csv:3:3: quantity must be a finite number, got \"abc\"");
  const interaction_columns with_value = {.value = "v"}, with_time = {.time = "t"};
  for (const char* value : {"nan", "inf", "-inf", "1e39", "1,5", " 1", "1 ", "0x1", "--1"}) {
    CAPTURE(value);
    const std::string rule =
        std::string_view(value) == "1,5" ? "a finite number, with a decimal point" : "a finite number";
    CHECK(refusal("user,item,v\n\na,x,\"" + std::string(value) + "\"\n", with_value) ==
          "log.csv:3:3: v must be " + rule + ", got \"" + std::string(value) + '"');
  }
  for (const char* time : {"2010-02-30", "2010-13-01", "12/1/10 8:26", "yesterday", "nan", "2010-12-01T25:00"}) {
    CAPTURE(time);
    CHECK(refusal("t,user,item\n" + std::string(time) + ",a,x\n", with_time) ==
          "log.csv:2:1: t must be a time such as 2010-12-01T08:26:00Z, or a number since 1970, got \"" +
              std::string(time) + '"');
  }
  CHECK(refusal("t,user,item\n,a,x\n", with_time) == "log.csv:2:1: t must not be empty, got \"\"");
  CHECK(refusal("user,item\n,x\n") == "log.csv:2:1: user must not be empty, got \"\"");
  CHECK(refusal("user,item\na,\"\"\n") == "log.csv:2:2: item must not be empty, got \"\"");
  CHECK(refusal("user,item\na,x\nb\n") == "log.csv:3:1: a line must have 2 fields, this one has 1");
  CHECK(refusal("user,item\na,x,\n") == "log.csv:2:3: a line must have 2 fields, this one has more");
  CHECK(refusal("user;article\n") ==
        "log.csv:1: there must be a column \"item\", the columns are \"user\", \"article\"");
  CHECK(refusal("user,item\na,\"x\n") == "log.csv:2:2: the quote that opens here must be closed");
  CHECK(refusal("") == "log.csv:1: the file is empty, a line with the names of the columns must come first");
}

TEST_CASE("a header alone is a log without lines") {
  const interaction_log log = read("user,item,time\r\n", {.time = "time"});
  CHECK(log.empty());
  CHECK(log.user_ids().empty());
  CHECK(log.has_times());
}

TEST_CASE("missing values") {
  using akin::missing_values;
  const std::string_view text = "user,item,v,t\na,x,,1e9\n,x,2,2e9\nb,y,3,\nc,x,4,1500000000\n";
  interaction_columns columns = {.value = "v", .time = "t"};
  CHECK(refusal(text, columns) == "log.csv:2:3: v must not be empty, got \"\"");
  columns.missing = missing_values::skip;
  const interaction_log skipped = read(text, columns);
  CHECK(skipped.size() == 1);
  CHECK(skipped.user_ids().size() == 1);
  CHECK(skipped.user_ids().name_of(0) == "c");
  CHECK(skipped.times()[0] == 1500000000000);
  columns.missing = missing_values::zero;
  CHECK(refusal(text, columns) == "log.csv:3:1: user must not be empty, got \"\"");
  CHECK(all(read("user,item,v\na,x,\na,y,2\n", {.value = "v", .missing = missing_values::zero}).values()) ==
        std::vector<float>{0, 2});
}

TEST_CASE("texts that say that nothing is there") {
  using akin::missing_values;
  const std::string_view text =
      "user,item,v,t,e\n"
      "NULL,x,1,2010-12-01,buy\n"
      "a,\\N,1,2010-12-01,buy\n"
      "a,\"nan\",1,2010-12-01,buy\n"
      "a,x,NA,2010-12-01,buy\n"
      "a,x,1,NULL,buy\n"
      "a,x,1,2010-12-01,\n"
      "nanna,NAN,1,2010-12-01,buy\n";
  interaction_columns columns = {.value = "v", .time = "t", .event = "e", .missing = missing_values::skip};
  columns.missing_texts = {"NULL", "\\N", "nan", "NA"};
  for (const char escape : {'\0', '\\'}) {
    columns.escape = escape;
    const interaction_log log = read(text, columns);
    CHECK(log.size() == 1);
    CHECK(log.user_ids().name_of(0) == "nanna");
    CHECK(log.item_ids().name_of(0) == "NAN");
    CHECK(log.item_ids().size() == 1);
  }
  columns.missing = missing_values::error;
  CHECK(refusal(text, columns) == "log.csv:2:1: user must not be missing, got \"NULL\"");
  const interaction_columns no_value = {.value = "v", .missing = missing_values::zero, .missing_texts = {"NA", "-1"}};
  CHECK(all(read("user,item,v\na,x,NA\na,y,-1\na,z,-2\n", no_value).values()) == std::vector<float>{0, 0, -2});
  CHECK(refusal("user,item,v\na,x,-1\n", {.value = "v", .missing_texts = {"-1"}}) ==
        "log.csv:2:3: v must not be missing, got \"-1\"");
  CHECK(read("user,item\nNULL,x\n").user_ids().name_of(0) == "NULL");
}

TEST_CASE("quotes that are escaped") {
  const std::string_view books =
      "\"User-ID\";\"ISBN\";\"Title\"\n"
      "\"276725\";\"034545104X\";\"Flesh \\\"Tones\\\"; a novel\"\n"
      "\"276726\";\"0155061224\";\"Rites\\\\\"\n";
  const interaction_log log = read(books, {.user = "User-ID", .item = "Title", .escape = '\\'});
  CHECK(log.size() == 2);
  CHECK(log.item_ids().name_of(0) == "Flesh \"Tones\"; a novel");
  CHECK(log.item_ids().name_of(1) == "Rites\\");
  CHECK(refusal(books, {.user = "User-ID", .item = "Title"}) ==
        "log.csv:2:3: a closing quote must end the field; quotes inside are doubled, or escaped where escape is set");
  akin::id_map ids;
  ids.insert("276725");
  CHECK(akin::detail::read_item_texts(input(books), {.item = "User-ID", .text = "Title", .escape = '\\'}, ids) ==
        std::vector<std::string>{"Flesh \"Tones\"; a novel"});
}

TEST_CASE("a column has one role") {
  const auto wrong = [](const interaction_columns& columns) {
    return message<std::invalid_argument>([&] { return read("user,item,v\na,x,1\n", columns); });
  };
  CHECK(wrong({.user = "item", .item = "item"}) ==
        "read_interactions: user and item must be different columns, got item");
  CHECK(wrong({.value = "v", .time = "v"}) == "read_interactions: value and time must be different columns, got v");
  CHECK(wrong({.event = "user"}) == "read_interactions: user and event must be different columns, got user");
  CHECK(read("user,item,v\na,x,1\n").size() == 1);
}

TEST_CASE("a second file with the ids of the first") {
  const interaction_log log = read("user,item,e\na,x,view\nb,y,buy\n", {.event = "e"});
  const interaction_log today = read("user,item,e\nnew,y,cart\nb,z,view\nb,x,view\n", {.event = "e", .ids_of = &log});
  CHECK(all(today.users()) == std::vector<std::int32_t>{2, 1, 1});
  CHECK(all(today.items()) == std::vector<std::int32_t>{1, 2, 0});
  CHECK(all(today.events()) == std::vector<std::int32_t>{2, 0, 0});
  CHECK(today.user_ids().starts_with(log.user_ids()));
  CHECK(today.user_ids().name_of(2) == "new");
  CHECK(log.user_ids().size() == 2);
  CHECK(today.matrix(akin::duplicates::sum).rows() == 3);
  const interaction_log known = read("user,item\nb,x\n", {.ids_of = &log});
  CHECK(&known.user_ids() == &log.user_ids());
  CHECK(&known.item_ids() == &log.item_ids());
  CHECK(known.matrix(akin::duplicates::sum).rows() == 2);
}

TEST_CASE("a separator that is guessed without a header") {
  const interaction_columns columns = {.user = "1", .item = "2", .header = false};
  CHECK(refusal("1;a;2,5\n1;b;3,0\n2;a;4,5\n", columns) ==
        "log.csv:1: the separator must be given, it may be the comma or the semicolon");
  CHECK(refusal("1\tMilk, fresh\n2\tEggs, brown\n", columns) ==
        "log.csv:1: the separator must be given, it may be the comma or the tab");
  const interaction_log whole = read("1;a;2,5\n1;b;3\n2;a;4,5\n", columns);
  CHECK(whole.user_ids().size() == 2);
  CHECK(whole.item_ids().name_of(1) == "b");
  CHECK(read("\nuser;item\n1;a\n").size() == 1);
}

TEST_CASE("columns by number, tabs by name or by wish") {
  const interaction_log log = read("1\tx\t5\n2\ty\t3\n", {.user = "1", .item = "2", .value = "3", .header = false});
  CHECK(all(log.values()) == std::vector<float>{5, 3});
  CHECK(read("user:item\na:x\n", {.separator = ':'}).size() == 1);
}

TEST_CASE("many lines") {
  std::string text = "user,item,v\n";
  for (int i = 0; i < 30'000; ++i)
    text += std::to_string(i % 700) + ',' + std::to_string(i % 900) + ',' + std::to_string(i % 7) + '\n';
  const interaction_log log = read(text, {.value = "v"});
  CHECK(log.size() == 30'000);
  CHECK(log.user_ids().size() == 700);
  CHECK(log.item_ids().size() == 900);
  CHECK(log.values()[29'999] == static_cast<float>(29'999 % 7));
  CHECK(log.user_ids().name_of(log.users()[29'999]) == std::to_string(29'999 % 700));
}

TEST_CASE("texts of items come in the order of ids") {
  akin::id_map ids;
  for (const char* name : {"lamp", "mug", "vase"}) ids.insert(name);
  const std::string_view text = "text,item\n\"a \"\"red\"\" mug\",mug\nunused,other\nbright,lamp\nunused too,other\n";
  CHECK(akin::detail::read_item_texts(input(text), {}, ids) == std::vector<std::string>{"bright", "a \"red\" mug", ""});
  CHECK(message([&] { return akin::detail::read_item_texts(input("item,text\nmug,a\nlamp,b\nmug,c\n"), {}, ids); }) ==
        "log.csv:4:1: item must come once, it has a text in line 2 already, got \"mug\"");
}

TEST_CASE("the sample") {
  const std::string folder = akin_test::sample_folder();
  const interaction_log log = akin::read_interactions(
      folder + "/purchases.csv",
      {.user = "customer_id", .item = "stock_code", .value = "quantity", .time = "invoice_date"});
  CHECK(log.size() == 396337);
  CHECK(log.user_ids().size() == 4334);
  CHECK(log.item_ids().size() == 3659);
  CHECK(log.user_ids().name_of(0) == "17850");
  CHECK(log.values()[0] == 6);
  CHECK(log.times()[0] == 1291191960000);
  const auto pairs = log.matrix(akin::duplicates::count);
  CHECK(pairs.nonZeros() == 266221);
  CHECK(pairs.sum() == 396337);
  const auto texts =
      akin::read_item_texts(folder + "/items.csv", {.item = "stock_code", .text = "description"}, log.item_ids());
  CHECK(texts.size() == 3659);
  CHECK(texts[static_cast<std::size_t>(*log.item_ids().index_of("21228"))] == "POCKET MIRROR \"GLAMOROUS\"");
  const std::string missing = message([&] { return akin::read_interactions(folder + "/purchases.csv"); });
  CHECK(
      missing.ends_with("purchases.csv:1: there must be a column \"user\", the columns are \"customer_id\", "
                        "\"stock_code\", \"quantity\", \"unit_price\", \"invoice_date\""));
}

TEST_CASE("a file that is not there") {
  const folder here;
  CHECK(message<std::runtime_error>([&] {
          return akin::read_interactions(here / "no.csv");
        }).ends_with("no.csv: the file must exist and be readable"));
}
