/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model/directive.h"

#include "base/nearest.h"

static const Str directives_unit[] = {
#define DIRECTIVE(section, key) DIRECTIVE_##section(key)
#define DIRECTIVE_Unit(key) STR_INIT(#key),
#define DIRECTIVE_Service(key)
#define DIRECTIVE_Install(key)
#include "model/directives.def"
#undef DIRECTIVE_Unit
#undef DIRECTIVE_Service
#undef DIRECTIVE_Install
};

static const Str directives_service[] = {
#define DIRECTIVE_Unit(key)
#define DIRECTIVE_Service(key) STR_INIT(#key),
#define DIRECTIVE_Install(key)
#include "model/directives.def"
#undef DIRECTIVE_Unit
#undef DIRECTIVE_Service
#undef DIRECTIVE_Install
};

static const Str directives_install[] = {
#define DIRECTIVE_Unit(key)
#define DIRECTIVE_Service(key)
#define DIRECTIVE_Install(key) STR_INIT(#key),
#include "model/directives.def"
};

typedef struct Directives {
        const Str *keys;
        size_t count;
} Directives;

static const Directives directives[PASS_COUNT] = {
        [PASS_UNIT] = { directives_unit, ELEMENTS(directives_unit) },
        [PASS_SERVICE] = { directives_service, ELEMENTS(directives_service) },
        [PASS_INSTALL] = { directives_install, ELEMENTS(directives_install) },
};

static bool has(PassSection section, Str key, bool nocase)
{
        for (size_t i = 0; i < directives[section].count; i++)
                if (nocase ? str_eq_nocase(directives[section].keys[i], key)
                           : str_eq(directives[section].keys[i], key))
                        return true;
        return false;
}

PassSection directive_section(Str key, PassSection first)
{
        if (has(first, key, false))
                return first;
        for (unsigned section = 0; section < PASS_COUNT; section++)
                if (has((PassSection)section, key, false))
                        return (PassSection)section;
        return PASS_COUNT;
}

PassSection directive_section_nocase(Str key)
{
        for (unsigned section = 0; section < PASS_COUNT; section++)
                if (has((PassSection)section, key, true))
                        return (PassSection)section;
        return PASS_COUNT;
}

Str directive_nearest(PassSection section, Str key)
{
        Nearest nearest = nearest_start(key);

        for (size_t i = 0; i < directives[section].count; i++)
                nearest_offer(&nearest, directives[section].keys[i]);
        return nearest.best;
}

Str directive_denied(PassSection section, Str key, Str value)
{
        static const struct {
                Str key;
                Str hint;
        } denied[] = {
                { STR_INIT("ExecStart"), STR_INIT("the engine starts the container; its command is Exec= in [Container]") },
                { STR_INIT("Type"), STR_INIT("only 'oneshot' can stand here; readiness is Notify= in [Container]") },
                { STR_INIT("NotifyAccess"), STR_INIT("readiness is Notify= in [Container]") },
                { STR_INIT("PIDFile"), STR_INIT("the engine tells systemd the main process") },
                { STR_INIT("BusName"), STR_INIT("readiness is Notify= in [Container]") },
                { STR_INIT("GuessMainPID"), STR_INIT("the engine tells systemd the main process") },
                { STR_INIT("DynamicUser"), STR_INIT("the engine needs its own user's files") },
                { STR_INIT("RuntimeDirectory"), STR_INIT("the unit keeps its container's id there") },
                { STR_INIT("RuntimeDirectoryPreserve"), STR_INIT("the unit keeps its container's id there") },
        };

        if (section != PASS_SERVICE)
                return (Str){ 0 };
        if (str_is(key, "Type") && str_is(value, "oneshot"))
                return (Str){ 0 };
        for (size_t i = 0; i < ELEMENTS(denied); i++)
                if (str_eq(key, denied[i].key))
                        return denied[i].hint;
        /* Anything else kills conmon before the container, or leaves it behind. */
        if (str_is(key, "KillMode") && value.len && !str_is(value, "mixed") && !str_is(value, "control-group"))
                return S("use 'mixed' or 'control-group'");
        return (Str){ 0 };
}
