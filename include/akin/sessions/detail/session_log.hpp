/// @file
/// The sessions of a training, as session_knn keeps them.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <stdexcept>
#include <string_view>
#include <vector>

#include <akin/config.hpp>
#include <akin/data/sequences.hpp>
#include <akin/error.hpp>
#include <akin/matrix.hpp>
#include <akin/model/file.hpp>
#include <akin/numbers.hpp>
#include <akin/storage.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Sessions x items: the place of an item's last event in the session, from 1 on. Sessions are in the order of their
/// last events, the most recent last.
template <class Scalar, class Index>
struct session_log {
  /// A place is a Scalar, so that the matrix is one like all others; each up to this is exact.
  static constexpr std::int64_t longest_session = std::int64_t{1} << 24;

  csr_storage<Scalar, Index> places;
  storage<std::int64_t> ends;  ///< the time of the last event of each session; empty without times

  static session_log of(const sequences<Index>& train);
  static session_log read_from(const model_reader& reader);
  void write_to(model_writer& writer) const;
};

/// The sequences that are not empty, by the time of their last events; as they come without times.
template <class Index>
numbers<std::int64_t> by_recency(const sequences<Index>& all) {
  numbers<std::int64_t> order;
  for (std::int64_t s = 0; s < all.size(); ++s)
    if (!all[s].empty()) order.push_back(s);
  if (!order.empty() && all.has_times())
    std::stable_sort(order.begin(), order.end(),
                     [&](std::int64_t a, std::int64_t b) { return all[a].times.back() < all[b].times.back(); });
  return order;
}

template <class Scalar, class Index>
session_log<Scalar, Index> session_log<Scalar, Index>::of(const sequences<Index>& train) {
  const numbers<std::int64_t> order = by_recency(train);
  std::vector<Index> columns;
  std::vector<Scalar> places;
  numbers<Index> offsets(order.size() + 1), row;
  numbers<std::int64_t> place_of(train.items());
  for (std::int64_t session = 0; session < order.size(); ++session) {
    const slice<const Index> items = train[order[session]].items;
    if (items.size > longest_session)
      fail<std::length_error>("session_knn::fit: a session must have at most ", longest_session, " events, got ",
                              items.size);
    for (std::int64_t event = 0; event < items.size; ++event) place_of[items[event]] = event + 1;
    row.assign(items.begin(), items.end());
    std::sort(row.begin(), row.end());
    row.resize(std::unique(row.begin(), row.end()) - row.begin());
    for (const Index item : row) {
      columns.push_back(item);
      places.push_back(static_cast<Scalar>(place_of[item]));
    }
    if (std::ssize(columns) > largest_id<Index>)
      fail<std::length_error>("session_knn::fit: items of sessions must not be more than ", largest_id<Index>);
    offsets[session + 1] = static_cast<Index>(columns.size());
  }
  session_log log{csr_storage<Scalar, Index>(csr_view<Scalar, Index>{order.size(), train.items(), offsets.data(),
                                                                     columns.data(), places.data()}),
                  {}};
  if (train.events() > 0 && train.has_times()) {
    log.ends = storage<std::int64_t>(order.size());
    for (std::int64_t session = 0; session < order.size(); ++session)
      log.ends.mutable_data()[session] = train[order[session]].times.back();
  }
  return log;
}

template <class Scalar, class Index>
session_log<Scalar, Index> session_log<Scalar, Index>::read_from(const model_reader& reader) {
  session_log log{map_csr<Scalar, Index>(reader, "places"), {}};
  const csr_view<Scalar, Index> places = log.places.view();
  const auto is_place = [](Scalar place) {
    return place >= 1 && place <= static_cast<Scalar>(longest_session) && place == std::floor(place);
  };
  reader.require(std::all_of(places.values, places.values + places.nonzeros(), is_place),
                 "places in sessions must be whole numbers from 1 on");
  if (reader.has("ends")) {
    const rows_view<const std::int64_t> ends = reader.template array<std::int64_t>("ends", places.rows, 1);
    reader.require(std::is_sorted(ends.data, ends.data + ends.rows), "the ends of sessions must not descend");
    log.ends = storage<std::int64_t>(ends.data, ends.rows, reader.owner());
  }
  return log;
}

template <class Scalar, class Index>
void session_log<Scalar, Index>::write_to(model_writer& writer) const {
  write_csr(writer, "places", places.view());
  if (ends.size() > 0) writer.add("ends", ends.data(), ends.size());
}

}  // namespace akin::inline AKIN_ABI::detail
