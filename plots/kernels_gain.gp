# SPDX-License-Identifier: Apache-2.0
# The gain of each comparison with its interval, one mark a kernel.
folder(path) = strlen(path) == 0 ? './' : path[strlen(path):*] eq '/' ? path : \
    folder(path[1:strlen(path) - 1])
home = folder(ARG0)
load home.'common.gp'

name = 'kernels_gain'
title_text = 'Gain of PMD over PTE, kernel by kernel'
least = 'lo'
most = 'hi'
load home.'kernels.gp'
set arrow 1 from 1, graph 0 to 1, graph 1 nohead linecolor rgb ink linewidth 1.5
set label 1 '◀ PTE faster ' at 1, graph 1 right offset -0.5,0.6 textcolor rgb pte_colour
set label 2 ' PMD faster ▶' at 1, graph 1 left offset 0.5,0.6 textcolor rgb pmd_colour
low = low < 0.9 ? low : 0.9
high = high > 1.2 ? high : 1.2
pad = (high / low) ** 0.03
set xrange [low / pad : high * pad * pad * pad]
plot for [k = 1:kernels] file using (of(k) ? column('gain') : NaN):'y':'lo':'hi' \
        with xerrorbars pointtype shape(k) pointsize 0.7 linewidth 1.5 \
        linecolor rgb colour(k) title kernel_name[k] noenhanced, \
    for [k = 1:kernels] file using (of(k) ? column('hi') : NaN):'y':'text' \
        with labels noenhanced left offset 1,0 font small textcolor rgb colour(k) notitle, \
    file using (NaN):(band(column('y'))):ytic(strcol('label')) with points notitle
