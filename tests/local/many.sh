# SPDX-License-Identifier: Apache-2.0
# Sourced by what measures runs of many cells and samples: plans, and folders as a run leaves them.
# shellcheck shell=bash

# plan CELLS [SAMPLES [PRECISION [BLOCKS]]]: two arms of so many sizes of the null workload, 60 sizes a job.
plan() {
        echo "[global]
precision = ${3:-0%}
samples = ${2:-1}
sample_time = 100us
max_blocks = ${4:-100000}
source = null"
        awk -v sizes=$(($1 / 2)) 'BEGIN {
                for (i = 0; i < sizes; i++) {
                        if (i % 60 == 0) printf "\n[job%d]\nworkload = null\nbytes =", i / 60
                        printf "%s%dk", i % 10 ? " " : "\n ", 4 * (i + 1)
                }
                print ""
        }'
}

# folder FROM DIR CELLS BLOCKS [SAMPLES]: the first row of the run FROM for all sizes, in so many
# blocks, with so many samples a trial: DIR is what a longer run of that plan would have left.
folder() {
        mkdir "$2"
        cp "$1/machine.json" "$1/plan.ini" "$2"
        awk -F, -v OFS=, -v sizes=$(($3 / 2)) -v blocks="$4" -v samples="${5:-1}" '
                NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; print; next }
                NR > 2 { exit }
                { for (block = 0; block < blocks; block++) for (size = 1; size <= sizes; size++)
                        for (arm = 0; arm < 2; arm++) for (sample = 0; sample < samples; sample++) {
                                $at["block"] = block
                                $at["sample"] = sample
                                $at["cell"] = 2 * (size - 1) + arm
                                $at["bytes"] = 4096 * size
                                $at["lever"] = arm ? "nohuge" : "aligned"
                                $at["asked"] = $at["proven"] = arm ? "pte" : "pmd"
                                $at["time_ns"] = 100000 + 25000 * arm + sample % 97 + \
                                        (size * 7 + block * (arm ? 7919 : 1299709)) % 9973
                                $at["ops"] = 1000
                                print
                        } }' "$1/samples.csv" >"$2/samples.csv"
}
