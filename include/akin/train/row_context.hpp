/// @file
/// What stays fixed while rows of a model are solved.
#pragma once

#include <akin/config.hpp>
#include <akin/language.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// The fixed side of a task: the learnt table, and the histories (users x items) if they are kept.
template <class Task>
struct row_context {
  const typename Task::table_type& learnt;
  csr_view<typename Task::scalar_type, typename Task::index_type> histories = {};
};

}  // namespace akin::inline AKIN_ABI
