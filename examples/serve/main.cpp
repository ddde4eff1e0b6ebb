#include <cstdio>
#include <exception>

#include "service.hpp"

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: example_serve MODEL_FILE EVENTS.csv\n");
    return 2;
  }
  try {
    return run_service({.model = argv[1], .events = argv[2]});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "example_serve: %s\n", error.what());
    return 1;
  }
}
