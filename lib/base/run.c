/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/run.h"

Str run_env(const Run *run, const char *name)
{
        const Str wanted = str_c(name);

        for (char **entry = run->environ; entry && *entry; entry++) {
                Str key, value;

                if (str_cut(str_c(*entry), '=', &key, &value) && str_eq(key, wanted))
                        return value;
        }
        return (Str){ 0 };
}
