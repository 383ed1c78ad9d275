/* SPDX-License-Identifier: Apache-2.0 */
#include <pmdgain/mapping.h>

const char *map_mode_name(enum map_mode mode)
{
        static const char *const names[] = {
                [MAP_MODE_SHARED] = "shared",
                [MAP_MODE_PRIVATE] = "private",
                [MAP_MODE_SYNC] = "sync",
        };

        return names[mode];
}

const char *file_state_name(enum file_state state)
{
        static const char *const names[] = {
                [FILE_WRITTEN] = "written",
                [FILE_UNWRITTEN] = "unwritten",
                [FILE_SPARSE] = "sparse",
        };

        return names[state];
}
