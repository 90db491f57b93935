/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The network of containers of systemd-nspawn. A private one is the network namespace of the unit: bayplan-netns(8)
 * fills it before nspawn is started in it, so that all is there when the container's first process runs, and so that
 * it goes together with user namespaces (T-03, NSP-19). */

#include "backend/lacks.h"
#include "backend/netns.h"
#include "backend/nspawn.h"
#include "backend/oci.h"
#include "model/machine.h"

/* ---- checks ---- */

/* Else they would have no effect (NSN-07). */
static bool check_private(Run *run, const Def *def)
{
        static const OptionId of_private[] = {
                OPT_CONTAINER_LocalAddress,    OPT_CONTAINER_LocalAddress6, OPT_CONTAINER_HostAddress,
                OPT_CONTAINER_HostAddress6,    OPT_CONTAINER_LocalMacAddress, OPT_CONTAINER_HostBridge,
                OPT_CONTAINER_VirtualEthernetExtra, OPT_CONTAINER_Macvlan,  OPT_CONTAINER_Interface,
                OPT_CONTAINER_PublishPort,     OPT_CONTAINER_Sysctl,
        };
        static const OptionId others[] = { OPT_CONTAINER_Netns, OPT_CONTAINER_Network };
        const bool private = def_flag(def, OPT_CONTAINER_PrivateNetwork, false);
        bool ok = true;

        for (size_t i = 0; i < ELEMENTS(of_private) && !private; i++)
                if (def_get(def, of_private[i]))
                        ok = diag(run->diags, DIAG_NEEDS, def_key_at(def, of_private[i]), option_info(of_private[i])->key,
                                  S("PrivateNetwork"));
        for (size_t i = 0; i < ELEMENTS(others) && private; i++)
                if (def_get(def, others[i]))
                        ok = diag_also(run->diags, DIAG_CONFLICT, def_key_at(def, others[i]),
                                       def_key_at(def, OPT_CONTAINER_PrivateNetwork), S("also set here"), S("PrivateNetwork"),
                                       option_info(others[i])->key);
        return ok;
}

/* Where the port is published. */
static Str address_of(const Fleet *fleet, const Port *port)
{
        const Value *usual = fleet->defaults ? def_get(fleet->defaults, OPT_DEFAULTS_PublishAddress) : NULL;
        Str text = port->address.len ? port->address : usual ? usual->text.str : S("127.0.0.1");

        return str_starts(text, S("[")) ? str_first(str_skip(text, 1), text.len - 2) : text;
}

/* The container's address of the same family; NULL: it has none. */
static const Value *target_of(const Def *def, Str address)
{
        return def_get(def, str_contains(address, ':') ? OPT_CONTAINER_LocalAddress6 : OPT_CONTAINER_LocalAddress);
}

static bool check_port(Run *run, const Fleet *fleet, const Def *def, const Value *value)
{
        const Str address = address_of(fleet, value_port(value));

        if (value->late)
                return lacks(run, ENGINE_NSPAWN, value, OPT_CONTAINER_PublishPort, value->text.str, S("write the port and the address"));
        if (!value_port(value)->host_first || value_port(value)->host_last - value_port(value)->host_first !=
                                               value_port(value)->container_last - value_port(value)->container_first)
                return lacks(run, ENGINE_NSPAWN, value, OPT_CONTAINER_PublishPort, value->text.str, S("write the port of the host"));
        /* Packets to ::1 leave the host's loopback by no means. */
        if (str_is(address, "::1") || str_contains(address, '%'))
                return lacks(run, ENGINE_NSPAWN, value, OPT_CONTAINER_PublishPort, value->text.str, S("publish it on 127.0.0.1, or on an address of the host"));
        return target_of(def, address) ||
               diag(run->diags, DIAG_NEEDS, value->at, option_info(OPT_CONTAINER_PublishPort)->key,
                    str_contains(address, ':') ? S("LocalAddress6") : S("LocalAddress"));
}

bool nspawn_check_network(Run *run, const Fleet *fleet, const Object *c)
{
        bool ok = check_private(run, c->def);

        for (const Value *value = def_get(c->def, OPT_CONTAINER_PublishPort); value && ok; value = value->next)
                ok &= check_port(run, fleet, c->def, value);
        for (const Value *value = def_get(c->def, OPT_CONTAINER_Sysctl); value; value = value->next)
                if (!str_starts(value->name, S("net.")) && !str_starts(value->name, S("net/")))
                        ok = diag(run->diags, DIAG_NETNS_SYSCTL, value->at, value->name);
        return ok;
}

/* ---- the namespace ---- */

/* systemd starts nspawn inside of it: told the path, nspawn would join it from within the user namespace, where that is
 * not permitted (T-03, NSP-19). */
