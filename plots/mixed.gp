# SPDX-License-Identifier: Apache-2.0
# What a part of the chunks mapped by PMD is worth: value against that part.
folder(path) = strlen(path) == 0 ? './' : path[strlen(path):*] eq '/' ? path : \
    folder(path[1:strlen(path) - 1])
home = folder(ARG0)
load home.'common.gp'

name = 'mixed'
linear_x = 1
title_text = 'Partial alignment: median and quartiles over trials'
x_text = 'PMD-sized chunks mapped by PMD, in percent'
mark_rows = 0
load home.'panels.gp'
