"""Looks for a network: loopback, DNS, raw and abstract sockets, other interfaces.

tries: network
stock: not run: it would use the machine's network
outcome: failed
"""

# %% 99-weigh
import os
import socket

for address in (("127.0.0.1", 22), ("127.0.0.1", 8888), ("1.1.1.1", 53), ("::1", 80)):
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.settimeout(0.3)
            probe.connect(address)
            print("CANA" "RY-connected", address)
    except OSError as error:
        print(address, error)
try:
    print("CANA" "RY-resolved", socket.getaddrinfo("example.org", 80))
except OSError as error:
    print(error)
try:
    socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    print("CANA" "RY-raw")
except OSError as error:
    print(error)
try:
    lines = open("/proc/net/unix").read().splitlines()[1:]
except OSError as error:  # nothing is listed: guess
    lines = ["@/tmp/.X11-unix/X0", "@/org/kernel/linux/storage/multipathd", "@pawmark"]
for line in lines:
    name = line.split()[-1]
    if name.startswith("@"):
        try:
            socket.socket(socket.AF_UNIX).connect("\0" + name[1:])
            print("CANA" "RY-abstract", name)
        except OSError as error:
            print(error)
for listing in (lambda: os.listdir("/sys/class/net"), socket.if_nameindex):
    try:
        print(listing())
    except OSError as error:
        print(error)


def weigh(values):
    return values