void nspawn_join(Brew *brew, Text path)
{
        /* Without these, as in a container, it is no failure that it cannot run (NNS-19, T-02). */
        static const char *const needed[] = { "CAP_SYS_TTY_CONFIG", "CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_SYS_ADMIN" };

        for (size_t i = 0; i < ELEMENTS(needed); i++)
                words_add(brew->arena, &brew->recipe->capabilities, (Text){ str_c(needed[i]), DOOR_SYSTEMD });
        recipe_property(brew->arena, brew->recipe, S("NetworkNamespacePath"), path);
        /* Else what nspawn mounts would be for the unit alone (T-01). */
        recipe_property(brew->arena, brew->recipe, S("PrivateMounts"), T("no"));
}

bool nspawn_has_namespace(const Object *c)
{
        return machine_has_devices(c) ||
               (def_flag(c->def, OPT_CONTAINER_PrivateNetwork, false) && def_get(c->def, OPT_CONTAINER_Sysctl));
}

/* The namespace is not the container's own: by the kernel's usual rules its root could not listen on port 80. */
static void user_sysctls(Brew *brew)
{
        if (!nspawn_has_users(brew->object))
                return;
        oci_add(brew, T("--sysctl=net.ipv4.ip_unprivileged_port_start=0"));
        oci_add(brew, T("--sysctl=net.ipv4.ping_group_range=0 2147483647"));
}

static void netns_command(Brew *brew, Phase phase)
{
        brew->words = recipe_command(brew->arena, brew->recipe, phase, phase == PHASE_STOP_POST);
        oci_add(brew, LITERAL(BACKEND_HELPER("bayplan-netns")));
}

/* Where udev does not tell of devices, as in a container, their units never start. */
static bool has_device_units(const Brew *brew)
{
        return !run_env(brew->run, "container").len;
}

/* "sys-subsystem-net-devices-br\x2dlan.device" */
static Text device_unit(Brew *brew, Str device)
{
        Buf buf = BUF(brew->arena);

        buf_add(&buf, S("sys-subsystem-net-devices-"));
        for (size_t i = 0; i < device.len; i++) {
                const char c = device.data[i];

                if (char_is_alpha(c) || char_is_digit(c) || c == '_' || c == ':' || (c == '.' && i))
                        buf_char(&buf, c);
                else
                        buf_fmt(&buf, "\\x%02x", (unsigned char)c);
        }
        buf_add(&buf, S(".device"));
        return LITERAL(buf_str(&buf));
}

static void bind_to(Brew *brew, Str device)
{
        const Text unit = device_unit(brew, device);

        VEC_EACH(const Text, other, &brew->recipe->binds)
                if (str_eq(other->str, unit.str))
                        return;
        words_add(brew->arena, &brew->recipe->binds, unit);
}

/* Without its bridge the container is cut off. What is moved into it is no longer on the host (NSN-10). */
static void needs_devices(Brew *brew, const MachineWords *words)
{
        if (!has_device_units(brew))
                return;
        VEC_EACH(const MachineWord, word, words) {
                const Device *device = word->device;

                if (device && device->peer_bridge.len)
                        bind_to(brew, device->peer_bridge);
                else if (device && device->kind == DEVICE_MACVLAN)
                        bind_to(brew, device->parent);
                else if (device && device->kind == DEVICE_INTERFACE)
                        words_add(brew->arena, &brew->recipe->wants, device_unit(brew, device->name));
        }
}

static void make_namespace(Brew *brew)
{
        const MachineWords words = machine_words(brew->arena, brew->object);

        recipe_property(brew->arena, brew->recipe, S("PrivateNetwork"), T("yes"));
        /* Else what nspawn and bayplan-netns mount would be for the unit alone (T-01). */
        recipe_property(brew->arena, brew->recipe, S("PrivateMounts"), T("no"));
        needs_devices(brew, &words);
        netns_command(brew, PHASE_START_PRE);
        user_sysctls(brew);
        for (const Value *value = def_get(brew->def, OPT_CONTAINER_Sysctl); value; value = value->next)
                nspawn_add(brew, "--sysctl=", value->text);
        VEC_EACH(const MachineWord, word, &words)
                nspawn_add(brew, word->flag, LITERAL(word->text));
        oci_add(brew, T("add"));
        oci_add(brew, LITERAL(machine_space(brew->arena, brew->object)));
}

/* ---- ports ---- */

/* ADDRESS:FIRST-LAST:TARGET:FIRST-LAST/PROTOCOL */
static Text port_text(Brew *brew, const Value *value)
{
        const Port *port = value_port(value);
        const Str address = address_of(brew->fleet, port);
        const bool six = str_contains(address, ':');
        Str target = target_of(brew->def, address)->text.str, bits;

        str_cut(target, '/', &target, &bits);
        return LITERAL(arena_fmt(brew->arena, "%s%.*s%s:%u-%u:%s%.*s%s:%u-%u/%.*s", six ? "[" : "", STR_ARG(address), six ? "]" : "",
                                 port->host_first, port->host_last, six ? "[" : "", STR_ARG(target), six ? "]" : "",
                                 port->container_first, port->container_last,
                                 STR_ARG(port->protocol.len ? port->protocol : S("tcp"))));
}

