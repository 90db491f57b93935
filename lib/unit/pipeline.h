/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The pipeline from documents to a plan in one call, for all mains: everything is known and reported before
 * the first byte is written. */

#include "input/search.h"
#include "model/bind.h"
#include "model/resolve.h"
#include "unit/compose.h"

typedef struct Pipeline {
        Docs docs;
        Model model;
        Fleet fleet;
        Plan plan;
} Pipeline;

Pipeline pipeline_run(Run *run, Docs docs);
