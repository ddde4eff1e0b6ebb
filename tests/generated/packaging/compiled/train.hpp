#pragma once

#include <akin/factorization/implicit_als.hpp>

akin::sparse_matrix<float> clicks();
akin::implicit_als<float> train();
