/// @file
/// The answers of session_knn from the sessions of a training.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <span>
#include <utility>

#include <akin/config.hpp>
#include <akin/matrix.hpp>
#include <akin/model/file.hpp>
#include <akin/model/scorer.hpp>
#include <akin/numbers.hpp>
#include <akin/sessions/detail/session_log.hpp>
#include <akin/sessions/session_knn_options.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// The weight of an event that is `back` events before the last of `length`.
inline double event_weight(event_decay decay, double scale, std::int64_t back, std::int64_t length) noexcept {
  const auto b = static_cast<double>(back), share = 1 - b / static_cast<double>(length);
  switch (decay) {
    case event_decay::none:
      return 1;
    case event_decay::exponential:
      return std::exp(-b / scale);
    case event_decay::linear:
      return std::max(0.0, 1 - b / scale);
    case event_decay::inverse:
      return 1 / (b + 1);
    case event_decay::inverse_square:
      return 1 / ((b + 1) * (b + 1));
    case event_decay::share:
      return share;
    case event_decay::share_square:
      break;
  }
  return share * share;
}

/// Answers a sequence by the sessions that are most like it.
template <class Scalar, class Index>
class session_table {
 public:
  using scalar_type = Scalar;
  using index_type = Index;

  session_table() = default;
  session_table(session_log<Scalar, Index> log, const session_knn_options& options);

  /// Whether fit was called, even on nothing.
  bool is_fitted() const noexcept { return log_.places.is_set(); }
  std::int64_t items() const noexcept { return log_.places.cols(); }
  /// Whether a session has the item.
  bool knows_item(Index item) const noexcept {
    return item >= 0 && item < items() && starts_[item + 1] > starts_[item];
  }
  /// Sessions x items, the most recent session last: the place of the item's last event in the session, from 1 on;
  /// refers to the model.
  auto sessions() const { return log_.places.map(); }

  /// Bytes that score_sequence needs beside the scores.
  std::size_t sequence_scratch_bytes() const noexcept {
    return static_cast<std::size_t>(capacity_) * sizeof(candidate);
  }
  /// Fills out[item] for all items, -infinity for those of no neighbor. `scratch`: sequence_scratch_bytes(), aligned as
  /// numbers are.
  void score_sequence(const sequence_view<Index>& sequence, std::span<Scalar> out,
                      std::span<std::byte> scratch) const noexcept;
  void score_sequence(const sequence_view<Index>& sequence, std::span<Scalar> out) const {
    numbers<std::byte> scratch(static_cast<std::int64_t>(sequence_scratch_bytes()));
    score_sequence(sequence, out, {scratch.data(), sequence_scratch_bytes()});
  }

  void write_to(model_writer& writer) const { log_.write_to(writer); }

 private:
  /// Different items of a sequence that count: the latest ones.
  static constexpr std::size_t most_items = 64;

  /// An item of the sequence that sessions have.
  struct asked_item {
    Index item;
    std::int64_t back;  // events before the last one
    double weight;      // in similarities
    const Index* next;  // its most recent session that was not yet looked at
    const Index* end;
  };
  struct question {
    const sequence_view<Index>& sequence;
    std::array<asked_item, most_items> items;  // the latest first
    std::size_t count = 0;

    std::span<asked_item> asked() noexcept { return std::span(items).first(count); }
    std::span<const asked_item> asked() const noexcept { return std::span(items).first(count); }
  };
  /// A session with an item of the sequence.
  struct candidate {
    double similarity;
    Index session;
    Index back;  // of the latest item that both have
  };

  void index_items(const session_knn_options& options);
  void find_items(question& asked) const noexcept;
  std::span<candidate> find_sessions(question& asked, candidate* memory) const noexcept;
  void weigh(const question& asked, std::span<candidate> found) const noexcept;
  void add_votes(const question& asked, const candidate& neighbor, std::span<Scalar> out) const noexcept;

  session_knn_options options_;
  session_log<Scalar, Index> log_;
  std::int64_t capacity_ = 0;     // of a sample: no more sessions than there are
  numbers<std::int64_t> starts_;  // of each item in recent_
  numbers<Index> recent_;         // the sessions of each item, the most recent first, at most options_.sample
  numbers<double> rareness_;      // of each item: 1 + idf log(sessions / sessions of the item)
  numbers<double> closeness_;     // of each distance d in a session: exp(-d / distance_scale)
};

template <class Scalar, class Index>
session_table<Scalar, Index>::session_table(session_log<Scalar, Index> log, const session_knn_options& options)
    : options_(options), log_(std::move(log)), capacity_(std::min<std::int64_t>(options.sample, log_.places.rows())) {
  const csr_view<Scalar, Index> places = log_.places.view();
  std::int64_t longest = 0;
  for (std::int64_t i = 0; i < places.nonzeros(); ++i)
    longest = std::max(longest, static_cast<std::int64_t>(places.values[i]));
  closeness_.assign(longest + 1, 1.0);
  if (options.distance_scale > 0)
    for (std::int64_t d = 0; d <= longest; ++d)
      closeness_[d] = std::exp(-static_cast<double>(d) / options.distance_scale);
  index_items(options);
}

template <class Scalar, class Index>
void session_table<Scalar, Index>::index_items(const session_knn_options& options) {
  const csr_view<Scalar, Index> places = log_.places.view();
  numbers<std::int64_t> counts(items());
  for (std::int64_t i = 0; i < places.nonzeros(); ++i) ++counts[places.columns[i]];
  starts_.assign(items() + 1, 0);
  rareness_.assign(items(), 1.0);
  for (std::int64_t item = 0; item < items(); ++item) {
    starts_[item + 1] = starts_[item] + std::min<std::int64_t>(counts[item], options.sample);
    if (counts[item] > 0)
      rareness_[item] += options.idf * std::log(static_cast<double>(places.rows) / static_cast<double>(counts[item]));
  }
  recent_.resize(starts_.back());
  numbers<std::int64_t> next(starts_.begin(), starts_.end() - 1);
  for (std::int64_t session = places.rows - 1; session >= 0; --session)
    for (const Index item : places.row(session).ids)
      if (next[item] < starts_[item + 1]) recent_[next[item]++] = static_cast<Index>(session);
}

