# SPDX-License-Identifier: Apache-2.0
# What the pictures with one mark a kernel share. The caller sets: name, title_text, and
# the columns that hold the least and the most of the values.
file = csv(name)
set table $kernels
plot csv('kernels') using 'kernel':(0) with table
unset table
kernels = |$kernels|
array kernel_name[kernels]
stats csv('kernels') using (kernel_name[int(column('kernel'))] = strcol('name'), 0) nooutput
array kernel_colours[9] = [0x0072b2, 0xd55e00, 0x009e73, 0xcc79a7, 0xe69f00, 0x56b4e9, 0x444444, \
    0x8a6d00, 0x7a3b9a]
array kernel_points[9] = [7, 5, 9, 11, 13, 4, 7, 5, 9]
colour(k) = kernel_colours[(k - 1) % 9 + 1]
shape(k) = kernel_points[(k - 1) % 9 + 1]
of(k) = column('kernel') == k
# Kernels stand around the middle of the line they belong to.
band(y) = floor(y + 0.5)

# Before ranges are set: they would bound what is counted. PTE may be the lesser of both.
stats file using (column(least) < column(most) ? column(least) : column(most)) nooutput
low = STATS_min
stats file using (column(least) > column(most) ? column(least) : column(most)) nooutput
high = STATS_max
stats file using "y" nooutput
bottom = floor(STATS_min + 0.5)
width = 1100
height = 150 - (16 + 10 * kernels) * bottom

eval terminal(width, height)
set output picture(name)
eval heading
set logscale x
unset xtics
set xtics () nomirror noenhanced textcolor rgb ink
power(e) = e < 0 ? sprintf('%g', 10. ** e) : whole(int(10. ** e))
do for [e = -2:12] { set xtics add (power(e) 10. ** e) }
set yrange [bottom - 0.6 : -0.4]
unset ytics
set ytics scale 0 noenhanced textcolor rgb ink
set grid xtics noytics
set border 1
set tmargin at screen 1 - 104. / height
set bmargin at screen 56. / height
set rmargin 9 # values stand beyond the last mark
set key at screen 0.02, screen 1 - 58. / height left top horizontal reverse Left noenhanced
