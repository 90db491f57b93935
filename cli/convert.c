/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* bayplan convert: definitions in another format. What was made is read again before anybody gets it. */

#include "base/fs.h"
#include "cli/selection.h"
#include "input/load.h"
#include "model/convert.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

typedef enum Target {
        TARGET_INI,
        TARGET_YAML,
        TARGET_QUADLET,
        TARGET_COUNT,
} Target;

static const struct {
        Str name;
        Format format;
        const char *file; /* that the result is, where it is one */
} targets[TARGET_COUNT] = {
        [TARGET_INI] = { STR_INIT("ini"), FORMAT_INI, "converted.ini" },
        [TARGET_YAML] = { STR_INIT("yaml"), FORMAT_YAML, "converted.yaml" },
        [TARGET_QUADLET] = { STR_INIT("quadlet"), FORMAT_QUADLET, NULL },
};

/* ---- what is wrong ---- */

static bool report_diags(Cli *cli, const Diags *diags)
{
        VEC_EACH(const Diag, d, &diags->all) {
                Buf line = BUF(cli->run->arena);

                if (d->level != DIAG_LEVEL_ERROR)
                        continue;
                diag_format_line(&line, d);
                command_note(cli, "%.*s", STR_ARG(buf_str(&line)));
        }
        return !diags->errors;
}

static void report_faults(Cli *cli, Target target, const DumpFaults *faults)
{
        bool stays = false;

        VEC_EACH(const DumpFault, fault, faults) {
                stays |= target != TARGET_QUADLET && fault->def->profile->quadlet;
                command_note(cli, "%.*s:%u: %.*s '%.*s'%s%.*s%s cannot be said in %.*s: %.*s", STR_ARG(fault->at.source->path),
                             fault->at.line, STR_ARG(kind_info(fault->def->kind)->noun), STR_ARG(fault->def->name),
                             fault->key.len ? ", " : "", STR_ARG(fault->key), fault->key.len ? "=" : "",
                             STR_ARG(targets[target].name), STR_ARG(fault->why));
        }
        if (stays)
                command_note(cli, "a Quadlet file may stay one: Bayplan reads it as it is, beside its own definitions");
}

/* ---- converting ---- */

static bool has_quadlet(const Model *model)
{
        VEC_EACH(Def *const, def, &model->defs)
                if ((*def)->profile->quadlet)
                        return true;
        return false;
}

/* All that the definitions mean is known only when they have been resolved; for INI and YAML alone, what they say
 * is enough, and they need not be complete. */
static bool convert(Cli *cli, Target target, Docs docs, ConvertFiles *ret, bool *ret_whole)
{
        Run *run = cli->run;
        Buf text = BUF(run->arena);
        DumpFaults faults = { 0 };
        Model model = bind_docs(run, &docs);
        bool ok = true;

        *ret_whole = target == TARGET_QUADLET || has_quadlet(&model);
        if (*ret_whole) {
                run->diags->all.count = run->diags->errors = run->diags->warnings = 0;

                const Pipeline pipeline = pipeline_run(run, docs);

                if (!report_diags(cli, run->diags))
                        return false;
                ok = target == TARGET_QUADLET ? convert_quadlet(run, &pipeline.fleet, ret, &faults)
                                              : convert_native(run, &pipeline.fleet, &pipeline.model, &model, &faults);
        } else if (!report_diags(cli, run->diags)) {
                return false;
        }
        if (target != TARGET_QUADLET) {
                ok &= (target == TARGET_INI ? dump_ini : dump_yaml)(&text, &model, &faults);
                VEC_ADD(run->arena, ret, (ConvertFile){ str_c(targets[target].file), buf_str(&text) });
        }
        report_faults(cli, target, &faults);
        return ok;
}

/* ---- reading it again ---- */

static Doc *read_file(Run *run, Target target, const ConvertFile *file)
{
        Doc *doc = ARENA_NEW(run->arena, Doc);
        Source *source = source_new(run->arena, arena_fmt(run->arena, "/%.*s", STR_ARG(file->name)), targets[target].format);

        source->text = file->text;
        doc->source = source;
        doc->relative = file->name;
        doc->name = str_first(file->name, str_rfind(file->name, '.'));
        doc->readable = true;
        load_tree(run, doc);
        return doc;
}