/// Fills in the latest different items of the sequence that sessions have.
template <class Scalar, class Index>
void session_table<Scalar, Index>::find_items(question& asked) const noexcept {
  const slice<const Index> items = asked.sequence.items;
  for (std::int64_t back = 0; back < items.size && asked.count < most_items; ++back) {
    const Index item = items[items.size - 1 - back];
    const auto is_same = [item](const asked_item& other) { return other.item == item; };
    if (!knows_item(item) || std::any_of(asked.asked().begin(), asked.asked().end(), is_same)) continue;
    asked.items[asked.count++] = {item, back,
                                  event_weight(options_.position_decay, options_.position_scale, back, items.size),
                                  recent_.data() + starts_[item], recent_.data() + starts_[item + 1]};
  }
}

/// The most recent sessions with one of the items, with the sums of the items' weights. The sessions of each item are
/// merged, so that no work depends on the number of sessions.
template <class Scalar, class Index>
auto session_table<Scalar, Index>::find_sessions(question& asked, candidate* memory) const noexcept
    -> std::span<candidate> {
  std::int64_t count = 0;
  for (; count < capacity_; ++count) {
    Index session = -1;
    for (const asked_item& item : asked.asked())
      if (item.next != item.end) session = std::max(session, *item.next);
    if (session < 0) break;
    candidate& found = *::new (memory + count) candidate{0, session, -1};
    for (asked_item& item : asked.asked()) {
      if (item.next == item.end || *item.next != session) continue;
      ++item.next;
      found.similarity += item.weight;
      if (found.back < 0) found.back = static_cast<Index>(item.back);
    }
  }
  return {memory, static_cast<std::size_t>(count)};
}

/// From sums of weights to similarities.
template <class Scalar, class Index>
void session_table<Scalar, Index>::weigh(const question& asked, std::span<candidate> found) const noexcept {
  constexpr double day = 86'400'000;
  const bool is_cosine = options_.similarity == session_similarity::cosine;
  const bool ages = options_.age_scale > 0 && log_.ends.size() > 0;
  const sequence_view<Index>& sequence = asked.sequence;
  double norm = static_cast<double>(asked.count);
  if (is_cosine) {
    norm = 0;
    for (const asked_item& item : asked.asked()) norm += item.weight * item.weight;
    norm = std::sqrt(norm);
  }
  const std::int64_t last = log_.ends.size() > 0 ? log_.ends.data()[log_.ends.size() - 1] : 0;
  const std::int64_t now = sequence.times.empty() ? last : sequence.times.back();
  for (candidate& each : found) {
    each.similarity /= norm;
    if (is_cosine) each.similarity /= std::sqrt(static_cast<double>(log_.places.view().row_size(each.session)));
    if (!ages) continue;
    const double age = static_cast<double>(now) - static_cast<double>(log_.ends.data()[each.session]);
    each.similarity *= std::exp(-std::max(0.0, age) / day / options_.age_scale);
  }
}

/// Each item of a neighbor gets its similarity, less the farther it is from the last item that both have.
template <class Scalar, class Index>
void session_table<Scalar, Index>::add_votes(const question& asked, const candidate& neighbor,
                                             std::span<Scalar> out) const noexcept {
  const auto [ids, places] = log_.places.view().row(neighbor.session);
  Scalar shared = 0;
  for (const asked_item& item : asked.asked()) {
    const Index* const found = std::lower_bound(ids.begin(), ids.end(), item.item);
    if (found != ids.end() && *found == item.item) shared = std::max(shared, places[found - ids.begin()]);
  }
  const double vote = neighbor.similarity *
                      event_weight(options_.match_decay, options_.match_scale, neighbor.back, asked.sequence.size());
  for (std::int64_t i = 0; i < ids.size; ++i) {
    const auto distance = static_cast<std::int64_t>(std::abs(places[i] - shared));
    Scalar& score = out[static_cast<std::size_t>(ids[i])];
    const auto votes = static_cast<Scalar>(vote * closeness_[distance] * rareness_[ids[i]]);
    score = score > no_score<Scalar> ? score + votes : votes;
  }
}

template <class Scalar, class Index>
void session_table<Scalar, Index>::score_sequence(const sequence_view<Index>& sequence, std::span<Scalar> out,
                                                  std::span<std::byte> scratch) const noexcept {
  std::fill(out.begin(), out.end(), no_score<Scalar>);
  question asked{sequence, {}};
  find_items(asked);
  std::span<candidate> found = find_sessions(asked, reinterpret_cast<candidate*>(scratch.data()));
  weigh(asked, found);
  const auto more_similar = [](const candidate& a, const candidate& b) {
    return a.similarity > b.similarity || (a.similarity == b.similarity && a.session > b.session);
  };
  const auto most = static_cast<std::size_t>(options_.neighbors);
  if (found.size() > most) {
    std::nth_element(found.begin(), found.begin() + options_.neighbors, found.end(), more_similar);
    found = found.first(most);
  }
  std::sort(found.begin(), found.end(), more_similar);  // so that sums do not depend on the selection
  for (const candidate& neighbor : found) add_votes(asked, neighbor, out);
}

}  // namespace akin::inline AKIN_ABI::detail
