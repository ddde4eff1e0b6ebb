// The kernels, compiled once: a part of akin::compiled.
#define AKIN_COMPILES_kernels 1

#include <akin/config.hpp>
#include <akin/kernels/axpy.hpp>
#include <akin/kernels/blocked_cholesky.hpp>
#include <akin/kernels/conjugate_gradient.hpp>
#include <akin/kernels/coordinate_sweep.hpp>
#include <akin/kernels/dot.hpp>
#include <akin/kernels/gemm.hpp>
#include <akin/kernels/inverse_sweep.hpp>
#include <akin/kernels/nonnegative_sweeps.hpp>
#include <akin/kernels/rank_one_update.hpp>
#include <akin/kernels/scatter_axpy.hpp>
#include <akin/kernels/score_tile.hpp>
#include <akin/kernels/score_tile_int8.hpp>
#include <akin/kernels/select.hpp>
#include <akin/kernels/sgd_step.hpp>
#include <akin/kernels/sparse_accumulator.hpp>
#include <akin/kernels/sparse_product.hpp>
#include <akin/kernels/squared_distance.hpp>
#include <akin/kernels/symmetric_eigen.hpp>
#include <akin/kernels/top_k.hpp>

namespace akin::inline AKIN_ABI::detail {

const char akin_compiled_was_built_with_other_flags_than_this_unit = 0;

}  // namespace akin::inline AKIN_ABI::detail
