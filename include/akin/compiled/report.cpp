// Reports, compiled once: a part of akin::compiled.
#define AKIN_COMPILES_report 1

#include <akin/report/html_report.hpp>
#include <akin/report/report.hpp>
