# SPDX-License-Identifier: Apache-2.0
# Latency against the size of the working set, with the sizes of the caches.
folder(path) = strlen(path) == 0 ? './' : path[strlen(path):*] eq '/' ? path : \
    folder(path[1:strlen(path) - 1])
home = folder(ARG0)
load home.'common.gp'

name = 'latency'
tick(x) = binary(x)
title_text = 'Latency against working set: median and quartiles over trials'
x_text = 'working set'
mark_rows = 1
set ylabel 'ns per operation'
load home.'panels.gp'
