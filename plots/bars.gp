# SPDX-License-Identifier: Apache-2.0
# The body of the plots that have a bar for each arm of a cell, PTE above PMD, with the quartiles.
# The caller sets: name (of the data and the picture), title_text, x_text.
file = csv(name)
stats file using "y" nooutput
bottom = STATS_min
stats file using "most" nooutput
high = STATS_max
width = 900
height = 148 - 40 * bottom

eval terminal(width, height)
set output picture(name)
eval heading

set xrange [0 : high * 1.22]
set yrange [bottom - 0.7 : -0.3]
set ytics scale 0 noenhanced textcolor rgb ink
set xtics () scale 0.5
step = round_step(high * 1.22, 6)
do for [i = 0 : int(high * 1.22 / step)] {
        set xtics add (step >= 1 ? whole(int(i * step)) : sprintf('%g', i * step) i * step)
}
set xlabel x_text
set grid xtics noytics
set border 1
unset key
set tmargin at screen 1 - 92. / height
set bmargin at screen 60. / height
set rmargin at screen 1 - 150. / width
set label 1 'PTE' at graph 0, screen 1 - 74. / height left offset 1.5,-0.25 \
    textcolor rgb pte_colour point pointtype 5 pointsize 0.9 linecolor rgb pte_colour
set label 2 'PMD' at graph 0.14, screen 1 - 74. / height left offset 1.5,-0.25 \
    textcolor rgb pmd_colour point pointtype 5 pointsize 0.9 linecolor rgb pmd_colour
set label 3 'gain, 95 % interval' at graph 1, graph 1 left offset 1,0.6 textcolor rgb 0x666666

thick = 0.34
plot file using (0):(column('y')):(0):'pte':(column('y') + 0.02):(column('y') + thick) \
        with boxxyerror fillcolor rgb pte_colour, \
    file using (0):(column('y')):(0):'pmd':(column('y') - thick):(column('y') - 0.02) \
        with boxxyerror fillcolor rgb pmd_colour, \
    file using 'pte':(column('y') + 0.5 * thick):'pte_lo':'pte_hi' \
        with xerrorbars pointtype 7 pointsize 0.01 linewidth 1.5 linecolor rgb ink, \
    file using 'pmd':(column('y') - 0.5 * thick):'pmd_lo':'pmd_hi' \
        with xerrorbars pointtype 7 pointsize 0.01 linewidth 1.5 linecolor rgb ink, \
    file using 'pte_hi':(column('y') + 0.5 * thick):(number(column('pte'))) \
        with labels noenhanced left offset 1,0 font small textcolor rgb ink, \
    file using 'pmd_hi':(column('y') - 0.5 * thick):(number(column('pmd'))) \
        with labels noenhanced left offset 1,0 font small textcolor rgb ink, \
    file using (high * 1.22):(column('y')):'text' \
        with labels noenhanced left offset 1,0 textcolor rgb ink, \
    file using (0):'y':ytic(strcol('label')) \
        with points pointtype 7 pointsize 0.01 linecolor rgb 0xffffff
