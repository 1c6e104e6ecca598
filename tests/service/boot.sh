#!/bin/bash
# Boots a real systemd as PID 1 in namespaces of its own, over a copy-on-write view of this machine: nothing outside is changed.
# usage: boot.sh SECONDS FOLDER [SOURCE:TARGET …]     root only; what it needs beside systemd is util-linux
# It lives until it is powered off or SECONDS have passed. FOLDER gets its console. Each SOURCE is seen inside at TARGET, read-only.
# Exits 77 where namespaces, mounts or control groups are refused.
set -e
seconds=$1 folder=$2; shift 2
groups=/sys/fs/cgroup/unified; [ -d $groups ] || groups=/sys/fs/cgroup
mkdir -p "$folder"; touch "$folder/console"
group=$groups/rolecall-test.$$
mkdir "$group" && work=$(mktemp -d) && mkdir "$work/top" "$work/root" || exit 77
end() {
  echo 0 > "$groups/cgroup.procs" 2>/dev/null || true
  find "$group" -depth -type d -exec rmdir {} \; 2>/dev/null || true
  rm -rf "$work"
}
trap end EXIT
unshare --mount --pid --fork true || exit 77

cat > "$work/inner.sh" <<'INNER'
set -e
root=$work/root
mount --make-rprivate / || exit 77
mount -t tmpfs tmpfs "$work/top" && mkdir "$work/top/upper" "$work/top/work"
mount -t overlay overlay -o "lowerdir=/,upperdir=$work/top/upper,workdir=$work/top/work" "$root" || exit 77
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys" 2>/dev/null || mount --rbind /sys "$root/sys"
umount -R "$root/sys/fs/cgroup" 2>/dev/null || true
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup" || exit 77
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for node in null:1:3 zero:1:5 full:1:7 random:1:8 urandom:1:9 tty:5:0; do
  IFS=: read -r name major minor <<<"$node"
  mknod -m 666 "$root/dev/$name" c "$major" "$minor"
done
mkdir "$root/dev/shm" "$root/dev/pts"
mount -t tmpfs tmpfs "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"; ln -s /proc/self/fd "$root/dev/fd"
for pair in "$@"; do
  mkdir -p "$root${pair#*:}"
  mount --bind "${pair%%:*}" "$root${pair#*:}" && mount -o remount,bind,ro "$root${pair#*:}"
done
touch "$root/dev/console"; mount --bind "$folder/console" "$root/dev/console"
# Nothing but the journal and what the tests start.
cat > "$root/etc/systemd/system/rolecall-test.target" <<TARGET
[Unit]
Requires=systemd-journald.service
After=systemd-journald.service
AllowIsolate=yes
TARGET
hostname rolecall-test
mkdir "$root/.old"; cd "$root"; pivot_root . .old; umount -l /.old; mount --make-rshared /
exec chroot . /usr/bin/env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin \
  /lib/systemd/systemd --system --unit=rolecall-test.target --log-target=journal-or-kmsg --log-level=warning --show-status=0
INNER

echo $BASHPID > "$group/cgroup.procs" || exit 77
export work folder
set +e
timeout --foreground -k 3 "$seconds" unshare --fork --pid --mount --cgroup --ipc --uts --net --kill-child bash "$work/inner.sh" "$@"
code=$?
[ $code = 77 ] && exit 77
exit 0
