#!/usr/bin/env bash
# shellcheck disable=SC2016 # backquotes are Markdown
# The results that docs quote are those that git keeps, and those are what their samples come to.
# Usage: readme.sh PMDGAIN
set -u
# shellcheck source=/dev/null
. "$(dirname "$0")/expect.sh"
pmdgain=$(realpath "$1")
root=$(realpath "$(dirname "$0")/../..")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

# The lines of the block of README that has FIRST, from there to the block's end.
block() {
        awk -v first="$1" '/^```/ { inside = 0 } index($0, first) { inside = 1 } inside' \
                "$root/README.md"
}

mkdir reference
cp "$root"/results/reference/{samples.csv,machine.json,plan.ini} reference
expect 0 "" "$pmdgain" report reference
for file in summary.csv reach.csv; do
        cmp -s "reference/$file" "$root/results/reference/$file" ||
                complain "results/reference/$file is not what its samples.csv comes to"
done
block "gain [95 %]" >quoted
awk '/gain \[95 %\]/ { inside = 1 } /^Outliers/ { inside = 0 } inside' out >printed
[ "$(wc -l <quoted)" -gt 30 ] || complain "README has no table of results/reference any more"
diff quoted printed >differences ||
        complain "README (<) quotes other figures than results/reference has (>): $(cat differences)"

# lab FIGURE CELL WORKLOAD OP LEVER [COLUMN=VALUE...]: of each kernel, as a row of a table has it.
# FIGURE: pmd, both (PTE / PMD), gain (with its interval), inverse (PMD over PTE).
lab() {
        local figure=$1 cell=$2
        shift 2
        awk -F, -v figure="$figure" -v want="cell=$cell workload=$1 op=$2 pte_lever=$3 ${*:4}" '
        function commas(value, text) {
                text = sprintf("%.0f", value)
                while (match(text, /^[0-9][0-9][0-9][0-9]+/))
                        text = substr(text, 1, RLENGTH - 3) "," substr(text, RLENGTH - 2)
                return text
        }
        function short(value) {
                return sprintf(value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value)
        }
        function of(name) { return $(column[name]) }
        NR == 1 {
                for (i = 1; i <= NF; i++)
                        column[$i] = i
                wanted = split(want, words, " ")
                next
        }
        {
                for (i = 1; i <= wanted; i++) {
                        split(words[i], pair, "=")
                        if (of(pair[1]) != pair[2])
                                next
                }
                if (figure == "pmd")
                        text = commas(of("pmd_value"))
                else if (figure == "both")
                        text = commas(of("pte_value")) " / " commas(of("pmd_value"))
                else if (figure == "inverse")
                        text = short(1 / of("gain"))
                else
                        text = short(of("gain")) " [" short(of("gain_lo")) ", " \
                                short(of("gain_hi")) "]"
                print of("kernel") "\t" text
        }' "$root/results/lab/collection.csv" | sort -V | cut -f2 | paste -sd'|' | sed 's/|/ | /g'
}

# says FILE ROW FIGURE...: the table's row of that name has the figures of results/lab.
says() {
        local file=$1 row=$2 figures
        shift 2
        figures=$(lab "$@")
        grep -F -- "| $row |" "$root/$file" | grep -qF -- "| $figures |" ||
                complain "$file: '$row' should be: $figures"
}

a="populate madvise_write"
ext4=ram-ext4
# shellcheck disable=SC2086 # words
{
        says README.md "MADV_POPULATE_WRITE by PMD, memmap in RAM, a MiB" pmd $ext4 $a nohuge
        says README.md "the same, partition 2 pages off: PTEs, times as many" \
                gain $ext4-partition $a partition
        says README.md "writing to each page of it, partition 2 pages off" \
                gain $ext4-partition populate touch_write partition
        says README.md "msync of one line in 2 MiB: PMD over PTE that never was PMD" \
                inverse $ext4-paths sync msync partition opt_stride_bytes=2097152
}
paths() {
        local row=$1
        shift
        says docs/paths.md "$row" both ram-ext4-paths "$@"
}
small=opt_block_bytes=65536
line=opt_stride_bytes=2097152
paths '`gup direct_write`, 64 KiB, faulted | MiB' gup direct_write nohuge $small opt_present=faulted
paths 'the same, unfaulted | MiB' gup direct_write nohuge $small opt_present=unfaulted
paths '`gup direct_read`, 64 KiB, read_faulted | MiB' gup direct_read nohuge $small \
        opt_present=read_faulted
paths '`gup vmsplice`, 64 KiB, faulted | MiB' gup vmsplice nohuge $small opt_present=faulted
paths '`mkwrite`, stride 4k | store' mkwrite write nohuge opt_stride_bytes=4096
paths '`mkwrite`, stride 2m | store' mkwrite write nohuge $line
paths '`fork` | call' fork fork nohuge
paths '`protect range` | MiB' protect range nohuge
paths '`protect page` | 2 MiB' protect page nohuge
paths '`protect page_write` | 2 MiB' protect page_write nohuge
paths '`protect move_page` | 2 MiB' protect move_page nohuge
paths '`sync msync`, a line in 2 MiB, nohuge | line' sync msync nohuge $line
paths '`sync msync`, a line in 2 MiB, partition | line' sync msync partition $line
paths '`sync flush`, a line in 2 MiB | line' sync flush nohuge $line
paths '`teardown truncate`, nohuge | MiB' teardown truncate nohuge
paths '`teardown truncate`, partition | MiB' teardown truncate partition
paths '`teardown exit`, nohuge | MiB' teardown exit nohuge

exit "$failed"
