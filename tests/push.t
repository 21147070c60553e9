#!/bin/sh
# run-all.sh --push: the other half of tests/commit.t, as TAP.
PART=push exec sh "$(dirname "$0")/commit.t"
