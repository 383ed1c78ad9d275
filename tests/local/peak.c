/* SPDX-License-Identifier: Apache-2.0 */
/*
 * peak FILE COMMAND...: runs it, and writes to FILE the most memory that it or a process it waited
 * for had at once, in KiB, and the seconds of CPU that they all took. Its exit code is the command's.
 */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
        struct rusage usage;
        int result = 0;
        FILE *file;
        pid_t child;

        if (argc < 3)
                return 2;
        child = fork();
        if (child == 0) {
                execv(argv[2], argv + 2);
                _exit(127);
        }
        if (child < 0 || wait4(child, &result, 0, &usage) != child)
                return 126;
        file = fopen(argv[1], "we");
        if (!file)
                return 126;
        fprintf(file, "%ld %.1f\n", usage.ru_maxrss,
                (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                        (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6);
        if (fclose(file) != 0)
                return 126;
        return WIFEXITED(result) ? WEXITSTATUS(result) : 125;
}
