# SPDX-License-Identifier: Apache-2.0
# The body of the plots that have a panel for each kind of cell and in it a curve with its quartile
# band for each arm. The caller sets: name (of the data and the picture), title_text, x_text,
# tick(x) and mark_rows: 0 without vertical marks, 1 when NAME_marks.csv has marks that are `known`,
# 2 when it has `fitted` ones too, with an interval from lo to hi. x is logarithmic unless the caller
# sets linear_x.
file = csv(name)
stats file using "panel" nooutput
panels = int(STATS_max)
across = panels > 1 ? 2 : 1
down = (panels + across - 1) / across
width = 900
each = panels > 1 ? 310 : 420
height = 62 + each * down

eval terminal(width, height)
set output picture(name)
eval heading
set multiplot
unset key

do for [panel = 1 : panels] {
        unset logscale
        set xrange [* : *]
        set yrange [* : *]
        stats file using (column('panel') == panel ? column('x') : NaN) name 'X' nooutput
        stats file using (column('panel') == panel ? column('lo') : NaN) name 'LO' nooutput
        stats file using (column('panel') == panel ? column('hi') : NaN) name 'HI' nooutput
        stats file using (column('panel') == panel ? column('series') : NaN) name 'ARM' nooutput
        arms = int(ARM_max) + 1

        left = ((panel - 1) % across) * 1. / across
        top = 1 - (62. + each * ((panel - 1) / across)) / height
        set lmargin at screen left + 70. / width
        set rmargin at screen left + 1. / across - 22. / width
        set tmargin at screen top - (54. + 18 * mark_rows) / height
        set bmargin at screen top - (each - 58.) / height

        # The panel's title, and its legend above the data.
        set table $none
        plot file using (column('panel') == panel ? (here = strcol('title'), 0) : 0) with table
        unset table
        set label 1 here at screen left, screen top offset 2,-0.9 left noenhanced \
            font large textcolor rgb ink
        do for [arm = 0 : arms - 1] {
                arm_text = ''
                set table $none
                plot file using (column('panel') == panel && column('series') == arm ? \
                    (arm_text = strcol('arm'), 0) : 0) with table
                unset table
                set label 10 + arm arm_text noenhanced \
                    at screen left + (78. + 125 * arm) / width, screen top - 36. / height \
                    left offset 1,-0.25 textcolor rgb series_colours[arm + 1] \
                    point pointtype series_points[arm + 1] pointsize 0.8 \
                    linecolor rgb series_colours[arm + 1]
        }

        if (exists('linear_x')) {
                set xrange [X_min - 0.03 * (X_max - X_min) : X_max + 0.03 * (X_max - X_min)]
                set xtics autofreq scale 0.5 noenhanced
        } else {
                # A tick at every power of two, or every second, fourth, ... where there are many.
                set logscale x 2
                set xrange [X_min / 1.1 : X_max * 1.1]
                powers = log(X_max / X_min) / log(2)
                room = across > 1 ? 5. : 10.
                step = powers > 8 * room ? 16 : powers > 4 * room ? 8 : powers > 2 * room ? 4 : \
                    powers > room ? 2 : 1
                first = int(ceil(log(X_min) / log(2) / step - 0.001)) * step
                set xtics () scale 0.5 noenhanced
                do for [power = first : int(log(X_max) / log(2) + 0.01) : step] {
                        set xtics add (tick(2. ** power) 2. ** power)
                }
        }
        set xlabel x_text
        if (HI_max > 20 * LO_min && LO_min > 0) {
                set logscale y
                set yrange [LO_min / 1.2 : HI_max * 1.3]
                set ytics () nomirror noenhanced
                set for [decade = -3 : 7] for [digit in '1 2 5'] ytics \
                    add (sprintf('%g', digit * 10. ** decade) digit * 10. ** decade)
        } else {
                set yrange [0 : HI_max * 1.15]
                set ytics autofreq nomirror noenhanced
        }

        if (mark_rows) {
                marks = 0
                array mark_x[32]
                array mark_lo[32]
                array mark_hi[32]
                array mark_text[32]
                array mark_fitted[32]
                set table $none
                plot csv(name.'_marks') using ((column('panel') == 0 || column('panel') == panel) \
                    && column('x') >= X_min && column('x') <= X_max && marks < 32 ? \
                    (marks = marks + 1, mark_x[marks] = column('x'), \
                    mark_lo[marks] = column('lo'), mark_hi[marks] = column('hi'), \
                    mark_text[marks] = strcol('text'), \
                    mark_fitted[marks] = strcol('kind') eq 'fitted', 0) : 0) with table
                unset table
                do for [i = 1 : marks] {
                        colour = mark_fitted[i] ? ink : 0x999999
                        dashes = mark_fitted[i] ? 1 : 3
                        set arrow 20 + i from mark_x[i], graph 0 to mark_x[i], graph 1 nohead back \
                            linecolor rgb colour linewidth 1 dashtype dashes
                        set object 20 + i rectangle \
                            from mark_lo[i], graph 0 to mark_hi[i], graph 1 behind \
                            fillcolor rgb colour fillstyle solid 0.15 noborder
                        set label 20 + i mark_text[i] at mark_x[i], graph 1 left noenhanced \
                            offset -0.3,(mark_fitted[i] ? 1.6 : 0.6) font small \
                            textcolor rgb colour
                }
        }
        plot for [arm = arms - 1 : 0 : -1] file \
                using (column('panel') == panel && column('series') == arm ? column('x') : NaN) \
                :'lo':'hi' with filledcurves fillcolor rgb series_colours[arm + 1] \
                fillstyle transparent solid 0.2 noborder, \
             for [arm = arms - 1 : 0 : -1] file \
                using (column('panel') == panel && column('series') == arm ? column('x') : NaN) \
                :'value' with linespoints linecolor rgb series_colours[arm + 1] \
                linewidth 2 pointtype series_points[arm + 1] pointsize 0.5
        unset label
        unset arrow
        unset object
}
unset multiplot
