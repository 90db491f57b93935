/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Lists what lies in the directories of a search path, without reading any of it: files that have
 * the suffix of a definition, and directories of drop-ins. A file system loop, a link to nowhere
 * and a FIFO do no harm. */

#include "base/fs.h"
#include "base/map.h"
#include "input/search.h"

/* A directory of the search path, open as long as files are read from it. */
typedef struct Root {
        Str path;
        int fd;
        unsigned rank; /* 0: the highest precedence */
        bool quadlet;  /* it is Podman's own: what else lies in it belongs to its files */
} Root;

/* A file below a root, named for a definition or drop-in; it may turn out to be no file at all. */
typedef struct Found {
        const Root *root;
        Str relative; /* ends in NUL */
        FsType type;
        Format format;
} Found;

typedef struct DropinFile {
        Str name; /* "10-memory.conf" */
        Found found;
        bool loaded;
        Doc *doc; /* once loaded: NULL when it masks its name */
} DropinFile;

typedef struct DropinDir DropinDir;
struct DropinDir {
        const Root *root;
        Str relative; /* "shop/web.ini.d"; ends in NUL */
        bool quadlet; /* as in Step */
        bool used;    /* a definition of that name exists */
        bool listed;
        VEC(DropinFile) files; /* by name, once listed */
        DropinDir *next;        /* elsewhere, of the same name */
        DropinDir *last;        /* of the first one of that name */
};

/* A directory that is still to be read. */
typedef struct Step {
        const Root *root;
        Str relative; /* ends in NUL; empty: the root itself */
        unsigned depth;
        bool is_link; /* it or what it lies in */
        bool quadlet; /* the same, of a directory of that name or of Podman's */
} Step;

typedef struct Walk {
        Run *run;
        VEC(Root *) roots;
        VEC(Found) files;
        VEC(DropinDir) dropins;
        Map same_name; /* their names without directories → the first DropinDir of that name */
        VEC(Step) real;
        VEC(Step)
        links;       /* after all real ones, so that a directory keeps its own name if it has one */
        Map visited; /* by device and inode */
} Walk;

/* Opens a directory of the path; NULL, and reported unless it does not exist. */
Root *walk_open(Walk *walk, Str path);
/* All below the roots, in sub-directories too. */
void walk_all(Walk *walk);
/* Only the drop-in directories directly in a root. */
void walk_dropins(Walk *walk, const Root *root);
/* Closes the roots. */
void walk_done_p(Walk *walk);

/* By relative name, then in the order of the search path. */
int walk_order(const Root *a, Str relative_a, const Root *b, Str relative_b);
/* What an entry is after links have been followed, by stat(2) only where the directory did not
 * tell. */
int walk_type(int dir_fd, const FsEntry *entry, FsType *ret);
/* Names that mean nothing anywhere: hidden ones, and what editors and package managers leave
 * behind. */
bool walk_ignores(Str name);
