/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What of Quadlet's is no container. */

#include "backend/oci.h"
#include "backend/quadlet.h"
#include "model/quadlet.h"

/* PODMAN… COMMAND VERB */
static void begin(Brew *brew, Phase phase, const char *command, const char *verb)
{
        oci_begin(brew, phase, false);
        oci_add(brew, LITERAL(str_c(command)));
        if (verb)
                oci_add(brew, LITERAL(str_c(verb)));
}

/* ---- pods ---- */

static void create_pod(Brew *brew)
{
        const Text name = object_self(brew->object);

        begin(brew, PHASE_START_PRE, "pod", "create");
        oci_add(brew, T("--infra-conmon-pidfile=%t/%N.pid"));
        oci_add(brew, T("--replace"));
        oci_flag(brew, "--infra-name", text_concat(brew->arena, (const Text[]){ name, T("-infra") }, 2));
        oci_flag(brew, "--name", name);
        backend_options(brew);
        /* The ports of Bayplan's own members are the pod's. */
        VEC_EACH(Object *const, member, &brew->object->members)
                if (!(*member)->broken && !(*member)->def->profile->quadlet)
                        oci_pod_publish(brew, OPT_CONTAINER_PublishPort,
                                        def_get((*member)->def, OPT_CONTAINER_PublishPort));
}

void quadlet_pod(Brew *brew)
{
        const Text name = object_self(brew->object), timeout = def_text(brew->def, OPT_POD_StopTimeout);

        recipe_property(brew->arena, brew->recipe, S("SyslogIdentifier"), T("%N"));
        recipe_listed(brew->arena, brew->recipe, S("Type"), T("forking"));
        recipe_listed(brew->arena, brew->recipe, S("PIDFile"), T("%t/%N.pid"));
        recipe_property(brew->arena, brew->recipe, S("Restart"), T("on-failure"));
        words_add(brew->arena, &brew->recipe->environment, T("PODMAN_SYSTEMD_UNIT=%n"));

        create_pod(brew);
        begin(brew, PHASE_START, "pod", "start");
        oci_add(brew, name);
        begin(brew, PHASE_STOP, "pod", "stop");
        oci_add(brew, T("--ignore"));
        oci_add(brew, text_join(brew->arena, S("--time="), timeout.str.len ? timeout : T("10")));
        oci_add(brew, name);
        begin(brew, PHASE_STOP_POST, "pod", "rm");
        oci_add(brew, T("--ignore"));
        oci_add(brew, T("--force"));
        oci_add(brew, name);
}

/* ---- networks and volumes ---- */

void quadlet_network(Brew *brew)
{
        begin(brew, PHASE_START, "network", "create");
        oci_add(brew, T("--ignore"));
        backend_options(brew);
        oci_add(brew, object_self(brew->object));
        if (def_flag(brew->def, OPT_NETWORK_NetworkDeleteOnStop, false)) {
                begin(brew, PHASE_STOP_POST, "network", "rm");
                oci_add(brew, object_self(brew->object));
        }
        quadlet_oneshot(brew);
}

void quadlet_volume(Brew *brew)
{
        begin(brew, PHASE_START, "volume", "create");
        oci_add(brew, T("--ignore"));
        backend_options(brew);
        oci_add(brew, object_self(brew->object));
        quadlet_oneshot(brew);
}

/* ---- images and artifacts ---- */

void quadlet_image(Brew *brew)
{
        begin(brew, PHASE_START, "image", "pull");
        backend_options(brew);
        oci_add(brew, def_text(brew->def, OPT_IMAGE_Image));
        quadlet_oneshot(brew);
}

void quadlet_artifact(Brew *brew)
{
        begin(brew, PHASE_START, "artifact", "pull");
        backend_options(brew);
        oci_add(brew, def_text(brew->def, OPT_ARTIFACT_Artifact));
        quadlet_oneshot(brew);
}

static void working_directory(Brew *brew, const QuadletPlace *place)
{
        if (place->directory.len)
                recipe_property(brew->arena, brew->recipe, S("WorkingDirectory"), LITERAL(place->directory));
}

/* It stays, so that a start of what uses the image does not build it anew; a restart of the unit does. */
void quadlet_build(Brew *brew)
{
        const QuadletPlace place = quadlet_place(brew->arena, brew->def);

        working_directory(brew, &place);
        begin(brew, PHASE_START, "build", NULL);
        backend_options(brew);
        if (place.context.str.len)
                oci_add(brew, place.context);
        quadlet_oneshot(brew);
}

/* ---- Kubernetes files ---- */

void quadlet_kube(Brew *brew)
{
        const QuadletPlace place = quadlet_place(brew->arena, brew->def);
        const Value *force = def_get(brew->def, OPT_KUBE_KubeDownForce);

        quadlet_supervised(brew);
        working_directory(brew, &place);
        begin(brew, PHASE_START, "kube", "play");
        oci_add(brew, T("--replace"));
        oci_add(brew, T("--service-container=true"));
        backend_options(brew);

        begin(brew, PHASE_STOP_POST, "kube", "down");
        if (force)
                oci_add(brew, force->flag ? T("--force") : T("--force=false"));
        backend_values(brew, OPT_KUBE_Yaml);
}
