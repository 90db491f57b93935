/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* From bytes to units, without a disk. The input is one or more files, parted by the byte 0x1c; the first byte of
 * each says what it is: one of marks[], or 'D' for a drop-in of the one before; in small letters for a user's manager. */

#include <stdlib.h>

#include "base/utf8.h"
#include "fuzz.h"
#include "input/load.h"
#include "model/convert.h"
#include "unit/pipeline.h"

enum {
        PART = 0x1c,
        FILES = 4,
        REPEATED = 20000, /* bytes: larger inputs are run once only, … */
        EACH = 4,         /* … and so are most others, by their size: it costs speed */
};

static const struct {
        char mark;
        Format format;
        const char *suffix;
} marks[] = {
        { 'I', FORMAT_INI, "ini" },         { 'Y', FORMAT_YAML, "yaml" },       { 'C', FORMAT_QUADLET, "container" },
        { 'P', FORMAT_QUADLET, "pod" },     { 'N', FORMAT_QUADLET, "network" }, { 'V', FORMAT_QUADLET, "volume" },
        { 'M', FORMAT_QUADLET, "image" },   { 'B', FORMAT_QUADLET, "build" },   { 'K', FORMAT_QUADLET, "kube" },
        { 'A', FORMAT_QUADLET, "artifact" },
};

static char *environment[] = {
        (char[]){ "BAYPLAN_UNIT_PATH=/nowhere" }, (char[]){ "BAYPLAN_PASSWD=/nowhere" },
        (char[]){ "BAYPLAN_VERSIONS=/nowhere" },  (char[]){ "PODMAN=/usr/bin/podman" },
        (char[]){ "DOCKER=/usr/bin/docker" },     NULL,
};

/* As search_read() leaves it. */
static Doc *new_doc(Run *run, Str text, Format format, const char *name)
{
        Source *source = source_new(run->arena, arena_fmt(run->arena, "/etc/containers.d/%s", name), format);
        Doc *doc = ARENA_NEW(run->arena, Doc);

        source->text = arena_str(run->arena, text);
        source->plain = utf8_is_plain(source->text);
        doc->source = source;
        doc->relative = str_c(name);
        doc->name = str_first(doc->relative, str_rfind(doc->relative, '.'));
        doc->readable = true;
        if (format != FORMAT_INI)
                load_tree(run, doc);
        return doc;
}

/* a.ini, b.container, c.pod, … */
static Doc *read_part(Run *run, Str part, size_t number)
{
        size_t kind = 0;

        for (size_t i = 0; i < ELEMENTS(marks); i++)
                if (char_lower(marks[i].mark) == char_lower(part.data[0]))
                        kind = i;
        return new_doc(run, str_skip(part, 1), marks[kind].format,
                       arena_c(run->arena, arena_fmt(run->arena, "%c.%s", (int)('a' + number), marks[kind].suffix)));
}

static void add_part(Run *run, Str part, Docs *docs)
{
        Doc *doc = read_part(run, part, docs->count);

        VEC_ADD(run->arena, docs, doc);
}

static void add_dropin(Run *run, Str part, Doc *doc)
{
        const Format format = doc->source->format == FORMAT_QUADLET ? FORMAT_QUADLET : FORMAT_INI;
        Doc *dropin = new_doc(run, str_skip(part, 1), format, "x.conf");

        load_tree(run, dropin);
        VEC_ADD(run->arena, &doc->dropins, dropin);
}

static Docs read_parts(Run *run, Str input)
{
        Docs docs = { 0 };
        Str part;

        while (input.len && docs.count < FILES && str_next(&input, PART, &part)) {
                Doc *before = docs.count ? docs.items[docs.count - 1] : NULL;

                if (!part.len)
                        continue;
                if (char_lower(part.data[0]) == 'd' && before)
                        add_dropin(run, part, before);
                else
                        add_part(run, part, &docs);
        }
        return docs;
}

static bool is_file_name(Str s)
{
        return s.len && s.len < 256 && s.data[0] != '.' && !str_contains(s, '/') && !str_contains(s, '\0');
}

/* Of names only: it does not lead out of where it begins. */
static bool is_path(Str s)
{
        Str part;

        while (s.len && str_next(&s, '/', &part))
                if (!part.len || str_is(part, ".") || str_is(part, ".."))
                        return false;
        return true;
}

static void check_unit(const PlanUnit *unit)
{
        Str rest = unit->text, line;
        size_t starts = 0;

        FUZZ_CHECK(is_file_name(unit->name) && (!unit->dropin.len || is_file_name(unit->dropin)));
        FUZZ_CHECK(str_ends(unit->text, S("\n")));
        FUZZ_CHECK(utf8_find_invalid(unit->text) == unit->text.len);
        while (rest.len && str_next(&rest, '\n', &line)) {
                FUZZ_CHECK(line.len < 1024 * 1024);
                for (size_t i = 0; i < line.len; i++)
                        FUZZ_CHECK(!char_is_control(line.data[i]) || line.data[i] == '\t');
                FUZZ_CHECK(!line.len || strchr("#;[", line.data[0]) || str_contains(line, '='));
                starts += str_starts(line, S("ExecStart="));
        }
        FUZZ_CHECK(unit->dropin.len || !str_ends(unit->name, S(".service")) || starts >= 1);
}

