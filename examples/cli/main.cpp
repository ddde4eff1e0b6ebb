// akin-cli: a purchase log in, a model file or lists out. docs/cli.md describes it.
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <string>

#include <akin/version.hpp>

#include "commands.hpp"
#include "general.hpp"
#include "interrupt.hpp"
#include "output.hpp"
#include "pages.hpp"

namespace {

std::string version() {
  return std::to_string(AKIN_VERSION_MAJOR) + "." + std::to_string(AKIN_VERSION_MINOR) + "." +
         std::to_string(AKIN_VERSION_PATCH);
}

void add_commands(CLI::App& app) {
  cli::add_train(app);
  cli::add_tune(app);
  cli::add_evaluate(app);
  cli::add_recommend(app);
  cli::add_similar(app);
  cli::add_explain(app);
  cli::add_import(app);
  cli::add_info(app);
#if defined(AKIN_CLI_SERVES)
  cli::add_serve(app);
#endif
  cli::add_man(app);
  cli::add_completion(app);
}

std::string names_of_commands(CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* const command : cli::visible_commands(app)) names.push_back(command->get_name());
  return cli::listed(names);
}

/// Throws for a first argument that is no command; CLI11 would only say that one is missing.
void require_command(CLI::App& app, int argc, char** argv) {
  const std::string commands = "; the commands are " + names_of_commands(app);
  if (argc < 2) throw cli::usage_error("a command must be given" + commands);
  const std::string first = argv[1];
  const auto is_first = [&](const CLI::App* command) { return command->get_name() == first; };
  if (!first.starts_with('-') && app.get_subcommands(is_first).empty())
    throw cli::usage_error("there is no command " + first + commands);
}

/// "akin-cli train", as far as the command line has been understood.
std::string name_of(const CLI::App& app) {
  const auto parsed = app.get_subcommands();
  return parsed.empty() ? "akin-cli" : "akin-cli " + parsed.front()->get_name();
}

/// The error of CLI11 as a sentence.
std::string sentence_of(const CLI::App& app, const CLI::ParseError& error) {
  const std::string text = error.what();
  const std::string option = text.substr(0, text.find(':'));
  if (error.get_name() == "ArgumentMismatch" && text.find(" missing") != std::string::npos)
    return option + " needs a value";
  if (error.get_name() == "ArgumentMismatch") return option + " must be given once";
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr)
    return "there is no place for " + CLI::detail::join(app.remaining(true), " ");
  if (error.get_name() == "RequiredError") return text.substr(0, text.find(' ')) + " must be given";
  if (error.get_name() == "RequiresError") return cli::replaced(text, " requires ", " needs ");
  if (error.get_name() == "ExcludesError") return cli::replaced(text, " excludes ", " cannot be used together with ");
  if (error.get_name() == "ValidationError") return cli::replaced(text, ": must", " must");
  return text;
}

int wrong_use(const std::string& name, const std::string& sentence) {
  std::fprintf(stderr, "%s: %s; see %s --help\n", name.c_str(), sentence.c_str(), name.c_str());
  return cli::exit_wrong_use;
}

int failed(const std::string& name, const std::string& sentence) {
  std::fprintf(stderr, "%s: %s\n", name.c_str(), sentence.c_str());
  return cli::exit_failed;
}

int run(CLI::App& app, int argc, char** argv) {
  try {
    require_command(app, argc, argv);
    app.parse(argc, argv);
    cli::flush_output();
    return 0;
  } catch (const CLI::CallForHelp&) {
    cli::print(app.help());
  } catch (const CLI::CallForVersion&) {
    cli::print("akin-cli " + app.version() + "\n");
  } catch (const CLI::ParseError& error) {
    return wrong_use(name_of(app), sentence_of(app, error));
  } catch (const cli::usage_error& error) {
    return wrong_use(name_of(app), error.what());
  }
  cli::flush_output();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a write to it fails, and says so
  cli::catch_interrupt();
  CLI::App app("recommendations from a purchase log: train, judge and serve models", "akin-cli");
  try {
    app.set_version_flag("--version", version(), "Show the version");
    app.require_subcommand(1);
    add_commands(app);
    return run(app, argc, argv);
  } catch (const std::bad_alloc&) {
    return failed(name_of(app), "there is not enough memory");
  } catch (const std::exception& error) {
    return failed(name_of(app), error.what());
  }
}
