/*
 * Names nobody here may use: unbounded, locale-bound, hidden-state or shell-starting
 * functions. Included last of all, so that system headers have had their say.
 */
#ifndef SHARED_BANNED_H
#define SHARED_BANNED_H

#undef strcpy
#undef strcat
#undef strncpy
#undef strncat
#undef sprintf
#undef vsprintf
#undef strtok

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf strtok
#pragma GCC poison atoi atol atoll atof rand srand
#pragma GCC poison gmtime localtime ctime asctime
#pragma GCC poison mktemp tmpnam system popen

#endif