/* Of Quadlet's values no form is looked at, and Bayplan's have one. */
static bool check_result(Cli *cli, Target target, const ConvertFiles *files, bool whole)
{
        Diags diags = { .arena = cli->run->arena };
        Run run = *cli->run;
        Docs docs = { 0 };

        run.diags = &diags;
        VEC_EACH(const ConvertFile, file, files)
                VEC_ADD(run.arena, &docs, read_file(&run, target, file));
        if (whole)
                pipeline_run(&run, docs);
        else
                bind_docs(&run, &docs);
        if (report_diags(cli, &diags))
                return true;
        command_note(cli, "so it cannot be said in %.*s; the lines are those of the result", STR_ARG(targets[target].name));
        return false;
}

/* ---- printing ---- */

static void print_files(Cli *cli, const ConvertFiles *files)
{
        VEC_EACH(const ConvertFile, file, files) {
                if (files->count > 1)
                        buf_fmt(&cli->out.text, "%s# FileName=%.*s\n", file == files->items ? "" : "---\n",
                                STR_ARG(str_first(file->name, str_rfind(file->name, '.'))));
                buf_add(&cli->out.text, file->text);
        }
}

static int write_file(int directory, const ConvertFile *file)
{
        struct stat st;
        const int r = fs_stat(directory, file->name.data, &st);

        return r == -ENOENT ? fs_write_file(directory, file->name.data, file->text, 0644) : r < 0 ? r : -EEXIST;
}

static bool write_files(Cli *cli, const ConvertFiles *files)
{
        CLEANUP(close_fd) int directory = -1;
        const int r = fs_open_dir(AT_FDCWD, arena_c(cli->run->arena, cli->output), &directory);
        bool ok = r == 0;

        if (!ok)
                command_note(cli, "cannot open '%.*s': %.*s", STR_ARG(cli->output), STR_ARG(fs_error(r)));
        for (size_t i = 0; i < files->count && ok; i++) {
                const int error = write_file(directory, &files->items[i]);

                ok = error == 0;
                if (!ok)
                        command_note(cli, "cannot write '%.*s/%.*s': %.*s", STR_ARG(cli->output),
                                     STR_ARG(files->items[i].name), STR_ARG(fs_error(error)));
        }
        return ok;
}

/* ---- the command ---- */

static bool find_target(Cli *cli, Target *ret)
{
        for (unsigned target = 0; target < TARGET_COUNT; target++)
                if (str_eq(targets[target].name, cli->to)) {
                        *ret = (Target)target;
                        return true;
                }
        command_note(cli, cli->to.len ? "--to= takes ini, yaml or quadlet, not '%.*s'" : "--to= is missing: ini, yaml or quadlet",
                     STR_ARG(cli->to));
        return false;
}

/* Relative paths of definitions count from their directory, and the result may go anywhere. */
static void make_absolute(Cli *cli)
{
        char here[PATH_MAX];

        if (!getcwd(here, sizeof(here)))
                return;
        VEC_EACH(Str, name, &cli->arguments)
                if (str_is(*name, "."))
                        *name = arena_str(cli->run->arena, str_c(here));
                else if (!str_starts(*name, S("/")))
                        *name = arena_fmt(cli->run->arena, "%s/%.*s", here, STR_ARG(*name));
}

int command_convert(Cli *cli)
{
        ConvertFiles files = { 0 };
        Target target;

        if (!find_target(cli, &target))
                return EXIT_USAGE;
        if (!cli->arguments.count || (cli->output.len && target != TARGET_QUADLET)) {
                command_note(cli, cli->arguments.count ? "--output= is for --to=quadlet" : "which files? See 'bayplan convert --help'");
                return EXIT_USAGE;
        }

        make_absolute(cli);

        const Docs docs = search_read_named(cli->run, cli->arguments.items, cli->arguments.count);
        bool whole = false;
        const unsigned unread = cli->run->diags->errors;

        if (unread)
                report_diags(cli, cli->run->diags);
        if (unread || !convert(cli, target, docs, &files, &whole) || !check_result(cli, target, &files, whole))
                return EXIT_FAILURE;
        if (cli->output.len)
                return write_files(cli, &files) ? EXIT_SUCCESS : EXIT_FAILURE;
        print_files(cli, &files);
        return EXIT_SUCCESS;
}
