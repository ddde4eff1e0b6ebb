/// @file
/// What each unit of the program says of itself. Only plain types cross from one unit to another.
#pragma once

struct unit_report {
  static constexpr int count = 64;
  const char* symbol;   ///< mangled name of the model's type in this unit
  const float* scores;  ///< of a model trained in this unit, `count` of them
};

unit_report report_base();
unit_report report_avx2();
unit_report report_avx512();

/// Throws akin::format_error, which every other unit must be able to catch.
void throw_from_avx2();
