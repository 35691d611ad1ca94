#!/bin/sh
# Takes a farm down. Waits for the end of its input first: the owner holds the other end, so the farm goes
# when the owner disposes of it, and also when the owner is killed.
# $1 state folder of the farm, $2 bridge.
FARM=$1
BRIDGE=$2
cat >/dev/null

# Every host's outermost and first process have the state folder in their arguments.
while pids=$(pgrep -f "host-init.sh $FARM/"); do
  kill -9 $pids 2>/dev/null
  sleep 0.01
done

for cable in /sys/class/net/"$BRIDGE"h*; do
  ip link del "${cable##*/}" 2>/dev/null
done
ip link del "$BRIDGE" 2>/dev/null
for list in "$FARM"/*/cgroup; do
  [ -f "$list" ] || continue
  group=$(cat "$list")
  # Deepest first; the kernel needs a moment after the last process of a group.
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    find "$group" -depth -type d -exec rmdir {} + 2>/dev/null
    [ -d "$group" ] || break
    sleep 0.05
  done
done
rm -rf --one-file-system "$FARM"
