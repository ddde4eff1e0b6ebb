// Evaluations, reports, searches and tests of variants, compiled once: a part of akin::compiled.
#define AKIN_COMPILES_evaluation 1

#include <akin/evaluation/ab_test.hpp>
#include <akin/evaluation/detail/bootstrap.hpp>
#include <akin/evaluation/evaluate.hpp>
#include <akin/evaluation/html_report.hpp>
#include <akin/evaluation/off_policy.hpp>
#include <akin/evaluation/report.hpp>
#include <akin/evaluation/search_result.hpp>
#include <akin/evaluation/sequential_ab_test.hpp>
#include <akin/evaluation/trial.hpp>
