/// @file
/// Parameters of session_knn. C++17-clean, no Eigen.
#pragma once

#include <cstdint>

#include <akin/config.hpp>
#include <akin/model/fields.hpp>

namespace akin {
inline namespace AKIN_SEAM {

/// How much an event of the sequence counts that is b events before the last, of T events.
enum class event_decay : std::int32_t {
  none,            ///< 1
  exponential,     ///< exp(-b / scale)
  linear,          ///< 1 - b / scale, 0 below
  inverse,         ///< 1 / (b + 1)
  inverse_square,  ///< 1 / (b + 1)^2
  share,           ///< (T - b) / T
  share_square     ///< ((T - b) / T)^2
};

/// How similar a sequence and a session are, from the weights of the items that both have.
enum class session_similarity : std::int32_t {
  vector,  ///< their sum / the number of items of the sequence
  cosine   ///< their sum / (norm of all weights of the sequence * sqrt(number of items of the session))
};

struct session_knn_options {
  int neighbors = 100;  ///< >= 1: sessions that speak, the most similar of the sample; 50 to 1500
  int sample = 1000;    ///< >= 1: the most recent sessions with an item of the sequence; 500 to 10,000
  session_similarity similarity = session_similarity::vector;
  event_decay position_decay =
      event_decay::exponential;  ///< how much an item's place in the sequence counts in similarity
  double position_scale = 4.9;   ///< > 0: of exponential and linear; 1 to 20
  event_decay match_decay = event_decay::exponential;  ///< how much the last item that a session shares counts
  double match_scale = 4.9;                            ///< > 0: of exponential and linear; 1 to 20
  double distance_scale = 9.8;  ///< >= 0: exp(-d / scale) for an item d events from a shared one; 0: 1; 1 to 20
  double age_scale = 80;        ///< >= 0: exp(-age / scale) in days, if sessions have times; 0: 1; 5 to 200
  double idf = 5;  ///< >= 0: weight of the rareness of an item, 1 + idf log(sessions / its sessions); 0 to 10
};

template <class Options, class Visit>
fields_of<session_knn_options, Options> fields(Options& options, const Visit& visit) {
  visit("neighbors", options.neighbors, positive);
  visit("sample", options.sample, positive);
  visit("similarity", options.similarity, up_to(session_similarity::cosine));
  visit("position_decay", options.position_decay, up_to(event_decay::share_square));
  visit("position_scale", options.position_scale, finite_and_positive);
  visit("match_decay", options.match_decay, up_to(event_decay::share_square));
  visit("match_scale", options.match_scale, finite_and_positive);
  visit("distance_scale", options.distance_scale, finite_and_not_negative);
  visit("age_scale", options.age_scale, finite_and_not_negative);
  visit("idf", options.idf, finite_and_not_negative);
}

/// S-KNN: sessions count by their cosine alone. D. Jannach, M. Ludewig, "When Recurrent Neural Networks meet the
/// Neighborhood for Session-Based Recommendation", RecSys 2017.
constexpr session_knn_options s_knn(int neighbors = 100, int sample = 500) {
  return {neighbors, sample, session_similarity::cosine, event_decay::none, 1, event_decay::none, 1, 0, 0, 0};
}

/// VS-KNN: later events of the sequence count more. M. Ludewig, D. Jannach, "Evaluation of session-based recommendation
/// algorithms", UMUAI 28, 2018.
constexpr session_knn_options vs_knn(int neighbors = 500, int sample = 5000) {
  return {neighbors, sample, session_similarity::vector, event_decay::share_square, 1, event_decay::inverse, 1, 0,
          0,         5};
}

/// STAN: sessions count by cosine and age, items by their distance from the shared one. D. Garg, P. Gupta, P. Malhotra,
/// L. Vig, G. Shroff, "Sequence and Time Aware Neighborhood for Session-based Recommendations", SIGIR 2019.
constexpr session_knn_options stan(int neighbors = 500, int sample = 2500) {
  return {neighbors, sample, session_similarity::cosine, event_decay::exponential, 4.9, event_decay::none, 1, 4.9,
          40,        0};
}

}  // namespace AKIN_SEAM
}  // namespace akin
