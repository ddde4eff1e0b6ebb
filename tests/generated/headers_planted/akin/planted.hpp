/// @file
/// Does not include what it needs: the header tests must say so.
#pragma once

inline std::string planted;
