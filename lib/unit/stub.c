/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "unit/stub.h"

#include "backend/backend.h"
#include "base/map.h"
#include "unit/quote.h"

enum {
        STUB_LINES = 20, /* messages in one stub; the log has them all */
};

#define PROBLEMS_UNIT "bayplan-problems.service"

static void add_message(Buf *buf, const Diag *d, unsigned *count)
{
        Buf line = BUF(buf->arena);

        if (d->level < DIAG_LEVEL_ERROR || ++*count > STUB_LINES)
                return;
        diag_format_line(&line, d);
        buf_char(buf, ' ');
        quote_word(buf, LITERAL(buf_str(&line)));
}

static bool is_of_def(const Diag *d, const Def *def)
{
        if (d->subject)
                return d->subject == def;
        if (!d->at.source)
                return false;
        if (d->at.source == def->doc->source)
                return true;
        VEC_EACH(Doc *const, dropin, &def->doc->dropins)
                if (d->at.source == (*dropin)->source)
                        return true;
        return false;
}

static void service(Run *run, Buf *buf)
{
        buf_add(buf, S("\n[Service]\nType=oneshot\nExecStart="));
        quote_program(buf, LITERAL(backend_helper(run, "bayplan-fail")));
}

void stub_container(Run *run, Plan *plan, const Container *c)
{
        Buf buf = BUF(run->arena);
        unsigned count = 0;

        compose_header(&buf, c->def);
        buf_fmt(&buf, "[Unit]\nDescription=%.*s (definition with errors)\nDocumentation=man:containers.d(5)\n",
                STR_ARG(c->def->name));
        compose_source(&buf, c->def);
        service(run, &buf);
        VEC_EACH(const Diag, d, &run->diags->all)
                if (is_of_def(d, c->def))
                        add_message(&buf, d, &count);
        buf_char(&buf, '\n');

        VEC_ADD(run->arena, &plan->units,
                (PlanUnit){ .name = c->unit, .text = buf_str(&buf), .def = c->def, .stub = true, .at = c->def->at });
        compose_install(run, plan, c);
}

static bool has_stub(const Map *sources, const Diag *d)
{
        return d->at.source && map_get(sources, d->at.source->path);
}

void stub_problems(Run *run, Plan *plan, const Fleet *fleet)
{
        const bool user = run->scope == SCOPE_USER;
        Map sources = { 0 }; /* whose errors a stub shows */
        Map stubs = { 0 };
        Buf buf = BUF(run->arena), messages = BUF(run->arena);
        unsigned count = 0;

        VEC_EACH(Container *const, c, &fleet->containers) {
                if (!(*c)->broken)
                        continue;
                map_put(run->arena, &stubs, (Str){ (const char *)&(*c)->def, sizeof((*c)->def) }, *c);
                map_put(run->arena, &sources, (*c)->def->doc->source->path, *c);
                VEC_EACH(Doc *const, dropin, &(*c)->def->doc->dropins)
                        map_put(run->arena, &sources, (*dropin)->source->path, *c);
        }
        VEC_EACH(const Diag, d, &run->diags->all) {
                const Str subject = { (const char *)&d->subject, sizeof(d->subject) };

                if (d->subject ? !map_get(&stubs, subject) : !has_stub(&sources, d))
                        add_message(&messages, d, &count);
        }
        if (!count)
                return;

        buf_add(&buf, S("# Made by bayplan-generator\n\n[Unit]\n"
                        "Description=Errors in container definitions\nDocumentation=man:containers.d(5)\n"));
        service(run, &buf);
        buf_add(&buf, buf_str(&messages));
        buf_char(&buf, '\n');
        VEC_ADD(run->arena, &plan->units, (PlanUnit){ .name = S(PROBLEMS_UNIT), .text = buf_str(&buf), .stub = true });
        VEC_ADD(run->arena, &plan->links,
                (PlanLink){ .directory = user ? S("default.target.wants") : S("multi-user.target.wants"),
                            .name = S(PROBLEMS_UNIT),
                            .target = S("../" PROBLEMS_UNIT),
                            .unit = S(PROBLEMS_UNIT) });
}
