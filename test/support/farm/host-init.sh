#!/bin/sh
# First process of a host, in fresh mount, pid, net, uts and ipc namespaces.
# $1 is the host's state folder; the rest comes by environment (see host-process.ts).
set -eu
STATE=$1

mkdir -p "$STATE/upper" "$STATE/work" "$STATE/nix" "$STATE/root"
mount -t overlay -o "lowerdir=$TREE,upperdir=$STATE/upper,workdir=$STATE/work" overlay "$STATE/root"
cd "$STATE/root"
# /nix keeps its content over a kill and a boot, unless the disk is limited.
if [ -n "$DISK_MIB" ]; then
  mount -t tmpfs -o "size=${DISK_MIB}m,mode=755" nix nix
else
  mount --bind "$STATE/nix" nix
  # Many systems forbid programs in their memory folder.
  mount -o remount,bind,exec nix
fi
mount -t proc proc proc
mount --rbind /dev dev
mount -t tmpfs run run
mkdir -p run/sshd
if [ -n "$CGROUP" ]; then
  mkdir -p sys/fs/cgroup
  mount -t cgroup2 cgroup2 sys/fs/cgroup
fi
if [ -n "$WITHOUT_NIX" ]; then rm -f usr/bin/nix usr/bin/nix-*; fi

# The other end of the network cable is plugged in from outside.
echo waiting
read -r _

pivot_root . mnt
cd /
umount -l mnt
hostname "$NAME"
ip link set lo up
ip addr add "$ADDRESS/24" dev eth0
ip link set eth0 up
if [ -n "$ADDRESS6" ]; then
  ip addr add "$ADDRESS6/64" dev eth0 nodad
  ip neigh replace "$RUNNER_ADDRESS6" lladdr "$RUNNER_MAC" dev eth0 nud permanent
fi
ip neigh replace "$RUNNER_ADDRESS" lladdr "$RUNNER_MAC" dev eth0 nud permanent

eval "$START_DAEMONS"
if [ -z "$WITHOUT_NIX" ]; then
  until [ -S /nix/var/nix/daemon-socket/socket ]; do sleep 0.01; done
fi
echo ready

# Process 1 has to reap what its children leave behind.
while :; do
  sleep 86400 &
  wait $!
done
