/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "backend/backend.h"

/* systemd-nspawn(1): a directory tree of the host is the container. nspawn itself is the unit's main process and
 * speaks to systemd; the unit's control group, which is delegated to it, is the container's. A container boots its
 * own init, or runs a command. */
extern const Backend backend_nspawn;

/* "--name=VALUE": nspawn's options, some of which take their values that way only. */
void nspawn_add(Brew *brew, const char *flag, Text value);
/* The tree of the container on the host. */
Text nspawn_root(Brew *brew);
/* Whether the users of the container are others than the host's. */
bool nspawn_has_users(const Object *c);
/* Whether the tree is made in the unit's runtime directory, for one run. */
bool nspawn_is_scratch(const Object *c);

/* Whether process 1 is nspawn's little init, and the command its child. */
bool nspawn_has_init(const Object *c);

/* nspawn_check.c: what nspawn cannot do. */
bool nspawn_check(Run *run, const Fleet *fleet, const Object *c);

/* nspawn_net.c */
bool nspawn_check_network(Run *run, const Fleet *fleet, const Object *c);
/* Whether its network namespace is made before nspawn is started. */
bool nspawn_has_namespace(const Object *c);
/* Whether it has a way to name servers elsewhere. */
bool nspawn_reaches_out(const Object *c);
/* Commands before the start and after the stop, and nspawn's own words. */
/* Lets systemd start nspawn in the namespace at that path. */
void nspawn_join(Brew *brew, Text path);
void nspawn_prepare_network(Brew *brew);
void nspawn_end_network(Brew *brew);
/* The same for whatever may have been made. */
void nspawn_leave_network(Brew *brew);
void nspawn_network_words(Brew *brew);
/* Whether bayplan-rootfs writes the tree's resolv.conf. */
bool nspawn_takes_dns(const Object *c);

/* nspawn_mount.c */
void nspawn_volume(Brew *brew, OptionId id, const Value *first);
void nspawn_mount(Brew *brew, OptionId id, const Value *first);
void nspawn_tmpfs(Brew *brew, OptionId id, const Value *first);
void nspawn_device(Brew *brew, OptionId id, const Value *first);
void nspawn_secret(Brew *brew, OptionId id, const Value *first);
/* Options of Volume=, as podman has them, in nspawn's words: ret_read_only, and those of --bind=. False: *ret_bad is
 * one that nspawn has not. */
bool nspawn_mount_options(Arena *arena, Str fields, bool *ret_read_only, Str *ret_rest, Str *ret_bad);
/* The fields of a long mount. */
typedef struct NspawnMount {
        Str type; /* "volume" when none is written */
        Str source;
        Str destination;
        Str options; /* all other fields */
} NspawnMount;
NspawnMount nspawn_mount_fields(Arena *arena, Str text);
