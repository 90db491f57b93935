/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A Plan is what will be written: units and links in memory, sorted. commit.h writes it. Names are relative to
 * the output directory and cannot lead out of it. */

#include "base/run.h"

typedef struct PlanUnit {
        Str name;   /* "podman-web.service" */
        Str dropin; /* a file in "NAME.d": what is written is that; empty: the unit itself */
        Str text;
        const void *def; /* the definition it is made of, NULL for Bayplan's own */
        bool stub;
        Loc at;
} PlanUnit;

typedef struct PlanLink {
        Str directory; /* "multi-user.target.wants"; empty: the output directory itself */
        Str name;      /* of the link */
        Str target;    /* its text, relative */
        Str unit;      /* the unit it is for: made only when that has been written */
} PlanLink;

typedef struct Plan {
        VEC(PlanUnit) units; /* by name, then drop-in, each once */
        VEC(PlanLink) links; /* by directory, then name, each once */
} Plan;

/* Sorts, and drops links that repeat another. */
void plan_settle(Plan *plan);
