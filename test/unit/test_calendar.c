/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model/check.h"

#undef CHECK
#include "test.h"

/* The same rows as `systemd-analyze calendar` judges them. */
static void expressions(void)
{
        static const struct {
                const char *text;
                bool ok;
                const char *form; /* when not the same */
        } rows[] = {
                { "yes", true, "yes" },
                { "off", true, "no" },
                { "daily", true, NULL },
                { "Weekly", true, NULL },
                { "Thu,Fri 2012-*-1,5 11:12:13", true, NULL },
                { "Mon..Fri *-*-* 03:00", true, NULL },
                { "Mon,Wed..Fri,Sunday 3:5", true, NULL },
                { "Sun", true, NULL },
                { "*-*-* 4:00:00 UTC", true, NULL },
                { "03:00 Europe/Berlin", true, NULL },
                { "daily UTC", true, NULL },
                { "*:0/15", true, NULL },
                { "*-*~1", true, NULL },
                { "*-2~3 01:00", true, NULL },
                { "Mon *-05~07/1", true, NULL },
                { "2003-03-05 05:40:23.4200004", true, NULL },
                { "*-*-01..07", true, NULL },
                { "08..17/2:30", true, NULL },
                { "", false, NULL },
                { "every sunday", false, NULL },
                { "weekl", false, NULL },
                { "Mon..", false, NULL },
                { "Mon.Fri", false, NULL },
                { "3am", false, NULL },
                { "25", false, NULL },
                { "03:00 Mon", false, NULL },
                { "03:00 *-*-*", false, NULL },
                { "*-*-*-*", false, NULL },
                { "1:2:3:4", false, NULL },
                { "*:/5", false, NULL },
                { "*-*-x", false, NULL },
                { "Europe/Berlin", false, NULL },
                { "1h", false, NULL },
        };
        Arena arena = { 0 };
        Diags diags = { .arena = &arena };
        Run run = { .arena = &arena, .diags = &diags };
        const Check check = { .run = &run, .option = option_info(OPT_DEFAULTS_AutoPrune) };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                Value value = { .text = LITERAL(str_c(rows[i].text)) };
                const bool ok = check_calendar(&check, &value);

                CHECK(ok == rows[i].ok, "'%s'", rows[i].text);
                if (ok)
                        CHECK_STR(value.text.str, str_c(rows[i].form ? rows[i].form : rows[i].text));
        }
        arena_free(&arena);
}

TEST_MAIN(TEST(expressions))
