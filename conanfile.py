import os
import re

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy, load, rmdir, save

required_conan_version = ">=2"


class AkinConan(ConanFile):
    name = "akin"
    license = "MIT"
    description = "Header-only C++20 library of recommendation algorithms on Eigen"
    topics = ("recommender-systems", "collaborative-filtering", "matrix-factorization", "eigen", "header-only")
    package_type = "header-library"
    settings = "os", "arch", "compiler", "build_type"
    options = {"compiled": [True, False]}
    default_options = {"compiled": False}
    options_description = {
        "compiled": "find_package(akin) defines akin::compiled too, as if asked for the component: the usual instantiations, "
                    "compiled once in the consumer's own build with its flags. The package is the same with and without."
    }
    exports_sources = "CMakeLists.txt", "LICENSE", "include/*", "cmake/*"
    no_copy_source = True

    _config = "share/cmake/akin"
    # Deeper than find_package looks, so that only builddirs leads to it.
    _config_with_compiled = "share/akin/conan/with-compiled"

    def set_version(self):
        header = load(self, os.path.join(self.recipe_folder, "include/akin/version.hpp"))
        self.version = ".".join(re.findall(r"^#define AKIN_VERSION_[A-Z]+ (\d+)$", header, re.MULTILINE))

    def layout(self):
        cmake_layout(self)

    def requirements(self):
        self.requires("eigen/[>=3.4.0 <6]", transitive_headers=True)

    def package_id(self):
        self.info.clear()

    def validate(self):
        check_min_cppstd(self, 20)

    def generate(self):
        toolchain = CMakeToolchain(self)
        for part in ("TESTS", "EXAMPLES", "BENCHMARKS", "CLI"):
            toolchain.cache_variables[f"AKIN_BUILD_{part}"] = False
        toolchain.cache_variables["AKIN_INSTALL"] = True
        toolchain.generate()
        CMakeDeps(self).generate()

    def build(self):
        CMake(self).configure()  # there is nothing to compile

    def package(self):
        CMake(self).install()
        rmdir(self, os.path.join(self.package_folder, "share/licenses"))
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))
        self._save_config_with_compiled()

    def _save_config_with_compiled(self):
        folder = os.path.join(self.package_folder, self._config_with_compiled)
        original = "${CMAKE_CURRENT_LIST_DIR}/" + os.path.relpath(self._config, self._config_with_compiled)
        save(self, os.path.join(folder, "akin-config.cmake"),
             f'list(APPEND akin_FIND_COMPONENTS compiled)\ninclude("{original}/akin-config.cmake")\n')
        save(self, os.path.join(folder, "akin-config-version.cmake"), f'include("{original}/akin-config-version.cmake")\n')

    def package_info(self):
        self.cpp_info.bindirs = []
        self.cpp_info.libdirs = []
        # akin's own package config, which knows its components.
        self.cpp_info.set_property("cmake_find_mode", "none")
        self.cpp_info.builddirs = [self._config_with_compiled if self.options.compiled else self._config]
        self.cpp_info.set_property("pkg_config_name", "akin")
