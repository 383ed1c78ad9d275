# SPDX-License-Identifier: Apache-2.0
# What it costs to make a mapping present, or to take it away, by method.
folder(path) = strlen(path) == 0 ? './' : path[strlen(path):*] eq '/' ? path : \
    folder(path[1:strlen(path) - 1])
home = folder(ARG0)
load home.'common.gp'

name = 'populate'
title_text = 'Cost of populating and unmapping, by method (shorter is better)'
x_text = ns.' per MiB'
load home.'bars.gp'
