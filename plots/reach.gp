# SPDX-License-Identifier: Apache-2.0
# The sweep that shows the TLB: time against pages touched, over the same lines by each grain, with
# the fitted capacities and those CPUID tells.
folder(path) = strlen(path) == 0 ? './' : path[strlen(path):*] eq '/' ? path : \
    folder(path[1:strlen(path) - 1])
home = folder(ARG0)
load home.'common.gp'

name = 'reach'
tick(x) = sprintf('%.0f', x)
title_text = 'TLB reach: one line in each of N base pages, in random order'
x_text = 'base pages visited (one cache line each)'
mark_rows = 2
set ylabel 'ns per access'
load home.'panels.gp'
