/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* bayplan shell, bayplan login: finds the container that runs, becomes the user whose it is, and then the program
 * that enters it. */

#include "base/fs.h"
#include "base/nearest.h"
#include "base/num.h"
#include "cli/bus.h"
#include "cli/enter.h"

#include <assert.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

enum {
        EXIT_CANNOT_EXEC = 126, /* as of env(1) */
        EXIT_NOT_FOUND = 127,
};

/* ---- which container ---- */

/* An instance of a template, "app@one": the template's unit is "app@.service". */
static bool is_instance(Arena *arena, const Object *object, Str wanted, Str *ret_unit)
{
        const Str suffix = S(".service"), stem = str_ends(wanted, suffix) ? str_first(wanted, wanted.len - suffix.len) : wanted;
        const size_t at = str_find(stem, '@') + 1;

        if (at >= stem.len || !str_eq(object->unit, arena_fmt(arena, "%.*s.service", STR_ARG(str_first(stem, at)))))
                return false;
        *ret_unit = arena_fmt(arena, "%.*s.service", STR_ARG(stem));
        return true;
}

static bool is_named(Arena *arena, const Object *object, Str wanted, Str *ret_unit)
{
        if (is_instance(arena, object, wanted, ret_unit))
                return true;
        if (!str_eq(object->def->name, wanted) && !str_eq(object->unit, wanted) &&
            !str_eq(object->unit, arena_fmt(arena, "%.*s.service", STR_ARG(wanted))))
                return false;
        *ret_unit = object->unit;
        return true;
}

static void say_nothing_found(Cli *cli, const Fleet *fleet, const Object *other, Str wanted)
{
        Nearest nearest = nearest_start(wanted);

        VEC_EACH(Object *const, c, &fleet->objects) {
                if ((*c)->def->kind != KIND_CONTAINER)
                        continue;
                nearest_offer(&nearest, (*c)->def->name);
                nearest_offer(&nearest, (*c)->unit);
        }
        if (other)
                command_note(cli, "'%.*s' is a %.*s, no container", STR_ARG(wanted), STR_ARG(kind_info(other->def->kind)->noun));
        else if (nearest.best.len)
                command_note(cli, "no container is named '%.*s'; did you mean '%.*s'?", STR_ARG(wanted), STR_ARG(nearest.best));
        else
                command_note(cli, "no container is named '%.*s'; 'bayplan list%s' shows what is defined", STR_ARG(wanted),
                             cli->run->scope == SCOPE_USER ? " --user" : "");
}

static bool find_container(Cli *cli, const Fleet *fleet, Enter *enter)
{
        const Str wanted = cli->arguments.items[0];
        const Object *other = NULL;

        VEC_EACH(Object *const, c, &fleet->objects) {
                if (!is_named(cli->run->arena, *c, wanted, &enter->unit))
                        continue;
                if ((*c)->def->kind == KIND_CONTAINER) {
                        enter->object = *c;
                        return true;
                }
                other = *c;
        }
        say_nothing_found(cli, fleet, other, wanted);
        return false;
}

/* ---- whether it runs ---- */

/* What is on its way, up or down, is tried: a container that others wait for to be healthy runs already. */
static bool check_running(Cli *cli, const Enter *enter)
{
        const char *systemctl = cli->run->scope == SCOPE_USER ? "systemctl --user" : "systemctl";
        const Str name = cli->arguments.items[0];
        Str state;

        if (enter->unit.len && str_ends(enter->unit, S("@.service"))) {
                command_note(cli, "'%.*s' is a template: name an instance, '%.*sINSTANCE'", STR_ARG(name),
                             STR_ARG(str_first(enter->unit, enter->unit.len - strlen(".service"))));
                return false;
        }
        if (!bus_unit_states(cli->run, &enter->unit, 1, &state))
                return true;
        if (str_is(state, "inactive"))
                command_note(cli, "container '%.*s' does not run; '%s start %.*s' starts it", STR_ARG(name), systemctl,
                             STR_ARG(enter->unit));
        else if (str_is(state, "failed"))
                command_note(cli, "container '%.*s' has failed; '%s status %.*s' tells why", STR_ARG(name), systemctl,
                             STR_ARG(enter->unit));
        else if (str_is(state, "not-found"))
                command_note(cli, "container '%.*s' does not run; '%s daemon-reload' makes its unit, and '%s start %.*s' starts it",
                             STR_ARG(name), systemctl, systemctl, STR_ARG(enter->unit));
        else if (str_is(state, "masked"))
                command_note(cli, "container '%.*s' does not run: '%.*s' is masked", STR_ARG(name), STR_ARG(enter->unit));
        else
                return true;
        return false;
}

/* ---- whose it is ---- */

