/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "backend/backend.h"

/* podman(1) as Quadlet calls it: the same table, but Podman's own defaults, and no helper of ours between systemd
 * and podman (podman-systemd.unit(5)). */
extern const Backend backend_quadlet;

/* quadlet_object.c */
void quadlet_pod(Brew *brew);
void quadlet_network(Brew *brew);
void quadlet_volume(Brew *brew);
void quadlet_image(Brew *brew);
void quadlet_build(Brew *brew);
void quadlet_kube(Brew *brew);
void quadlet_artifact(Brew *brew);

/* SyslogIdentifier=, and the properties of what is done when it has started. */
void quadlet_oneshot(Brew *brew);
/* The environment, Type=, NotifyAccess=, KillMode= of what runs until it is stopped. */
void quadlet_supervised(Brew *brew);
