// Metrics and tests of significance, compiled once: a part of akin::compiled.
#define AKIN_COMPILES_metrics 1

#include <akin/metrics/area_under_curve.hpp>
#include <akin/metrics/engagement.hpp>
#include <akin/metrics/fairness.hpp>
#include <akin/metrics/graded_ranking.hpp>
#include <akin/metrics/miscalibration.hpp>
#include <akin/metrics/ranking.hpp>
#include <akin/metrics/rating.hpp>
#include <akin/metrics/statistics.hpp>
