# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Images and builds that are definitions: built from a local directory and pulled with a login before what names them starts.

ALSO=bookworm
TIMEOUT=240

place() {
        with_registry
        with_image localhost/bb
        with_docker localhost/bb
        define a.ini <<-'E'
	[Defaults]
	Backend=podman
	StopTimeout=1
	RetryDelay=100ms
	Retry=1

	[Build site]
	SetWorkingDirectory=/srv/site
	File=Containerfile
	BuildArg="GREETING=good day"
	Label=made=here

	[Container site]
	Image=site.build
	PublishPort=8001:80

	[Image page]
	Image=127.0.0.1:5000/page
	LoginRegistry=127.0.0.1:5000
	LoginUsername=alice
	LoginPasswordFile=/root/password

	[Service page]
	RestartSec=1

	[Image slow]
	Image=127.0.0.1:5001/big
	LoginRegistry=127.0.0.1:5001
	LoginUsername=alice
	LoginPasswordFile=/root/password

	[Service slow]
	TimeoutStartSec=3

	[Container web]
	AutoStart=no
	Image=page.image
	Exec=httpd -f -p 80 -h /srv
	PublishPort=8002:80
	E
        define volume.yaml <<-'E'
	volumes:
	  content: {backend: podman, driver: image, image: site-too.build}
	builds:
	  site-too: {backend: podman, context: /srv/site, file: Containerfile}
	containers:
	  reader:
	    backend: podman
	    image: localhost/bb
	    auto_start: no
	    volumes: [content:/content]
	    mounts: ["type=image,source=site-too.build,destination=/too"]
	    command: [sh, -c, "cat /content/srv/index.html /too/srv/index.html; exec sleep inf"]
	E
        put /srv/site/Containerfile <<-'E'
	FROM localhost/bb
	ARG GREETING
	COPY index.html /srv/index.html
	ENV GREETING=$GREETING
	CMD ["httpd", "-f", "-p", "80", "-h", "/srv"]
	E
        put /srv/site/index.html <<<'first'
}

check() {
        local engine

        systemctl start reg slow-registry
        head -c 2000000 /dev/urandom >/run/noise
        podman build --quiet --tag 127.0.0.1:5000/big --file - /run >/dev/null <<<$'FROM localhost/bb\nCOPY noise /noise'
        podman push --quiet --creds alice:s3cret 127.0.0.1:5000/big
        podman rmi 127.0.0.1:5000/big >/dev/null
        podman push --quiet --creds alice:s3cret localhost/bb 127.0.0.1:5000/page
        engine=podman
        ok 'a build is made at boot for the container that names it' answers http://127.0.0.1:8001/ first
        builds
        images
        volumes
        systemctl stop podman-site podman-web

        engine=docker
        sed -i 's/Backend=podman/Backend=docker/' /etc/containers.d/a.ini
        echo first >/srv/site/index.html
        systemctl daemon-reload
        ok 'POD-16: docker builds it as well' systemctl start docker-site
        ok 'POD-16: and runs it' answers http://127.0.0.1:8001/ first
        builds
        images
}

builds() {
        is "$engine: arguments and labels are in the image" \
                "$($engine image inspect --format '{{.Config.Labels.made}} {{.Config.Env}}' localhost/site)" \
                'here [PATH=/bin GREETING=good day]'
        is "$engine: a build is done when it is" "$(state $engine-build-site)" inactive

        echo second >/srv/site/index.html
        ok "$engine: each start builds what has changed" systemctl restart $engine-site
        ok "$engine: and runs it" answers http://127.0.0.1:8001/ second

        systemctl stop $engine-site
        $engine rmi -f localhost/site >/dev/null
        ok "$engine: an image that was removed is built anew" systemctl start $engine-site
        ok "$engine: and answers" answers http://127.0.0.1:8001/ second

        systemctl stop $engine-site
        mv /srv/site/index.html /srv/site/index.old
        not_ok "$engine: without a build no start" systemctl start $engine-site
        is "$engine: the build's unit has failed" "$(state $engine-build-site)" failed
        journalctl --sync
        like "$engine: and says why" "$(journalctl -u $engine-build-site -n 20)" index.html
        mv /srv/site/index.old /srv/site/index.html
        ok "$engine: corrected, it starts" systemctl start $engine-site
}

images() {
        local start

        ok "POD-10 $engine: a container's image is pulled before it starts" systemctl start $engine-web
        ok "POD-10 $engine: with the login of its definition" answers http://127.0.0.1:8002/ 'hello from busybox'
        unlike "$engine: the container's own unit pulls nothing" "$(systemctl cat $engine-web)" bayplan-image

        # 2 MB by 300 KB a second.
        start=$SECONDS
        ok "$engine: a pull may take longer than TimeoutStartSec= while it makes progress" systemctl start $engine-image-slow
        ok "$engine: and has" test $((SECONDS - start)) -ge 4

        systemctl stop reg
        ok "T-08 $engine: without a registry it starts with what is there" systemctl restart $engine-web
        systemctl stop $engine-web
        $engine rmi -f 127.0.0.1:5000/page >/dev/null
        not_ok "$engine: with neither it does not" systemctl start $engine-web
        is "$engine: it does not run" "$(state $engine-web)" inactive
        systemctl start reg
        ok "$engine: the pull is tried again, and what needs it comes back" wait_for 60 state_is $engine-web active
        ok "$engine: and answers" answers http://127.0.0.1:8002/ 'hello from busybox'
}

volumes() {
        systemctl start podman-reader
        ok 'a volume and a mount of images have them built' wait_for 30 both_read
}

both_read() {
        journalctl --sync
        [ "$(journalctl -u podman-reader -o cat | grep -c -x second)" = 2 ]
}
