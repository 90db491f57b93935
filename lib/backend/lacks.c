/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backend/lacks.h"

bool lacks(Run *run, Engine engine, const Value *value, OptionId id, Str what, Str hint)
{
        return diag(run->diags, DIAG_ENGINE_VALUE, value->at, engine_name(engine), option_info(id)->key, what, hint);
}

bool lacks_values(Run *run, Engine engine, const Def *def, const Lack *rows, size_t count)
{
        bool ok = true;

        for (size_t i = 0; i < count; i++)
                for (const Value *value = def_get(def, rows[i].id); value; value = value->next)
                        if (str_eq(value->text.str, rows[i].value) != rows[i].only)
                                ok = lacks(run, engine, value, rows[i].id, value->text.str, S(""));
        return ok;
}

bool lacks_secrets(Run *run, Engine engine, const Def *def)
{
        bool ok = true;

        for (const Value *value = def_get(def, OPT_CONTAINER_Secret); value; value = value->next)
                if (!value->secret || !value->secret->is_credential)
                        ok = lacks(run, engine, value, OPT_CONTAINER_Secret, value->text.str,
                                   S("a credential of systemd works on every engine: add ',type=credential'"));
        return ok;
}
