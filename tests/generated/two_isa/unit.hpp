/// @file
/// What each unit of the program says of itself. Only plain types cross from one unit to another.
#pragma once

struct unit_report {
  const char* symbol;   ///< mangled name of a type of akin in this unit
  double checksum;      ///< of scores computed in this unit
  const float* scores;  ///< 64 scores, each a dot product of 101 terms
};

unit_report report_base();
unit_report report_avx2();
unit_report report_avx512();

/// Throws akin::format_error, which every other unit must be able to catch.
void throw_from_avx2();
