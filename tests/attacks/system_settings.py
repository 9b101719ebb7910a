"""Writes to /proc/sys, cgroups and devices, mounts, changes its user and asks for namespaces.

tries: leaving the sandbox
stock: not run: it would change settings of the machine
outcome: failed
run: core
"""

# %% 99-weigh
import ctypes
import glob
import os

said = "CANA" "RY-allowed"
for path in ("/proc/sys/kernel/core_pattern", "/proc/sys/kernel/hostname", "/proc/sysrq-trigger",
             "/proc/sys/vm/overcommit_memory", "/proc/1/oom_score_adj", "/proc/self/mem",
             *glob.glob("/proc/irq/*/smp_affinity"), "/proc/scsi/scsi", "/proc/mtrr", "/dev/sda", "/dev/vda",
             "/dev/mem", "/dev/kmsg", "/dev/fuse", "/dev/loop-control", "/proc/kcore",
             *glob.glob("/sys/fs/cgroup/**/cgroup.procs", recursive=True)):
    try:
        os.close(os.open(path, os.O_WRONLY))
        print(path, said)
    except OSError as error:
        print(path, error)
libc = ctypes.CDLL(None, use_errno=True)
tries = {"mount": lambda: libc.mount(b"none", b"/tmp", b"tmpfs", 0, None),
         "umount": lambda: libc.umount2(b"/home/student", 2),
         "user namespace": lambda: libc.unshare(0x10000000),
         "mount namespace": lambda: libc.unshare(0x00020000),
         "chroot": lambda: libc.chroot(b"/tmp"),
         "setuid": lambda: libc.setuid(0), "sethostname": lambda: libc.sethostname(b"x", 1)}
for what, attempt in tries.items():
    if os.fork() == 0:
        os.write(1, b"")
        os._exit(0 if attempt() == 0 else 1)
    status = os.wait()[1]
    print(what, said if status == 0 else "refused")
print(os.getresuid(), open("/proc/self/status").read())


def weigh(values):
    return values
