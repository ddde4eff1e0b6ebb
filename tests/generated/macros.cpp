// akin after headers that leave macros behind: it must compile, and the macros must be what they were.
#include <complex.h>
#include <sys/param.h>
#if __has_include(<resolv.h>)
#include <resolv.h>
#include <sys/sysmacros.h>
#include <termios.h>
#endif
#if __has_include(<curses.h>)
#include <curses.h>
#endif

#if __has_include(<X11/Xlib.h>)
#include <X11/Xlib.h>
#else
#define Always 2
#define Bool int
#define Complex 0
#define False 0
#define None 0L
#define Status int
#define Success 0
#define True 1
#endif
#define Select(n, r, w, e, t) select(n, r, w, e, t)

#include <akin/akin.hpp>

#if !defined(I) || !defined(MIN) || !defined(Bool) || !defined(None) || !defined(Success) || !defined(Select)
#error "a macro of the user is gone"
#endif
#if __has_include(<resolv.h>) && !defined(_res)
#error "_res of <resolv.h> is gone"
#endif

int main() { return Success; }
