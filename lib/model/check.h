/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The value types: one check for each row of types.def. A check is given a value with its text and place; it
 * may put the text into the form that engines take and fill the typed member. It reports what is wrong, with
 * the column inside the text, and returns false. Late values (base/text.h) are not given to it. */

#include "model/def.h"

typedef struct Check {
        Run *run;
        const Option *option;
        const Doc *doc; /* the definition's file: relative paths count from its directory */
} Check;

#define CHECK(name) bool check_##name(const Check *check, Value *value)
CHECK(text);
CHECK(bool);
CHECK(uint);
CHECK(int);
CHECK(number);
CHECK(size);
CHECK(duration);
CHECK(interval);
CHECK(image);
CHECK(env);
CHECK(label);
CHECK(sysctl);
CHECK(ulimit);
CHECK(port);
CHECK(expose);
CHECK(ip4);
CHECK(ip6);
CHECK(address);
CHECK(subnet);
CHECK(iprange);
CHECK(mode);
CHECK(subdir);
CHECK(dns);
CHECK(hostname);
CHECK(addhost);
CHECK(network);
CHECK(netns);
CHECK(veth);
CHECK(bridge);
CHECK(macvlan);
CHECK(interface);
CHECK(wireguard);
CHECK(wireguardpeer);
CHECK(route);
CHECK(families);
CHECK(volume);
CHECK(mount);
CHECK(tmpfs);
CHECK(device);
CHECK(path);
CHECK(file);
CHECK(context);
CHECK(contextfile);
CHECK(name);
CHECK(unitname);
CHECK(container);
CHECK(user);
CHECK(group);
CHECK(idmap);
CHECK(cap);
CHECK(capmap);
CHECK(signal);
CHECK(secret);
CHECK(credential);
CHECK(pull);
CHECK(notify);
CHECK(cgroups);
CHECK(onunhealthy);
CHECK(ondependencystop);
CHECK(exitpolicy);
CHECK(update);
CHECK(calendar);
CHECK(version);
CHECK(engine);
CHECK(ip4prefix);
CHECK(ip6prefix);
CHECK(macaddress);
CHECK(devicename);
CHECK(privateusers);
CHECK(privateusersownership);
CHECK(resolvconf);
#undef CHECK

/* Checks the value by the option's type. A late one is marked and passes, unless its type has to be known
 * when units are made: "KEY= cannot hold a specifier". */
bool check_value(const Check *check, Value *value);

/* Splits NAME=VALUE into value->name and the rest; a name alone is bare. Not for what came from a map. */
void check_split_pair(Value *value);

/* "KEY= takes WHAT, not 'TEXT'", pointing at len bytes from offset of the text. The hint may be empty. */
bool check_refuse(const Check *check, const Value *value, size_t offset, size_t len, Str what, Str hint);

/* "did you mean 'PREFIXNAME'?" for the nearest of names; empty when none is near. */
Str check_did_you_mean(const Check *check, Str wanted, const char *prefix, const Str *names, size_t count);

/* True when s is one of the choices; else reports them and the nearest. Puts s into the written case. */
bool check_choice(const Check *check, Value *value, const Str *choices, size_t count);

/* yes, no, true, … */
bool check_is_bool(Str s, bool *ret);
/* ADDRESS without brackets. */
bool check_is_ip4(Str s);
bool check_is_ip6(Str s);

/* A span that the value keeps. */
const AddressSpan *check_span(const Check *check, Address first, Address last);

/* Names of capabilities(7) without "CAP_", and ALL. */
extern const Str check_capabilities[];
extern const size_t check_capability_count;

/* Of a remote place, as builds take them. */
bool check_is_url(Str s);

/* An object's name: letters, digits, "_", "-", ".", beginning with a letter or digit (the engines' rule). */
bool check_is_name(Str s);
/* A path joined to the directory when relative; cleaned of "." and double slashes. */
Str check_join(Arena *arena, Str directory, Str path);
