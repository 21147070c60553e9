/*
 * The version that all programs print. Nothing else.
 */
#ifndef SHARED_VERSION_H
#define SHARED_VERSION_H

#define ROUNDS_VERSION "0.1.0"

#endif
