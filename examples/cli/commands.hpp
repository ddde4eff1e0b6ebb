/// @file
/// The commands. Each adds itself to the app, and runs when the command line names it.
#pragma once

#include <CLI/CLI.hpp>

namespace cli {

void add_train(CLI::App& app);
void add_tune(CLI::App& app);
void add_evaluate(CLI::App& app);
void add_recommend(CLI::App& app);
void add_similar(CLI::App& app);
void add_explain(CLI::App& app);
void add_import(CLI::App& app);
void add_info(CLI::App& app);
#if defined(AKIN_CLI_SERVES)
void add_serve(CLI::App& app);
#endif

/// Hidden: pages for the package.
void add_man(CLI::App& app);
void add_completion(CLI::App& app);

}  // namespace cli
