# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
# Makes a namespace and gives it back. Sourced by tools/provision.
#
# A region with labels can hold several namespaces: one is made in the free space, or in the place
# of the only one there. A region without labels (e820, many emulated NVDIMMs) has one namespace
# for good: its mode is changed, and changed back by `down`.

# Region kinds of the kernel's include/uapi/linux/ndctl.h.
readonly NSTYPE_IO=4

# The namespaces of a region that hold space.
region_namespaces()
{
        local at size
        for at in "$ND/$1"/namespace*; do
                size=$(first_line "$at/size")
                [[ ${size:-0} -eq 0 ]] || printf '%s\n' "${at##*/}"
        done
}

# remember NAME: notes what a namespace is, so that `down` can make it again: WAS_*.
remember()
{
        local holder
        OUT=$(ndctl list -i -N -v -n "$1" 2>/dev/null) || true
        WAS_MODE=$(json_field mode)
        WAS_MAP=$(json_field map)
        WAS_ALIGN=$(json_field align)
        WAS_SIZE=$(first_line "$ND/$1/size")
        holder=$(first_line "$ND/$1/holder")
        # memmap= pmem in its first state says fsdax, but has no info block: raw makes it so again.
        [[ -n $holder || $WAS_MODE != fsdax ]] || WAS_MODE=raw
}

# choose_place: sets PLACE to "free" (space in REGION), "instead" (of NAMESPACE, which is destroyed)
# or "change" (NAMESPACE's mode), and checks that this destroys nothing of value.
choose_place()
{
        local -a all
        local free
        PLACE='' WAS_MODE='' WAS_MAP='' WAS_ALIGN='' WAS_SIZE=''
        if [[ -z $REGION ]]; then
                [[ -e $ND/$NAMESPACE ]] || misuse "--namespace $NAMESPACE: there is none such"
                REGION=$(basename "$(readlink -f "$ND/$NAMESPACE/..")")
                PLACE=change
        else
                [[ -e $ND/$REGION ]] || misuse "--region $REGION: there is none such"
                mapfile -t all < <(region_namespaces "$REGION")
                free=$(first_line "$ND/$REGION/max_available_extent")
                [[ $(first_line "$ND/$REGION/nstype") -ne $NSTYPE_IO ]] || PLACE=change
                if [[ $PLACE != change && ${free:-0} -ge ${SIZE:-1} && ${free:-0} -gt 0 ]]; then
                        PLACE=free
                        return
                fi
                [[ ${#all[@]} -eq 1 ]] || fail "$REGION has ${#all[@]} namespaces and" \
                        "${free:-no} bytes free: name one with --namespace"
                NAMESPACE=${all[0]}
                PLACE=${PLACE:-instead}
        fi
        check_owned "$NAMESPACE"
        check_namespace "$NAMESPACE"
        remember "$NAMESPACE"
        [[ $PLACE != change || -z $SIZE ]] ||
                misuse "--size: $NAMESPACE cannot be divided (it has no labels, or was named)"
}

# mode_options MODE MAP ALIGN: ndctl's words, in the array MODE_OPTIONS.
mode_options()
{
        MODE_OPTIONS=("--mode=$1")
        case $1 in
        fsdax | devdax) MODE_OPTIONS+=("--map=$2") ;;
        esac
        [[ -z $3 || $1 = raw ]] || MODE_OPTIONS+=("--align=$3")
}

# make_namespace: sets NAMESPACE, BLOCK and CHAR. MADE tells how far it came: no, gone (the one that
# was there is destroyed) or yes.
make_namespace()
{
        local mode map=
        # shellcheck disable=SC2153 # options
        case $FS/$MEMMAP in
        */none) mode=raw ;;
        devdax/*) mode=devdax ;;
        *) mode=fsdax ;;
        esac
        case $MEMMAP in
        ram) map=mem ;;
        pmem) map=dev ;;
        esac
        mode_options "$mode" "$map" "$ALIGN"
        if [[ $PLACE = instead ]]; then
                run_out ndctl destroy-namespace -f "$NAMESPACE"
                MADE=gone
        fi
        AVAILABLE_BEFORE=$(mem_available)
        case $PLACE in
        change) run_out ndctl create-namespace -f -e "$NAMESPACE" "${MODE_OPTIONS[@]}" ;;
        *) run_out ndctl create-namespace -r "$REGION" ${SIZE:+-s "$SIZE"} "${MODE_OPTIONS[@]}" ;;
        esac
        AVAILABLE_AFTER=$(mem_available)
        MADE=yes
        if [[ $DRY_RUN = yes ]]; then
                NAMESPACE=${NAMESPACE:-NAMESPACE} BLOCK=PMEM CHAR=DAX
                return
        fi
        NAMESPACE=$(json_field dev)
        see_namespace "$NAMESPACE"
        [[ $MEMMAP != none || $(first_line "$ND/$NAMESPACE/mode") != memory ]] ||
                fail "$NAMESPACE was made by memmap= and always has its struct pages in RAM"
}

# give_back_namespace: as it was before make_namespace.
give_back_namespace()
{
        mode_options "$WAS_MODE" "$WAS_MAP" "$WAS_ALIGN"
        case $PLACE/$MADE in
        */no) ;;
        change/*) run_out ndctl create-namespace -f -e "$NAMESPACE" "${MODE_OPTIONS[@]}" ;;
        */yes) run_out ndctl destroy-namespace -f "$NAMESPACE" ;;
        esac
        [[ $PLACE != instead || $MADE = no ]] ||
                run_out ndctl create-namespace -r "$REGION" -s "$WAS_SIZE" "${MODE_OPTIONS[@]}"
}

# record_cost: what the namespace costs, as a row of CSV. MemAvailable is read around its making;
# the kernel's own count of memmap pages (Linux 6.11+) and the time, while it is brought down and
# up again.
record_cost()
{
        local start ns raw usable holder memmap down_pages up_pages kernel=
        [[ -n $CSV ]] || return 0
        run_out ndctl disable-namespace "$NAMESPACE"
        down_pages=$(vmstat_value nr_memmap_pages)
        start=$(now_ns)
        run_out ndctl enable-namespace "$NAMESPACE"
        ns=$(($(now_ns) - start))
        up_pages=$(vmstat_value nr_memmap_pages)
        [[ $DRY_RUN = no ]] || return 0
        see_namespace "$NAMESPACE"
        raw=$(first_line "$ND/$NAMESPACE/size")
        holder=$(first_line "$ND/$NAMESPACE/holder")
        usable=$raw
        [[ -z $holder ]] || usable=$(first_line "$ND/$holder/size")
        # In RAM, what was taken from it; in pmem, what the namespace loses.
        case $MEMMAP in
        ram) memmap=$((AVAILABLE_BEFORE - AVAILABLE_AFTER)) ;;
        pmem) memmap=$((raw - usable)) ;;
        none) memmap=0 ;;
        esac
        [[ $memmap -ge 0 ]] || memmap= # the namespace that was there had more
        [[ -z $up_pages ]] || kernel=$(((up_pages - down_pages) * PAGE))
        [[ -s $CSV ]] || printf '%s\n' "namespace,mode,memmap,align_bytes,raw_bytes,usable_bytes,\
memmap_bytes,up_ns,memavailable_before_bytes,memavailable_after_bytes,kernel_memmap_bytes" >"$CSV"
        printf '%s\n' "$NAMESPACE,${MODE_OPTIONS[0]#--mode=},$MEMMAP,$ALIGN,$raw,$usable,\
$memmap,$ns,$AVAILABLE_BEFORE,$AVAILABLE_AFTER,$kernel" >>"$CSV"
}
