// What the tests of threads that meet on purpose share.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <thread>
#include <vector>

namespace akin_test {

/// How long the stress tests take: AKIN_STRESS_SECONDS, or a moment.
inline double stress_seconds() {
  const char* const wanted = std::getenv("AKIN_STRESS_SECONDS");
  return wanted == nullptr ? 0.7 : std::atof(wanted);
}

/// Runs each body again and again, each on a thread of its own, for stress_seconds(). body(turn) counts its turns.
inline void run_together(const std::vector<std::function<void(int)>>& bodies) {
  std::atomic<bool> is_over = false;
  std::vector<std::thread> threads;
  for (const auto& body : bodies)
    threads.emplace_back([&is_over, &body] {
      for (int turn = 0; turn == 0 || !is_over.load(); ++turn) body(turn);
    });
  std::this_thread::sleep_for(std::chrono::duration<double>(stress_seconds()));
  is_over = true;
  for (auto& thread : threads) thread.join();
}

}  // namespace akin_test
