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
for line in open("/proc/net/unix").read().splitlines()[1:]:
    name = line.split()[-1]
    if name.startswith("@"):
        try:
            socket.socket(socket.AF_UNIX).connect("\0" + name[1:])
            print("CANA" "RY-abstract", name)
        except OSError as error:
            print(error)
print(os.listdir("/sys/class/net") if os.path.isdir("/sys/class/net") else socket.if_nameindex())


def weigh(values):
    return values
