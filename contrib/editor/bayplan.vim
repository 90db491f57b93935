" SPDX-License-Identifier: LGPL-2.1-or-later
" Definitions of containers.d(5) look like systemd's units.
autocmd BufNewFile,BufRead */containers.d/*.ini,*/containers.d/*.conf setfiletype systemd
