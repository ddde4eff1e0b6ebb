"""The Eigen of this machine as a Conan package, for tests without a network. EIGEN_INCLUDE names its folder."""
import os

from conan import ConanFile
from conan.tools.files import copy


class EigenConan(ConanFile):
    name = "eigen"
    package_type = "header-library"

    def package(self):
        copy(self, "*", os.environ["EIGEN_INCLUDE"], os.path.join(self.package_folder, "include/eigen3"))

    def package_info(self):
        self.cpp_info.bindirs = []
        self.cpp_info.libdirs = []
        self.cpp_info.includedirs = ["include/eigen3"]
        self.cpp_info.set_property("cmake_file_name", "Eigen3")
        self.cpp_info.set_property("cmake_target_name", "Eigen3::Eigen")
        self.cpp_info.set_property("pkg_config_name", "eigen3")
