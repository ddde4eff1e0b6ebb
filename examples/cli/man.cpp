#include "commands.hpp"
#include "output.hpp"
#include "pages.hpp"

namespace cli {
namespace {

std::string escaped(const std::string& text) {
  return replaced(replaced(replaced(text, "\\", "\\e"), "-", "\\-"), "'", "\\(aq");
}

std::string bold(const std::string& text) { return "\\fB" + escaped(text) + "\\fR"; }
std::string italic(const std::string& text) { return "\\fI" + escaped(text) + "\\fR"; }

std::string entry_of(const CLI::Option& option) {
  std::string names;
  for (const std::string& name : names_of(option)) names += (names.empty() ? "" : ", ") + bold(name);
  if (takes_value(option)) names += " " + italic(option.get_type_name());
  return ".TP\n" + names + "\n" + escaped(option.get_description()) + ".\n";
}

std::string synopsis_of(CLI::App& command) {
  std::string line = bold("akin-cli " + command.get_name());
  for (const CLI::Option* option : positional_options(command)) line += " " + italic(option->get_name(true));
  for (const CLI::Option* option : named_options(command))
    if (option->get_required()) line += " " + bold(names_of(*option).back()) + " " + italic(option->get_type_name());
  return line + " [" + italic("options") + "]";
}

std::string section_of(CLI::App& command) {
  std::string text = ".SS " + command.get_name() + "\n" + synopsis_of(command) + "\n.PP\n" +
                     escaped(command.get_description()) + ".\n";
  for (const CLI::Option* option : positional_options(command))
    text += ".TP\n" + italic(option->get_name(true)) + "\n" + escaped(option->get_description()) + ".\n";
  for (const CLI::Option* option : named_options(command)) text += entry_of(*option);
  return text;
}

constexpr std::string_view end = R"(.SH EXIT STATUS
.TP
0
success
.TP
1
failure: a file that cannot be read or written, a name that is not known, data that do not fit
.TP
2
wrong use: an option, a model or a metric that does not exist, a value that is not allowed
.TP
130
interrupted by Ctrl\-C; files are as they were before
.SH FILES
Model files and lists appear whole or not at all.
)";

void print_page(CLI::App& app) {
  print(".TH AKIN\\-CLI 1 \"\" \"akin " + app.version() + "\" \"User Commands\"\n.SH NAME\nakin\\-cli \\- " +
        escaped(app.get_description()) + "\n.SH SYNOPSIS\n" + bold("akin-cli") + " " + italic("command") + " [" +
        italic("options") + "]\n.SH COMMANDS\n");
  for (CLI::App* const command : visible_commands(app)) print(section_of(*command));
  print(end);
}

}  // namespace

void add_man(CLI::App& app) {
  app.add_subcommand("man", "Write the manual page")->group("")->callback([&app] { print_page(app); });
}

}  // namespace cli
