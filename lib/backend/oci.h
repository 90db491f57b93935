/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the engines of OCI containers, podman and docker, have in common: most of their options, and that the
 * image is made to be there before the container starts. nspawn shares what is not about images. */

#include "backend/backend.h"

/* A word, or a flag and its value, of the command that is being built. */
static inline void oci_add(Brew *brew, Text word)
{
        words_add(brew->arena, brew->words, word);
}

static inline void oci_flag(Brew *brew, const char *name, Text value)
{
        words_flag(brew->arena, brew->words, str_c(name), value);
}


/* The label that holds the name of the unit that has made a container. podman sets it by itself, out of
 * Environment=; what else a unit makes, networks and pods, should have it too: AutoPrune= passes it over. */
Str oci_unit_label(Engine engine);

/* ["a","b"]: an argument vector in one word. */
Text oci_json_words(Brew *brew, const Value *first);

void oci_stop_timeout(Brew *brew, OptionId id, const Value *value);
/* podman's flag for who tells systemd that the container is ready; not for READY_COMPLETED. */
Text oci_sdnotify(Ready ready);
void oci_user(Brew *brew, OptionId id, const Value *value);
void oci_volume(Brew *brew, OptionId id, const Value *first);
void oci_mount(Brew *brew, OptionId id, const Value *first);
void oci_volatile_tmp(Brew *brew, OptionId id, const Value *value);
void oci_capabilities(Brew *brew, OptionId id, const Value *first);
void oci_security(Brew *brew, OptionId id, const Value *first);
void oci_secret(Brew *brew, OptionId id, const Value *first);
void oci_device(Brew *brew, OptionId id, const Value *first);

/* LoadCredential=NAME[:PATH] of the unit. */
void oci_load_credential(Brew *brew, const Credential *credential, Door door);
/* The container's file of a credential: its place inside, and the one on the host. */
Text oci_secret_target(Brew *brew, const Value *value);
Str oci_secret_source(Brew *brew, const Secret *secret);
/* Loads the credentials that the container gets as files, and gives them their owners. */
void oci_prepare_secrets(Brew *brew);
/* bayplan-supervise, to be the main process, before the engine's own words. */
void oci_supervise(Brew *brew);
/* What the unit waits for: the network where a pull may be needed, the file systems of host paths. */
void oci_needs(Brew *brew);
/* Type= and NotifyAccess=. */
void oci_type(Brew *brew, Text access);
/* Restart=, the exit statuses of a clean stop, and the time-outs. */
void oci_service(Brew *brew);
/* ExecReload=, by ReloadCmd= or ReloadSignal=. */
void oci_reload(Brew *brew);

/* The engine, its modules and global arguments: how each command line begins. */
void oci_begin_words(Brew *brew);
void oci_begin(Brew *brew, Phase phase, bool may_fail);
/* Which engine a helper calls, and the same arguments for it. */
void oci_helper_engine(Brew *brew);

/* The name of a network in the engine, and the options that stand behind it, ":…"; a mode, as it is written. */
Text oci_network_name(Brew *brew, const Value *value, Str *ret_options);
/* What podman of another user needs of the machine, for [Service] User=. */
void oci_rootless(Brew *brew);

/* oci_volume.c */
/* What is mounted instead of the name in the value; empty: the value says it. */
Text oci_volume_source(Brew *brew, OptionId id, const Value *value, bool *ret_directory);
/* Makes the directories of named volumes that have no definition, below VolumeBaseDir=. */
void oci_prepare_volumes(Brew *brew);
/* A command that makes one, with brew->words left at its end. */
void oci_make_directory(Brew *brew, Phase phase, Text path);

/* How long a start may take whose container is to be healthy. */
uint64_t oci_healthy_seconds(const Brew *brew);
/* The daemon, or the user's podman. */
void oci_needs_engine(Brew *brew);

/* oci_image.c */
/* What the engine calls the image in the value, which may refer to a definition. */
Text oci_image(const Brew *brew, const Value *value);
/* Whether the image of a container or of an image's own definition may have to be pulled by its unit. */
bool oci_may_pull(const Brew *brew);
/* Then it starts after the network is there (OCI-36). */
void oci_needs_pull(Brew *brew);
/* Adds the command that makes the container's image be there, unless it must be there already. */
void oci_prepare_image(Brew *brew);
/* The same for a volume of an image. */
void oci_prepare_volume_image(Brew *brew);
/* The recipe of a unit that looks for a newer image and restarts the container with it. */
void oci_update(Brew *brew);
void oci_build_tag(Brew *brew, OptionId id, const Value *first);
/* The whole recipe of an image and of a build. */
void oci_image_unit(Brew *brew);
void oci_build_unit(Brew *brew);

/* oci_address.c */
/* Lets the start wait for the addresses of published ports that may come late. */
void oci_await_addresses(Brew *brew);

/* oci_pod.c */
void oci_publish(Brew *brew, OptionId id, const Value *first);
void oci_expose(Brew *brew, OptionId id, const Value *first);
void oci_join_pod(Brew *brew, OptionId id, const Value *value);
void oci_exit_policy(Brew *brew, OptionId id, const Value *value);
void oci_pod_publish(Brew *brew, OptionId id, const Value *first);
void oci_pod_aliases(Brew *brew, OptionId id, const Value *first);
void oci_pod_hosts(Brew *brew, OptionId id, const Value *first);
/* Flags of a container for what its pod says of names and of its resolver. */
void oci_pod_names(Brew *brew, const Object *pod);
/* The whole recipe of a pod of podman. */
void oci_pod_unit(Brew *brew);

/* oci_object.c */
void oci_subnets(Brew *brew, OptionId id, const Value *first);
void oci_volume_image(Brew *brew, OptionId id, const Value *value);
void oci_volume_copy(Brew *brew, OptionId id, const Value *value);
void oci_volume_type(Brew *brew, OptionId id, const Value *value);
void oci_volume_device(Brew *brew, OptionId id, const Value *value);
void oci_volume_options(Brew *brew, OptionId id, const Value *value);
/* The whole recipe of a network, of a pod that is one, of a volume. */
void oci_pod_network_unit(Brew *brew);
void oci_network_unit(Brew *brew);
void oci_volume_unit(Brew *brew);
