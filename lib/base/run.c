/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/run.h"

Str run_env(const Run *run, const char *name)
{
        const size_t length = strlen(name);

        for (char **entry = run->environ; entry && *entry; entry++)
                if (**entry == *name && strncmp(*entry, name, length) == 0 && (*entry)[length] == '=')
                        return str_c(*entry + length + 1);
        return (Str){ 0 };
}
