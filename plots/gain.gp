# SPDX-License-Identifier: Apache-2.0
# The gain of each comparison with its interval, on a logarithmic axis around 1.
folder(path) = strlen(path) == 0 ? './' : path[strlen(path):*] eq '/' ? path : \
    folder(path[1:strlen(path) - 1])
load folder(ARG0).'common.gp'

file = csv('gain')
stats file using "least" nooutput
low = STATS_min < 0.95 ? STATS_min : 0.95
stats file using "most" nooutput
high = STATS_max > 1.06 ? STATS_max : 1.06
stats file using "y" nooutput
bottom = STATS_min
width = 900
height = 112 - 19 * bottom

eval terminal(width, height)
set output picture('gain')
title_text = 'Gain of PMD over PTE: PTE time ÷ PMD time for one operation'
eval heading

set logscale x 2
pad = (high / low) ** 0.025
set xrange [low / pad : high * pad]
set yrange [bottom - 0.8 : 0]
spread = log(high / low) / log(2)
unset xtics
set xtics () nomirror noenhanced textcolor rgb ink
ticks = spread < 0.6 ? '0.7 0.75 0.8 0.85 0.9 0.95 1 1.05 1.1 1.15 1.2 1.25 1.3 1.35 1.4' : \
    spread < 2 ? '0.4 0.5 0.6 0.7 0.8 0.9 1 1.1 1.2 1.4 1.6 1.8 2 2.5 3 3.5' : \
    '0.01 0.02 0.05 0.1 0.2 0.5 1 2 5 10 20 50 100 200 500 1000'
set for [tick in ticks] xtics add (tick real(tick))
unset ytics
set ytics scale 0 noenhanced textcolor rgb ink
set grid xtics noytics
set tmargin at screen 1 - 82. / height
set bmargin at screen 26. / height
set rmargin at screen 1 - 150. / width
set border 1
unset key
set arrow 1 from 1, graph 0 to 1, graph 1 nohead linecolor rgb ink linewidth 1.5
set label 1 '◀ PTE faster ' at 1, graph 1 right offset -0.5,0.6 textcolor rgb pte_colour
set label 2 ' PMD faster ▶' at 1, graph 1 left offset 0.5,0.6 textcolor rgb pmd_colour
set label 3 'gain, 95 % interval' at graph 1, graph 1 left offset 1,0.6 textcolor rgb 0x666666

is(word) = strcol('verdict') eq word
pick(keep) = keep ? column('gain') : NaN
open = 'strcol("verdict") ne "pmd_faster" && strcol("verdict") ne "pte_faster"'
colour(word) = word eq 'pmd_faster' ? pmd_colour : word eq 'pte_faster' ? pte_colour : open_colour
plot file using (column('gain')):'y':'lo':'hi':(colour(strcol('verdict'))):ytic(strcol('label')) \
        with xerrorbars pointtype 7 pointsize 0.01 linewidth 2 linecolor rgb variable, \
    file using 'gain':'y':(colour(strcol('verdict'))) \
        with points pointtype 7 pointsize 0.75 linecolor rgb variable, \
    file using (is('unresolved') ? column('gain') : NaN):'y' \
        with points pointtype 7 pointsize 0.45 linecolor rgb 0xffffff, \
    file using (high * pad):'y':'text' with labels noenhanced left offset 1,0 textcolor rgb ink, \
