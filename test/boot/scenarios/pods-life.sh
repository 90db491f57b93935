# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# How a pod of podman and its members live: who starts, stops and restarts with whom, and who does not.

TIMEOUT=400

place() {
        with_image localhost/bb
        define defaults.ini <<-'E'
	[Defaults]
	StopTimeout=1
	AutoStart=no
	E
        define shop.ini <<-'E'
	[Pod shop]

	[Container shop-db]
	Pod=shop
	Image=localhost/bb
	AutoStart=yes
	Exec=sleep inf

	[Container shop-web]
	Pod=shop
	Image=localhost/bb
	AutoStart=yes
	PublishPort=8001:80
	HealthCmd=test -e /tmp/ready
	HealthInterval=1s
	HealthRetries=30
	Notify=healthy
	Exec=sh -c 'sleep 1; touch /tmp/ready; exec httpd -f -p 80 -h /srv'

	[Container shop-job]
	Pod=shop
	Image=localhost/bb
	Exec=sh -c 'echo worked; exit 0'

	[Container shop-after]
	Pod=shop
	Image=localhost/bb
	DependsOn=shop-job:completed shop-web:healthy
	Exec=sleep inf

	[Container shop-bad]
	Pod=shop
	Image=localhost/bb
	Exec=sh -c 'exit 1'

	[Container shop-rude]
	Pod=shop
	Image=localhost/bb
	Exec=sh -c 'trap "exit 3" TERM; while :; do sleep .1; done'
	E
        put /etc/systemd/system/podman-shop-bad.service.d/limit.conf <<-'E'
	[Unit]
	StartLimitIntervalSec=1h
	StartLimitBurst=3
	E
        define batch.ini <<-'E'
	[Pod batch]
	ExitPolicy=stop

	[Container batch-run]
	Pod=batch
	Image=localhost/bb
	Exec=sh -c 'sleep 2; exit 0'

	[Pod along]
	[Container along-it]
	Pod=along
	Image=localhost/bb
	StartWithPod=yes
	Exec=sleep inf

	[Container along-not]
	Pod=along
	Image=localhost/bb
	Exec=sleep inf
	E
}

check() {
        ok "POD-24: members bring the pod at boot" wait_for 60 up
        is "POD-24: nobody else is started" "$(podman ps --format '{{.Names}}' | sort | xargs)" 'shop-db shop-infra shop-web'
        member_dies
        member_fails
        jobs
        pod_stops
        pod_restarts
        pod_dies
        edited
        exit_policy
        along
        at_the_end
}

up() {
        [ "$(systemctl is-active podman-pod-shop podman-shop-db podman-shop-web | sort -u)" = active ] && running shop-infra shop-db shop-web
}

id() {
        podman container inspect --format '{{.Id}}' "$1"
}

restarts() {
        property "podman-$1" NRestarts
}

# settled: nothing waits to come back, and no job is queued.
settled() {
        wait_for 60 eval '[ -z "$(systemctl list-jobs --no-legend)" ]'
}

member_dies() {
        local web pod=$(id shop-infra) db

        web=$(id shop-web)
        podman kill --signal KILL shop-db >/dev/null
        ok "a member that is killed starts again" wait_for 30 eval '[ "$(restarts shop-db)" = 1 ] && up'
        settled
        is "alone: the others keep their containers" "$(id shop-web) $(id shop-infra)" "$web $pod"
        is "and are not restarted" "$(restarts shop-web) $(restarts pod-shop)" '0 0'
        db=$(id shop-db)
        systemctl restart podman-shop-web
        is "a member is restarted alone" "$(id shop-db) $(id shop-infra)" "$db $pod"
        systemctl stop podman-shop-web
        ok "and stopped alone" running shop-db shop-infra
        systemctl start podman-shop-web
        ok "and started" up
}

member_fails() {
        local before="$(id shop-web) $(id shop-db) $(id shop-infra)"

        systemctl start --no-block podman-shop-bad
        ok "a member that fails again and again is failed in the end" wait_for 60 state_is podman-shop-bad failed
        is "with its own exit status" "$(property podman-shop-bad ExecMainStatus)" 1
        settled
        is "the pod and the others do not notice" "$(id shop-web) $(id shop-db) $(id shop-infra)" "$before"
        is "nor are they restarted" "$(restarts pod-shop)" 0
        systemctl reset-failed
}