static void check_plan(const Plan *plan, const Diags *diags)
{
        VEC_EACH(const PlanUnit, unit, &plan->units) {
                check_unit(unit);
                FUZZ_CHECK(!unit->stub || diags->errors);
                FUZZ_CHECK(unit == plan->units.items || str_compare(unit[-1].name, unit->name) < 0 ||
                           (str_eq(unit[-1].name, unit->name) && str_compare(unit[-1].dropin, unit->dropin) < 0));
        }
        VEC_EACH(const PlanLink, link, &plan->links) {
                FUZZ_CHECK(is_file_name(link->name) && is_file_name(link->unit));
                FUZZ_CHECK(!link->directory.len || is_path(link->directory));
                FUZZ_CHECK(!str_starts(link->target, S("/")));
        }
}

static void check_diags(Arena *arena, const Diags *diags)
{
        VEC_EACH(const Diag, d, &diags->all) {
                Buf buf = BUF(arena);

                diag_format_line(&buf, d);
                FUZZ_CHECK(!str_contains(buf_str(&buf), '\n'));
                FUZZ_CHECK(utf8_find_invalid(buf_str(&buf)) == buf.len);
        }
}

/* What a dump says when it is read and dumped again. */
static void check_dump(Run *run, const Model *model, bool (*dump)(Buf *, const Model *, DumpFaults *), Format format)
{
        Buf first = BUF(run->arena), second = BUF(run->arena);
        Diags diags = { .arena = run->arena };
        Run again = *run;
        DumpFaults fault = { 0 };
        Docs docs = { 0 };

        again.diags = &diags;
        if (!dump(&first, model, &fault) || !first.len)
                return;
        VEC_ADD(run->arena, &docs, new_doc(&again, buf_str(&first), format, "dump.ini"));

        const Model read = bind_docs(&again, &docs);

        FUZZ_CHECK(!diags.errors);
        FUZZ_CHECK(dump(&second, &read, &fault));
        FUZZ_CHECK(str_eq(buf_str(&first), buf_str(&second)));
}

/* What is written as Quadlet files is read as such; what comes from them can always be tried. */
static void check_convert(Run *run, const Pipeline *pipeline)
{
        Diags diags = { .arena = run->arena };
        Run again = *run;
        DumpFaults faults = { 0 };
        ConvertFiles files = { 0 };
        Buf text = BUF(run->arena);
        Docs docs = { 0 };
        Model model;

        again.diags = &diags;
        if (convert_quadlet(run, &pipeline->fleet, &files, &faults))
                VEC_EACH(const ConvertFile, file, &files)
                        VEC_ADD(run->arena, &docs, new_doc(&again, file->text, FORMAT_QUADLET, file->name.data));
        bind_docs(&again, &docs);
        FUZZ_CHECK(!diags.errors);
        if (convert_native(run, &pipeline->fleet, &pipeline->model, &model, &faults))
                dump_ini(&text, &model, &faults);
}

/* They are not written in another form. */
static bool has_quadlet(const Model *model)
{
        VEC_EACH(Def *const, def, &model->defs)
                if ((*def)->profile->quadlet)
                        return true;
        return false;
}

static bool same_plan(const Plan *a, const Plan *b)
{
        bool same = a->units.count == b->units.count && a->links.count == b->links.count;

        for (size_t i = 0; same && i < a->units.count; i++)
                same = str_eq(a->units.items[i].name, b->units.items[i].name) &&
                       str_eq(a->units.items[i].text, b->units.items[i].text);
        return same;
}

typedef struct Pass {
        Arena arena;
        Diags diags;
        Run run;
        Pipeline pipeline;
} Pass;

static void run_pass(Pass *pass, Str input)
{
        const bool user = input.len && char_lower(input.data[0]) == input.data[0];

        *pass = (Pass){ 0 };
        pass->diags.arena = &pass->arena;
        pass->run = (Run){ .arena = &pass->arena,
                           .diags = &pass->diags,
                           .scope = user ? SCOPE_USER : SCOPE_SYSTEM,
                           .environ = environment };
        pass->pipeline = pipeline_run(&pass->run, read_parts(&pass->run, input));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        const Str input = { (const char *)data, size };
        const bool again = size < REPEATED && size % EACH == 0;
        const Model *model;
        Pass pass, other;

        run_pass(&pass, input);
        check_plan(&pass.pipeline.plan, &pass.diags);
        check_diags(&pass.arena, &pass.diags);
        if (again) {
                run_pass(&other, input);
                FUZZ_CHECK(same_plan(&pass.pipeline.plan, &other.pipeline.plan));
                arena_free(&other.arena);
        }
        model = &pass.pipeline.model;
        if (!pass.diags.errors && again && !has_quadlet(model)) {
                check_dump(&pass.run, model, dump_ini, FORMAT_INI);
                check_dump(&pass.run, model, dump_yaml, FORMAT_YAML);
        }
        if (!pass.diags.errors && again)
                check_convert(&pass.run, &pass.pipeline);
        arena_free(&pass.arena);
        return 0;
}
