# SPDX-License-Identifier: Apache-2.0
# What the plots share. A plot reads DIR/plots/*.csv, which `pmdgain report DIR` writes, by column
# name and makes DIR/plots/NAME.svg. By hand:
#   gnuplot -e "dir='results/mine'; format='png'" plots/gain.gp
if (!exists("dir")) dir = '.'
if (!exists("format")) format = 'svg'

set encoding utf8
set datafile separator comma
set datafile columnheaders
set datafile missing NaN

csv(name) = dir.'/plots/'.name.'.csv'
picture(name) = dir.'/plots/'.name.'.'.format

# The one row of run.csv: what was measured where, and what kind of evidence it is.
set table $none
plot csv('run') using (evidence = strcol('evidence'), machine = strcol('machine'), \
    emulated = column('emulated'), ns = strcol('ns'), 0) with table
unset table
emulated = int(emulated)

# Okabe and Ito's palette, told apart by people with any colour vision. An emulated CPU's times
# are no evidence, so its plots are grey.
ink = 0x333333
faint = 0xbbbbbb
pmd_colour = emulated ? 0x777777 : 0x0072b2
pte_colour = emulated ? 0xaaaaaa : 0xd55e00
open_colour = 0x888888
array series_colours[6] = [pmd_colour, pte_colour, emulated ? faint : 0x009e73, \
    emulated ? faint : 0xcc79a7, emulated ? faint : 0xe69f00, emulated ? faint : 0x56b4e9]
array series_points[6] = [7, 5, 9, 11, 13, 4]

# eval terminal(width, height). Text that comes from data must be set noenhanced.
terminal(width, height) = format eq 'png' ? \
    sprintf("set term pngcairo size %d,%d font 'Sans,10' fontscale 2 linewidth 2 pointscale 2 " \
        ."background '#ffffff'", 2 * width, 2 * height) : \
    sprintf("set term svg size %d,%d font 'sans-serif,13' background '#ffffff'", width, height)

large = format eq 'png' ? ',11' : ',14'
small = format eq 'png' ? ',8' : ',11'

# eval heading: title_text, and under it what was measured where.
heading = "set label 101 '{/:Bold=".(format eq 'png' ? '12' : '16')." '.title_text.'}' " \
    ."at screen 0, screen 1 offset 1.5,-1.2 left textcolor rgb ink; " \
    ."set label 102 subtitle noenhanced " \
    ."at screen 0, screen 1 offset 1.5,-2.5 left textcolor rgb 0x666666"
subtitle = machine.(strlen(machine) && strlen(evidence) ? ' · ' : '').evidence \
    .(ns eq 'instructions' ? ' · instructions in place of ns' : \
    emulated ? ' · times are no evidence about hardware' : '')

# 512 B, 4 KiB, 2 MiB
binary(x) = x < 1024 ? sprintf('%g B', x) : x < 1048576 ? sprintf('%g KiB', x / 1024) : \
    x < 1073741824 ? sprintf('%g MiB', x / 1048576) : x < 1099511627776. ? \
    sprintf('%g GiB', x / 1073741824) : sprintf('%g TiB', x / 1099511627776.)

# 18,432 or 4.56: three digits that count.
whole(x) = x < 1000 ? sprintf('%d', x) : whole(floor(x / 1000)).sprintf(',%03d', x % 1000)
number(x) = x != x ? '' : x >= 100 ? whole(int(x + 0.5)) : x >= 10 ? sprintf('%.1f', x) : \
    sprintf('%.2f', x)
# A round step that puts at most `most` ticks up to `high`.
decade(high, most) = 10. ** floor(log10(1. * high / most))
round_step(high, most) = 1. * high / most <= decade(high, most) ? decade(high, most) : \
    1. * high / most <= 2 * decade(high, most) ? 2 * decade(high, most) : \
    1. * high / most <= 5 * decade(high, most) ? 5 * decade(high, most) : 10 * decade(high, most)

set border 3 linecolor rgb 0x999999
set tics textcolor rgb ink nomirror noenhanced
set bars 0.6
set xlabel textcolor rgb ink
set ylabel textcolor rgb ink
set grid noxtics ytics linetype 1 linecolor rgb 0xeeeeee linewidth 1
set style fill solid 1 noborder
