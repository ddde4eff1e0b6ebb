// Everything included, nothing used.
#include <akin/akin.hpp>
