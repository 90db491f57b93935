/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/def.h"

/* Binds documents to the option table: sections become definitions, entries typed values, drop-ins are merged.
 * What is wrong is reported, its definition marked as broken and kept, so that it can be named. */
Model bind_docs(Run *run, const Docs *docs);