static const struct passwd *find_user(Arena *arena, Str name)
{
        const struct passwd *user = getpwnam(arena_c(arena, name));
        uint64_t uid;

        return !user && num_unsigned(name, UINT32_MAX - 1, &uid) ? getpwuid((uid_t)uid) : user;
}

/* Where an engine without root has its state, for who came by su(1) or sudo(8). */
static void set_environment(Arena *arena, const struct passwd *user, bool always)
{
        const char *runtime = arena_fmt(arena, "/run/user/%u", (unsigned)user->pw_uid).data;

        setenv("XDG_RUNTIME_DIR", runtime, always);
        setenv("DBUS_SESSION_BUS_ADDRESS", arena_fmt(arena, "unix:path=%s/bus", runtime).data, always);
        if (!always)
                return;
        setenv("HOME", user->pw_dir, true);
        setenv("USER", user->pw_name, true);
        setenv("LOGNAME", user->pw_name, true);
        unsetenv("XDG_CONFIG_HOME");
        unsetenv("XDG_DATA_HOME");
        unsetenv("XDG_CACHE_HOME");
}

/* root becomes the user. A working directory that is not the user's to see stops podman. */
static bool become(Cli *cli, const struct passwd *user)
{
        set_environment(cli->run->arena, user, true);
        if (initgroups(user->pw_name, user->pw_gid) == 0 && setresgid(user->pw_gid, user->pw_gid, user->pw_gid) == 0 &&
            setresuid(user->pw_uid, user->pw_uid, user->pw_uid) == 0 && chdir("/") == 0)
                return true;
        command_note(cli, "cannot become user '%s': %.*s", user->pw_name, STR_ARG(fs_error(-errno)));
        return false;
}

/* Of this very user, or of docker's daemon, which knows itself whom it lets in. */
static bool stay(Cli *cli, const Enter *enter, const struct passwd *user)
{
        if (cli->run->scope == SCOPE_USER || enter->object->run_as.len) {
                set_environment(cli->run->arena, user, false);
                return true;
        }
        if (!user->pw_uid || enter->object->engine == ENGINE_DOCKER)
                return true;
        command_note(cli, "container '%.*s' is the system's, and only root can enter it; --user is for your own",
                     STR_ARG(cli->arguments.items[0]));
        return false;
}

static bool take_owner(Cli *cli, const Enter *enter)
{
        const Str name = cli->arguments.items[0], run_as = enter->object->run_as;
        const bool other = run_as.len && cli->run->scope == SCOPE_SYSTEM;
        const struct passwd *user = other ? find_user(cli->run->arena, run_as) : getpwuid(cli->run->uid);

        if (user && user->pw_uid == cli->run->uid)
                return stay(cli, enter, user);
        if (user && cli->run->uid == 0)
                return become(cli, user);
        if (user)
                command_note(cli, "container '%.*s' belongs to user '%.*s': only they and root can enter it", STR_ARG(name),
                             STR_ARG(run_as));
        else if (other)
                command_note(cli, "container '%.*s' belongs to user '%.*s', who does not exist", STR_ARG(name), STR_ARG(run_as));
        else
                command_note(cli, "user %u has no name here, and cannot enter a container", cli->run->uid);
        return false;
}

/* ---- entering ---- */

static bool (*const enters[ENGINE_COUNT])(const Enter *enter, Argv *ret) = {
        [ENGINE_PODMAN] = enter_oci,
        [ENGINE_DOCKER] = enter_oci,
        [ENGINE_NSPAWN] = enter_nspawn,
};
static_assert(ELEMENTS(enters) == ENGINE_COUNT, "each engine can be entered");

static int enter_container(Cli *cli, bool login)
{
        const Selection selection = selection_read(cli);
        const Fleet *fleet = &selection.pipeline.fleet;
        Enter enter = {
                .cli = cli,
                .fleet = fleet,
                .login = login,
                .terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO),
                .words = cli->arguments.items + 1,
                .count = cli->arguments.count - 1,
        };
        Argv argv = { 0 };

        if (!find_container(cli, fleet, &enter) || !check_running(cli, &enter) || !take_owner(cli, &enter) ||
            !enters[enter.object->engine](&enter, &argv))
                return EXIT_ENTER;
        execvp(argv.items[0], argv_end(cli->run->arena, &argv));

        const int error = errno;

        command_note(cli, "cannot execute '%s': %.*s", argv.items[0], STR_ARG(fs_error(-error)));
        return error == ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_EXEC;
}

static int run(Cli *cli, bool login)
{
        if (cli->arguments.count)
                return enter_container(cli, login);
        command_note(cli, "which container? See 'bayplan %s --help'", commands[cli->command].name);
        return EXIT_USAGE;
}

int command_shell(Cli *cli)
{
        return run(cli, false);
}

int command_login(Cli *cli)
{
        return run(cli, true);
}
