/// @file
/// A log that grows line by line while a file is read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include <akin/config.hpp>
#include <akin/data/id_map.hpp>
#include <akin/data/interaction_log.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// Names that are added to those of another map, which is shared if none is new.
class growing_ids {
 public:
  void start_with(const std::shared_ptr<const id_map>& start) {
    start_ = start;
    *ids_ = *start;
  }
  std::int32_t insert(std::string_view name) { return ids_->insert(name); }
  std::shared_ptr<const id_map> finish() && {
    return start_ && start_->size() == ids_->size() ? std::move(start_) : std::move(ids_);
  }

 private:
  std::shared_ptr<const id_map> start_;
  std::shared_ptr<id_map> ids_ = std::make_shared<id_map>();
};

/// The columns and id maps of a future log. Columns that the source lacks (times, events) stay empty.
class log_builder {
 public:
  /// The ids of `ids_of` are first, if it is not null.
  explicit log_builder(const interaction_log* ids_of = nullptr) {
    if (ids_of == nullptr) return;
    user_ids_.start_with(ids_of->shared_user_ids());
    item_ids_.start_with(ids_of->shared_item_ids());
    event_ids_.start_with(ids_of->shared_event_ids());
  }

  std::int32_t user_id(std::string_view name) { return user_ids_.insert(name); }
  std::int32_t item_id(std::string_view name) { return item_ids_.insert(name); }
  std::int32_t event_id(std::string_view name) { return event_ids_.insert(name); }

  void add(std::int32_t user, std::int32_t item, float value) {
    columns_.users.push_back(user);
    columns_.items.push_back(item);
    columns_.values.push_back(value);
  }
  void add_time(std::int64_t milliseconds) { columns_.times.push_back(milliseconds); }
  void add_event(std::int32_t event) { columns_.events.push_back(event); }

  std::size_t size() const noexcept { return columns_.users.size(); }

  /// Reserves memory for the lines in `bytes_left`, estimated from those read so far.
  void reserve_for(std::size_t bytes_read, std::size_t bytes_left) {
    const double lines =
        static_cast<double>(size()) * static_cast<double>(bytes_left) / static_cast<double>(bytes_read);
    const std::size_t total = size() + static_cast<std::size_t>(1.05 * lines);
    columns_.users.reserve(total);
    columns_.items.reserve(total);
    columns_.values.reserve(total);
    if (!columns_.times.empty()) columns_.times.reserve(total);
    if (!columns_.events.empty()) columns_.events.reserve(total);
  }

  interaction_log finish() && {
    columns_.user_ids = std::move(user_ids_).finish();
    columns_.item_ids = std::move(item_ids_).finish();
    columns_.event_ids = std::move(event_ids_).finish();
    return interaction_log(std::move(columns_));
  }

 private:
  growing_ids user_ids_, item_ids_, event_ids_;
  interaction_arrays columns_;
};

}  // namespace detail
}  // namespace akin::inline AKIN_ABI
