# SPDX-License-Identifier: Apache-2.0
# Times and bandwidths against the number of threads.
folder(path) = strlen(path) == 0 ? './' : path[strlen(path):*] eq '/' ? path : \
    folder(path[1:strlen(path) - 1])
home = folder(ARG0)
load home.'common.gp'

name = 'threads'
tick(x) = sprintf('%.0f', x)
title_text = 'Scaling with threads: median and quartiles over trials'
x_text = 'threads'
mark_rows = 0
load home.'panels.gp'
