# SPDX-License-Identifier: Apache-2.0
# Bandwidth by operation.
folder(path) = strlen(path) == 0 ? './' : path[strlen(path):*] eq '/' ? path : \
    folder(path[1:strlen(path) - 1])
home = folder(ARG0)
load home.'common.gp'

name = 'bandwidth'
title_text = 'Bandwidth by operation (longer is better)'
x_text = 'GB/s (10⁹ bytes a second)'
load home.'bars.gp'
