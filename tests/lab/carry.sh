# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154
# For tests that run a script in the guest and pmdgain there. Sourced after common.sh.

# carry_pmdgain FILE: sets `carried`, options of tools/lab that bring it and its gnuplot scripts.
carry_pmdgain()
{
        local file
        carried=(--with "$1:/usr/bin/pmdgain")
        for file in "$root"/plots/*; do
                carried+=(--with "$file:/usr/share/pmdgain/plots/${file##*/}")
        done
}
