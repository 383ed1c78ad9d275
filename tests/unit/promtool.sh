#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# promtool.sh FILE.prom: Prometheus' own check takes what trend writes (names full of quotes and
# backslashes among it). Skipped where promtool is not installed (Debian: prometheus).
set -euo pipefail
command -v promtool >/dev/null || {
        echo "promtool is not installed (Debian: apt-get install prometheus)"
        exit 77
}
promtool check metrics <"$1"
