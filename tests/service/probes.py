"""What a process that was taken over would try, one function each; prints as JSON how each attempt ended.

Run inside the unit's sandbox by the tests, and outside it, to see that the attempt itself is sound.
"""

from __future__ import annotations

import ctypes
import errno
import json
import mmap
import os
import signal
import socket
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

libc = ctypes.CDLL(None, use_errno=True)

CLONE_NEWUSER, CLONE_NEWNS = 0x10000000, 0x00020000
PTRACE_ATTACH = 16
FINIT_MODULE = {"x86_64": 313, "aarch64": 273}


def _call(result: int) -> None:
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def write_to_etc() -> None:
    Path("/etc/rolecall-probe").write_text("x")


def change_the_program() -> None:
    Path(sys.prefix, "probe").write_text("x")


def change_its_own_configuration() -> None:
    with Path("/etc/rolecall/config.toml").open("a"):
        pass


def read_home() -> None:
    os.listdir("/home")  # noqa: PTH208 # the plain call is what is tried


def read_roots_home() -> None:
    os.listdir("/root")  # noqa: PTH208


def read_the_passwords() -> None:
    Path("/etc/shadow").read_text()


def read_the_credentials_at_their_source() -> None:
    os.listdir("/etc/rolecall/credentials")  # noqa: PTH208


def see_other_processes() -> None:
    Path("/proc/1/status").read_text()


def make_a_device() -> None:
    with _folder() as folder:
        os.mknod(folder / "device", stat.S_IFCHR | 0o600, os.makedev(1, 3))


def make_a_program_that_runs_as_its_owner() -> None:
    with _folder() as folder:
        (folder / "program").touch()
        (folder / "program").chmod(0o4755)


def open_a_raw_socket() -> None:
    socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP).close()


def listen_to_packets() -> None:
    socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0).close()


def talk_to_the_kernels_network() -> None:
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0).close()


def mount_something() -> None:
    with _folder() as folder:
        _call(libc.mount(b"none", bytes(folder), b"tmpfs", 0, None))
        _call(libc.umount2(bytes(folder), 2))


def follow_another_process() -> None:
    child = os.fork()
    if not child:
        signal.pause()
    try:
        _call(libc.ptrace(PTRACE_ATTACH, child, None, None))
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def load_a_kernel_module() -> None:
    try:
        _call(libc.syscall(FINIT_MODULE[os.uname().machine], -1, b"", 0))
    except OSError as error:
        if error.errno != errno.EBADF:  # it was let as far as to look at the file, which is none
            raise


def become_root() -> None:
    os.setresuid(0, 0, 0)


def run_what_it_wrote() -> None:
    mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC).close()


def enter_a_namespace_of_its_own() -> None:
    child = os.fork()
    if not child:
        done = libc.unshare(CLONE_NEWUSER | CLONE_NEWNS)
        os._exit(0 if done == 0 else ctypes.get_errno())
    if number := os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]):
        raise OSError(number, os.strerror(number))


def look_into_the_kernels_clock() -> None:
    _call(libc.adjtimex(ctypes.create_string_buffer(512)))


def rename_the_machine() -> None:
    socket.sethostname(socket.gethostname())


def turn_a_kernel_knob() -> None:
    with Path("/proc/sys/kernel/domainname").open("w"):
        pass


def leave_its_control_group() -> None:
    with Path("/sys/fs/cgroup/cgroup.procs").open("w"):
        pass


def take_the_processor_for_itself() -> None:
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


PROBES: tuple[Callable[[], None], ...] = (
    write_to_etc, change_the_program, change_its_own_configuration, read_home, read_roots_home, read_the_passwords,
    read_the_credentials_at_their_source, see_other_processes, make_a_device, make_a_program_that_runs_as_its_owner,
    open_a_raw_socket, listen_to_packets, talk_to_the_kernels_network, mount_something, follow_another_process,
    load_a_kernel_module, become_root, run_what_it_wrote, enter_a_namespace_of_its_own, look_into_the_kernels_clock,
    rename_the_machine, turn_a_kernel_knob, leave_its_control_group, take_the_processor_for_itself,
)  # fmt: skip


def outcome(probe: Callable[[], None]) -> str:
    """Return "allowed", or the name of the error that the kernel answered with."""
    try:
        probe()
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, str(error))
    return "allowed"


if __name__ == "__main__":
    print(json.dumps({probe.__name__: outcome(probe) for probe in PROBES}))  # noqa: T201 # that is what it is for
