#!/bin/sh
# Runs a command as root in mount, network, host name, IPC and process namespaces of its own: nothing it mounts, binds or
# leaves running outlives it. Two domains have two addresses, and every port is free.
set -eu
exec unshare --mount --net --ipc --uts --pid --fork --kill-child --propagation private -- sh -c '
  mount -t proc proc /proc
  ip link set lo up
  ip address add 192.0.2.1/32 dev lo
  ip address add 192.0.2.2/32 dev lo
  # The shell stays, to bury processes that lost their parent.
  "$@"
  exit $?
' sh "$@"
