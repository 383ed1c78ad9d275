# SPDX-License-Identifier: Apache-2.0
# What it costs to make a mapping present by either grain, one line a kernel.
folder(path) = strlen(path) == 0 ? './' : path[strlen(path):*] eq '/' ? path : \
    folder(path[1:strlen(path) - 1])
home = folder(ARG0)
load home.'common.gp'

name = 'kernels_cost'
title_text = 'Cost of making a MiB present, or of taking it away, kernel by kernel'
least = 'pmd'
most = 'pte'
load home.'kernels.gp'
set label 1 ns.' per MiB: PMD full, PTE open' at graph 0, screen 14. / height left \
    textcolor rgb ink
pad = (high / low) ** 0.03
set xrange [low / pad ** 4 : high * pad * pad * pad]
plot for [k = 1:kernels] \
        file using (of(k) ? column('pmd') : NaN):'y':(column('pte') - column('pmd')):(0) \
        with vectors nohead linewidth 1 linecolor rgb colour(k) notitle, \
    for [k = 1:kernels] file using (of(k) ? column('pte') : NaN):'y' \
        with points pointtype 6 pointsize 0.6 linewidth 1.5 linecolor rgb colour(k) notitle, \
    for [k = 1:kernels] file using (of(k) ? column('pmd') : NaN):'y' \
        with points pointtype 7 pointsize 0.7 linecolor rgb colour(k) \
        title kernel_name[k] noenhanced, \
    for [k = 1:kernels] file using (of(k) ? column('pmd') : NaN):'y':(number(column('pmd'))) \
        with labels noenhanced right offset -1,0 font small textcolor rgb colour(k) notitle, \
    file using (NaN):(band(column('y'))):ytic(strcol('label')) with points notitle
