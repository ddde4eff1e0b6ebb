#pragma once

#include <vector>

/// The item factors of a small training, by a unit that may have flags of its own.
std::vector<float> trained_elsewhere();
