#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""trend.py PMDGAIN: time and memory of `pmdgain trend` on 1,000 runs of 200 cells."""
import os
import pathlib
import subprocess
import sys
import tempfile
import time

SECONDS_MAX, MIB_MAX = 10, 500

with tempfile.TemporaryDirectory() as work:
    maker = pathlib.Path(__file__).with_name("make_runs.py")
    subprocess.run([sys.executable, maker, f"{work}/runs", "1000", "200"], check=True)
    start = time.monotonic()
    child = subprocess.Popen(
        [sys.argv[1], "trend", f"{work}/runs", "-o", f"{work}/trend.html"]
        + ["--openmetrics", f"{work}/gain.prom", "--bmf", f"{work}/bmf.json"]
    )
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.monotonic() - start
    mib = usage.ru_maxrss / 1024
    size = os.path.getsize(f"{work}/trend.html") / 2**20
    cpu = usage.ru_utime + usage.ru_stime  # gnuplot's too; what others make it wait is not its own
    print(f"{seconds:.1f} s, of CPU {cpu:.1f} s, {mib:.0f} MiB; page {size:.1f} MiB")
    sys.exit(status != 0 or cpu > SECONDS_MAX or mib > MIB_MAX)
