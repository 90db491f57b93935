/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The versions of the engines and of systemd that units are for. Nothing is run to learn them: [Defaults] says
 * them, or a file that `bayplan versions` has made, or, for systemd, the name of its own library. What is not
 * known counts as current: a wrong guess would drop definitions that work. */

#include "model/def.h"

#define VERSIONS_DIRECTORY "/etc/bayplan" /* where an administrator has the file, */
#define VERSIONS_VENDOR "/usr/lib/bayplan" /* and where the maker of an image */
#define VERSIONS_NAME "versions"

typedef struct Version {
        Str text;   /* "4.3.1"; empty: not known */
        Str source; /* what says so: "PodmanVersion=", or a path */
} Version;

typedef struct Versions {
        Version engine[ENGINE_COUNT];
        Version systemd; /* looked for only when something needs it, see versions_systemd() */
        bool systemd_sought;
} Versions;

/* A record of a version in the file: "podman=4.3.1 /usr/bin/podman 32969312 1775600000". The program, its size
 * in bytes and its time of change in seconds tell whether it is still the one that was asked; a line without
 * them always holds. */
typedef struct VersionRecord {
        Str name; /* "podman", "docker", "systemd" */
        Str version;
        Str program; /* may be empty */
        uint64_t size, mtime;
} VersionRecord;

/* What is known without a look at systemd's files. defaults may be NULL. */
Versions versions_read(Run *run, const Def *defaults);
/* systemd's, looked for at the first call. */
const Version *versions_systemd(Run *run, Versions *versions);

/* False only when the version is known and is an older one. */
bool version_at_least(const Version *version, unsigned major, unsigned minor);
/* The same for "5.3" or "5". */
bool version_reaches(const Version *version, Str wanted);

/* The number at the beginning: "26.1.5" of "26.1.5+dfsg1"; empty when there is none. */
Str version_number(Str text);
/* False for what is no such line. */
bool version_parse_record(Str line, VersionRecord *ret);
/* The line, with its end. */
void version_format_record(Buf *buf, const VersionRecord *record);
