#include <functional>
#include <memory>

#include "commands.hpp"
#include "general.hpp"
#include "output.hpp"
#include "pages.hpp"

namespace cli {
namespace {

std::string joined(const std::vector<std::string>& words, const char* separator = " ") {
  return CLI::detail::join(words, separator);
}

std::vector<std::string> names_of_commands(CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* const command : visible_commands(app)) names.push_back(command->get_name());
  return names;
}

std::vector<std::string> names_of_options(CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* const option : named_options(command))
    for (const std::string& name : names_of(*option)) names.push_back(name);
  return names;
}

/// In single quotes, for any shell.
std::string quoted(const std::string& text) { return "'" + replaced(text, "'", "'\\''") + "'"; }

/// The patterns of a case for the options of a command that have words.
std::string bash_words(CLI::App& command) {
  std::string cases;
  for (CLI::Option* const option : named_options(command)) {
    const std::vector<std::string> words = words_of(*option);
    if (words.empty()) continue;
    std::vector<std::string> patterns;
    for (const std::string& name : names_of(*option)) patterns.push_back(command.get_name() + ":" + name);
    cases += "    " + joined(patterns, " | ") + ") words='" + joined(words) + "' ;;\n";
  }
  return cases;
}

void print_bash(CLI::App& app) {
  std::string words, options;
  for (CLI::App* const command : visible_commands(app)) {
    words += bash_words(*command);
    options += "      " + command->get_name() + ") words='" + joined(names_of_options(*command)) + "' ;;\n";
  }
  print(R"(# bash completion of akin-cli, written by: akin-cli completion bash
_akin_cli() {
  local word=${COMP_WORDS[COMP_CWORD]} words=''
  case ${COMP_WORDS[1]}:${COMP_WORDS[COMP_CWORD - 1]} in
)" + words +
        R"(  esac
  if [ "$COMP_CWORD" = 1 ]; then
    words=')" +
        joined(names_of_commands(app)) + " " + joined(names_of_options(app)) + R"('
  elif [ -z "$words" ] && [[ $word == -* ]]; then
    case ${COMP_WORDS[1]} in
)" + options +
        R"(    esac
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -o default -F _akin_cli akin-cli
)");
}

/// The value of an option, or of an argument, for zsh's _arguments.
std::string zsh_value(CLI::Option& option) {
  const std::vector<std::string> words = words_of(option);
  std::string action = takes_file(option) ? "_files" : " ";
  if (!words.empty()) action = "(" + joined(words) + ")";
  return ":" + option.get_type_name() + ":" + action;
}

std::string zsh_option(CLI::Option& option) {
  std::string text = option.get_description();
  for (const char* special : {"\\", "[", "]", ":"}) text = replaced(text, special, "\\" + std::string(special));
  std::string specs;
  for (const std::string& name : names_of(option))
    specs +=
        "        " + quoted("*" + name + "[" + text + "]" + (takes_value(option) ? zsh_value(option) : "")) + " \\\n";
  return specs;
}

void print_zsh(CLI::App& app) {
  std::string commands, cases;
  for (CLI::App* const command : visible_commands(app)) {
    commands += "    " + quoted(command->get_name() + ":" + command->get_description()) + "\n";
    cases += "    " + command->get_name() + ")\n      _arguments \\\n";
    for (CLI::Option* const option : named_options(*command)) cases += zsh_option(*option);
    cases += "        '*:file:_files' ;;\n";
  }
  print(
      "#compdef akin-cli\n# zsh completion of akin-cli, written by: akin-cli completion zsh\n_akin_cli() {\n"
      "  local -a commands=(\n" +
      commands +
      "  )\n  if (( CURRENT == 2 )); then\n    _describe command commands\n    return\n  fi\n"
      "  shift words\n  (( CURRENT-- ))\n  case $words[1] in\n" +
      cases + "  esac\n}\n_akin_cli \"$@\"\n");
}

std::string fish_option(const std::string& command, CLI::Option& option) {
  std::string line = "complete -c akin-cli -n '__fish_seen_subcommand_from " + command + "'";
  for (const std::string& name : option.get_snames()) line += " -s " + name;
  for (const std::string& name : option.get_lnames()) line += " -l " + name;
  const std::vector<std::string> words = words_of(option);
  if (takes_value(option)) line += takes_file(option) ? " -r -F" : " -x";
  if (!words.empty()) line += " -a '" + joined(words) + "'";
  return line + " -d " + quoted(option.get_description()) + "\n";
}

void print_fish(CLI::App& app) {
  print("# fish completion of akin-cli, written by: akin-cli completion fish\n");
  for (CLI::App* const command : visible_commands(app)) {
    const std::string name = command->get_name();
    print("complete -c akin-cli -n __fish_use_subcommand -f -a " + name + " -d " + quoted(command->get_description()) +
          "\n");
    for (CLI::Option* const option : named_options(*command)) print(fish_option(name, *option));
  }
}

}  // namespace

void add_completion(CLI::App& app) {
  CLI::App* const command = app.add_subcommand("completion", "Write the completion of a shell")->group("");
  const auto shell = std::make_shared<std::string>();
  command->add_option("SHELL", *shell, "bash, zsh or fish")->required()->check(one_of({"bash", "zsh", "fish"}));
  command->callback([&app, shell] {
    if (*shell == "bash") print_bash(app);
    if (*shell == "zsh") print_zsh(app);
    if (*shell == "fish") print_fish(app);
  });
}

}  // namespace cli