jobs() {
        ok "a member that waits for a job and for health, all in the pod" systemctl start podman-shop-after
        is "the job has completed" "$(property podman-shop-job SubState)" exited
        is "in the pod's journal it speaks once" "$(journalctl -b -o cat -u podman-shop-job | grep -cx worked)" 1
        systemctl stop podman-shop-after podman-shop-job
}

pod_stops() {
        ok "a pod stops" systemctl stop podman-pod-shop
        is "with its members" "$(state podman-shop-db) $(state podman-shop-web)" 'inactive inactive'
        is "and nothing is left of it" "$(podman ps --all --quiet)$(podman pod ps --quiet)" ''
        settled
        is "it stays stopped" "$(state podman-pod-shop)" inactive
        ok "one member that is started brings the pod" systemctl start podman-shop-db
        ok "and with it those that were stopped for its sake" wait_for 30 up
        systemctl start podman-shop-rude
        systemctl stop podman-pod-shop
        is "one that ends with an error when it is told to stop has failed" "$(state podman-shop-rude)" failed
        systemctl start podman-pod-shop
        ok "T-19: and comes back with the pod all the same" wait_for 20 state_is podman-shop-rude active
        systemctl stop podman-shop-rude
        settled
        is "what was stopped itself stays as it is" "$(state podman-shop-rude)" failed
        systemctl reset-failed
        systemctl stop podman-shop-web podman-pod-shop
        systemctl start podman-shop-db
        settled
        is "one that was stopped itself stays stopped" "$(state podman-shop-web)" inactive
        systemctl start podman-shop-web
}

pod_restarts() {
        local before="$(id shop-infra) $(id shop-db) $(id shop-web)" now

        ok "T-20: a restart of the pod" systemctl restart podman-pod-shop
        ok "T-20: restarts the members" wait_for 30 up
        now="$(id shop-infra) $(id shop-db) $(id shop-web)"
        unlike "T-20: all are new" "$now" "$(echo $before | tr ' ' '|')"
        ok "its port answers" wait_for 10 get http://127.0.0.1:8001/
}

pod_dies() {
        local how

        for how in 'kill -KILL $(property podman-pod-shop MainPID)' 'podman kill shop-infra' 'podman pod kill shop' \
                'podman pod rm --force --time 1 shop' 'podman pod stop --time 1 shop'; do
                systemctl reset-failed 'podman-*' 'bayplan-*'
                local infra=$(id shop-infra)
                eval "$how" >/dev/null 2>&1
                ok "after '$how' the pod is back with its members" wait_for 60 eval '[ "$(id shop-infra)" != "$infra" ] && up'
                settled
                ok "and stays" up
                ok "its port answers" wait_for 10 get http://127.0.0.1:8001/
                is "nobody has failed" "$(systemctl --failed --no-legend --plain)" ''
        done
}

edited() {
        sed -i s/8001:80/8002:80/ /etc/containers.d/shop.ini
        systemctl daemon-reload
        ok "an edit waits for a restart" get http://127.0.0.1:8001/
        systemctl restart podman-pod-shop
        ok "a restart of the pod applies it" wait_for 20 get http://127.0.0.1:8002/
        not_ok "and takes back what was" get http://127.0.0.1:8001/
        ok "with all its members" wait_for 30 up
}

exit_policy() {
        local infra

        systemctl start podman-batch-run
        ok "a pod runs as long as its member" state_is podman-pod-batch active
        ok "ExitPolicy=stop: it ends with the last one" wait_for 20 state_is podman-pod-batch inactive
        is "that is no failure" "$(property podman-pod-batch Result) $(property podman-batch-run Result)" 'success success'
        settled
        sleep 3
        is "and nobody starts it again" "$(state podman-pod-batch) $(state podman-batch-run)" 'inactive inactive'
        ok "it can be started again" systemctl start podman-batch-run
        wait_for 20 state_is podman-pod-batch inactive
}

along() {
        systemctl start podman-pod-along
        ok "StartWithPod=: it starts with the pod" wait_for 20 state_is podman-along-it active
        is "others do not" "$(state podman-along-not)" inactive
        systemctl stop podman-pod-along
        is "and stop with it" "$(state podman-along-it)" inactive
}

at_the_end() {
        systemctl stop podman-shop-web podman-shop-db podman-pod-shop
        is "nothing is left" "$(podman ps --all --quiet)$(podman pod ps --quiet)" ''
        is "nothing has failed" "$(systemctl --failed --no-legend --plain)" ''
        is "no runtime directory is left" "$(ls /run/bayplan 2>/dev/null)" ''
}
