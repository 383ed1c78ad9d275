# SPDX-License-Identifier: Apache-2.0
# `pmdgain trend`: one picture a panel, panel-1.svg and so on, `panels` of them. The width, height
# and margins are known to src/trend/panel.h too, which lays links over the picture.
# Rows of panel-N.csv: kind,x,to,value,lo,hi,text
#   range   the axes: x is the number of runs, lo to hi the gains
#   run     a gain with its interval
#   gap     a run in which the cell was invalid, skipped or had one arm only
#   level   from run x to run `to`, with its interval
#   change  the first run after it
#   kernel  the first run on another one; value is the row of its label
#   date    a tick
folder(path) = strlen(path) == 0 ? './' : path[strlen(path):*] eq '/' ? path : \
    folder(path[1:strlen(path) - 1])
home = folder(ARG0)
load home.'common.gp'

width = 900
height = 250
is(word) = strcol('kind') eq word
place(word) = is(word) ? column('x') : NaN

do for [panel = 1 : panels] {
        file = csv('panel-'.panel)
        set xrange [* : *]
        set yrange [* : *]
        stats file using (place('range')) name 'RUNS' nooutput
        stats file using (is('range') ? column('lo') : NaN) name 'LOW' nooutput
        stats file using (is('range') ? column('hi') : NaN) name 'HIGH' nooutput

        eval terminal(width, height)
        set output picture('panel-'.panel)
        set lmargin at screen 58. / width
        set rmargin at screen 1 - 44. / width
        set tmargin at screen 1 - 44. / height
        set bmargin at screen 30. / height
        set xrange [0.5 : RUNS_max + 0.5]
        set yrange [LOW_max : HIGH_max]
        unset key
        unset xtics
        set ytics nomirror noenhanced
        set border 3
        bottom = LOW_max + 0.035 * (HIGH_max - LOW_max)
        dots = RUNS_max > 400 ? 0.25 : RUNS_max > 120 ? 0.4 : 0.6
        bar = RUNS_max > 400 ? 0.6 : RUNS_max > 120 ? 1 : 1.5

        set arrow 1 from graph 0, first 1 to graph 1, first 1 nohead back \
            linecolor rgb 0x999999 linewidth 1
        plot file using (place('kernel') - 0.5):(LOW_max):(0):(HIGH_max - LOW_max) \
                with vectors nohead linecolor rgb faint linewidth 1 dashtype 3, \
            file using (place('change') - 0.5):(LOW_max):(0):(HIGH_max - LOW_max) \
                with vectors nohead linecolor rgb pte_colour linewidth 2, \
            file using (place('run')):'value':'lo':'hi' with yerrorbars pointtype 7 \
                pointsize 0.01 linewidth bar linecolor rgb pmd_colour, \
            file using (place('run')):'value' with points pointtype 7 pointsize dots \
                linecolor rgb pmd_colour, \
            file using (place('gap')):(bottom) with points pointtype 2 pointsize dots \
                linewidth 1.5 linecolor rgb 0x666666, \
            file using (place('level') - 0.5):'value':(column('to') - column('x') + 1):(0) \
                with vectors nohead linecolor rgb ink linewidth 1.5, \
            file using (place('date')):(LOW_max):'text' with labels noenhanced \
                offset 0,-0.9 font small textcolor rgb ink, \
            file using (place('kernel') - 0.5):(HIGH_max):'text' with labels \
                noenhanced left offset 0,0.6 font small textcolor rgb 0x666666, \
            file using (place('change') - 0.5):(HIGH_max):'text' with labels noenhanced left \
                offset 0,1.7 font small textcolor rgb pte_colour
}
