/// @file
/// Nearest neighbors of a session among the sessions of the training.
#pragma once

#include <cstdint>
#include <string_view>

#include <akin/config.hpp>
#include <akin/data/sequences.hpp>
#include <akin/model/file.hpp>
#include <akin/parallel.hpp>
#include <akin/sessions/detail/session_log.hpp>
#include <akin/sessions/detail/session_table.hpp>
#include <akin/sessions/session_knn_options.hpp>
#include <akin/train/sequence_model.hpp>

namespace akin::inline AKIN_ABI {

/// The algorithm of session_knn: it keeps the sessions, and does the rest when it is asked.
template <class Scalar, class Index>
struct session_knn_task {
  static constexpr std::string_view kind = "session_knn";
  using scalar_type = Scalar;
  using index_type = Index;
  using options_type = session_knn_options;
  using table_type = detail::session_table<Scalar, Index>;

  options_type options;

  table_type learn(const detail::host_policy&, const sequences<Index>& train) const {
    return table_type(detail::session_log<Scalar, Index>::of(train), options);
  }
  table_type read_table(const model_reader& reader) const {
    return table_type(detail::session_log<Scalar, Index>::read_from(reader), options);
  }
};

/// Scores an item for a sequence q by the sessions that are most like it:
///   s(q, j) = sum over the neighbors n with j of sim(q, n) m(q, n) exp(-|p_n(j) - p_n*| / distance_scale) (1 + idf_j)
/// where sim(q, n) is the sum of the weights of the items that both have (by their place in q: position_decay), over
/// the number of items of q, or as a cosine, times exp(-age of n / age_scale); m weighs the latest item of q that n has
/// (match_decay); p_n(j) is the place of j's last event in n, and p_n* that of the last item that both have; idf_j is
/// idf log(sessions / sessions with j). Neighbors are the `neighbors` most similar of the `sample` most recent sessions
/// with an item of q, ties to the more recent. Of q the latest 64 different items count. With options as they are this
/// is VSTAN; s_knn(), vs_knn() and stan() make others.
///
/// Complexity: fit O(events log events); holds 4 bytes more than the events' 8 for each different item of a session,
/// and the `sample` most recent sessions of each item once more. A sequence is scored in O(sample * its different items
/// + neighbors * their items + items). Deterministic: the same bits for any number of threads. Const members may be
/// called from many threads. Sources: those of s_knn(), vs_knn() and stan(); VSTAN: M. Ludewig, N. Mauro, S. Latifi, D.
/// Jannach, "Empirical analysis of session-based recommendation algorithms", UMUAI 31, 2021; the index: B. Kersbergen,
/// O. Sprangers, S. Schelter, "Serenade", SIGMOD 2022.
template <class Scalar = float, class Index = std::int32_t>
class session_knn : public sequence_model<session_knn_task<Scalar, Index>> {
  using base = sequence_model<session_knn_task<Scalar, Index>>;

 public:
  using base::base;
  static session_knn read_from(const model_reader& reader) { return base::template read_as<session_knn>(reader); }
};
session_knn(const session_knn_options&)->session_knn<>;

AKIN_COMPILE_ONCE(sessions, class session_knn<float>)
AKIN_COMPILE_ONCE(sessions, class sequence_model<session_knn_task<float, std::int32_t>>)
AKIN_COMPILE_ONCE(sessions, class session_knn<double>)
AKIN_COMPILE_ONCE(sessions, class sequence_model<session_knn_task<double, std::int32_t>>)

}  // namespace akin::inline AKIN_ABI
