/// @file
/// The live page, embedded at build time.
#pragma once

#include <string_view>

extern const std::string_view page_html;