static void ports_command(Brew *brew, Phase phase)
{
        brew->words = recipe_command(brew->arena, brew->recipe, phase, phase == PHASE_STOP_POST);
        oci_add(brew, LITERAL(BACKEND_HELPER("bayplan-ports")));
}

/* nspawn's own --port= does not answer on the host's loopback (T-31). */
static void publish(Brew *brew)
{
        const Text bridge = def_text(brew->def, OPT_CONTAINER_HostBridge);

        ports_command(brew, PHASE_START_PRE);
        nspawn_add(brew, "--device=", bridge.str.len ? bridge : LITERAL(machine_cable(brew->arena, brew->object)));
        for (const Value *value = def_get(brew->def, OPT_CONTAINER_PublishPort); value; value = value->next)
                nspawn_add(brew, "--port=", port_text(brew, value));
        oci_add(brew, LITERAL(machine_space(brew->arena, brew->object)));
}

/* ---- hosts(5) ---- */

static void hosts_command(Brew *brew, Phase phase)
{
        brew->words = recipe_command(brew->arena, brew->recipe, phase, true);
        oci_add(brew, LITERAL(BACKEND_HELPER("bayplan-hosts")));
        nspawn_add(brew, "--name=", LITERAL(brew->object->name));
}

static bool has_address(const Def *def)
{
        return def_get(def, OPT_CONTAINER_LocalAddress) || def_get(def, OPT_CONTAINER_LocalAddress6);
}

/* NSP-22 */
static void name_it(Brew *brew)
{
        static const OptionId keys[] = { OPT_CONTAINER_LocalAddress, OPT_CONTAINER_LocalAddress6 };

        hosts_command(brew, PHASE_START_POST);
        for (size_t i = 0; i < ELEMENTS(keys); i++)
                if (def_get(brew->def, keys[i]))
                        nspawn_add(brew, "--address=", def_text(brew->def, keys[i]));
}

/* ---- all of it ---- */

void nspawn_prepare_network(Brew *brew)
{
        const Text network = def_text(brew->def, OPT_CONTAINER_Network);

        if (nspawn_has_namespace(brew->object))
                make_namespace(brew);
        else if (str_starts(network.str, S("ns:")))
                nspawn_join(brew, (Text){ str_skip(network.str, 3), network.door });
        if (def_get(brew->def, OPT_CONTAINER_PublishPort))
                publish(brew);
        if (has_address(brew->def))
                name_it(brew);
}

static void end_name(Brew *brew)
{
        hosts_command(brew, PHASE_STOP_POST);
        oci_add(brew, T("--remove"));
}

static void end_ports(Brew *brew)
{
        ports_command(brew, PHASE_STOP_POST);
        oci_add(brew, T("--remove"));
        oci_add(brew, LITERAL(machine_space(brew->arena, brew->object)));
}

static void end_namespace(Brew *brew)
{
        netns_command(brew, PHASE_STOP_POST);
        oci_add(brew, T("del"));
        oci_add(brew, LITERAL(machine_space(brew->arena, brew->object)));
}

void nspawn_end_network(Brew *brew)
{
        if (has_address(brew->def))
                end_name(brew);
        if (def_get(brew->def, OPT_CONTAINER_PublishPort))
                end_ports(brew);
        if (nspawn_has_namespace(brew->object))
                end_namespace(brew);
}

/* Which of them there was, a definition with errors does not tell for sure. */
void nspawn_leave_network(Brew *brew)
{
        if (!def_get(brew->def, OPT_CONTAINER_PrivateNetwork))
                return;
        end_name(brew);
        end_ports(brew);
        end_namespace(brew);
}

/* Those of the namespace (T-04). */
static void use_servers(Brew *brew, Str file)
{
        oci_add(brew, T("--resolv-conf=off"));
        nspawn_add(brew, "--bind-ro=", LITERAL(arena_join(brew->arena, file, S(":/etc/resolv.conf"))));
}

void nspawn_network_words(Brew *brew)
{
        const Def *def = brew->def;
        const bool private = def_flag(def, OPT_CONTAINER_PrivateNetwork, false);
        const Text servers = netns_resolv_conf(brew->arena, brew->object);

        /* An empty one nspawn makes itself. */
        if (str_is(def_text(def, OPT_CONTAINER_Network).str, "none") || (private && !nspawn_has_namespace(brew->object)))
                oci_add(brew, T("--private-network"));
        if (def_get(def, OPT_CONTAINER_ResolvConf))
                return;
        /* systemd-resolved's own address is of the host's network. */
        if (nspawn_takes_dns(brew->object))
                oci_add(brew, T("--resolv-conf=off"));
        else if (servers.str.len)
                use_servers(brew, servers.str);
        else if (private)
                oci_add(brew, nspawn_reaches_out(brew->object) ? T("--resolv-conf=replace-uplink") : T("--resolv-conf=off"));
}

bool nspawn_reaches_out(const Object *c)
{
        return def_get(c->def, OPT_CONTAINER_HostAddress) || def_get(c->def, OPT_CONTAINER_HostAddress6);
}
