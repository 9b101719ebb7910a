"""How much of a machine is there for grading: control groups of both versions, written as files."""

from types import SimpleNamespace

import psutil
import pytest

from pawmark.grading import resources
from pawmark.grading.batch import pool
from pawmark.grading.run.run_settings import RunSettings
from pawmark.grading.sandbox import choice

GIB = 1 << 30
UNLIMITED = "9223372036854771712"  # as version 1 writes it


@pytest.fixture(autouse=True)
def eight_cores(monkeypatch):
    """Give the machine eight cores and 64 GiB, all of them free."""
    everything = SimpleNamespace(total=64 * GIB, available=60 * GIB)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: everything)
    monkeypatch.setattr(resources, "cpus", lambda: 8)


@pytest.fixture
def groups(tmp_path, monkeypatch):
    """Return a function that writes what the system tells of control groups."""
    monkeypatch.setattr(resources, "SYSTEM", tmp_path)

    def write(own: str, **folders: dict[str, str]) -> None:
        (tmp_path / "proc/self").mkdir(parents=True)
        (tmp_path / "proc/self/cgroup").write_text(own)
        for folder, files in folders.items():
            (tmp_path / "sys/fs/cgroup" / folder).mkdir(parents=True, exist_ok=True)
            for name, text in files.items():
                (tmp_path / "sys/fs/cgroup" / folder / name).write_text(f"{text}\n")

    return write


def memory_of(limit, used, inactive=0):
    """Return the files of version 2 that tell of memory."""
    stat = f"anon 1\ninactive_file {inactive}\nactive_file 7"
    return {"memory.max": str(limit), "memory.current": str(used), "memory.stat": stat}


def found():
    """Return cores, and total and available memory in GiB."""
    memory = resources.memory()
    return resources.cores(), memory.total / GIB, memory.available / GIB


def test_without_groups_it_is_the_machine(groups):
    """A system that tells of no group, or of none with a limit, is all ours."""
    assert found() == (8, 64, 60)

    groups("0::/\n", **{".": {"cpu.stat": "usage_usec 1"}})

    assert found() == (8, 64, 60)


def test_a_container_of_version_2(groups):
    """Its limit counts, less what is used; old copies of files do not count as used."""
    own = memory_of(4 * GIB, 3 * GIB, inactive=2 * GIB) | {"cpu.max": "250000 100000"}
    groups("0::/\n", **{".": own})

    assert found() == (2, 4, 3)
    assert pool.workers_that_fit() == 1


def test_the_narrowest_of_nested_groups_counts(groups):
    """A job may have no limit of its own, and its user's slice may have one."""
    groups(
        "0::/user.slice/job.scope\n",
        **{
            "user.slice": memory_of(10 * GIB, 1 * GIB) | {"cpu.max": "max 100000"},
            "user.slice/job.scope": memory_of("max", GIB) | {"cpu.max": "300000 100000"},
        },
    )

    assert found() == (3, 10, 9)
    assert pool.workers_that_fit() == 3


def test_version_1_has_a_tree_for_each_kind(groups):
    """There limits lie beside each other; what has none says so by a number above all others."""
    stat = f"inactive_file 0\ntotal_inactive_file {GIB}"
    groups(
        "5:cpu,cpuacct:/jobs/a\n4:memory:/jobs/a\n1:name=systemd:/\n0::/\n",
        **{
            "memory": {"memory.limit_in_bytes": UNLIMITED, "memory.usage_in_bytes": str(40 * GIB)},
            "memory/jobs/a": {
                "memory.limit_in_bytes": str(6 * GIB),
                "memory.usage_in_bytes": str(2 * GIB),
                "memory.stat": stat,
            },
            "cpu,cpuacct": {"cpu.cfs_quota_us": "-1", "cpu.cfs_period_us": "100000"},
            "cpu,cpuacct/jobs": {"cpu.cfs_quota_us": "400000", "cpu.cfs_period_us": "100000"},
        },
    )

    assert found() == (4, 6, 5)
    assert pool.workers_that_fit() == 2


@pytest.mark.parametrize("path", ["/docker/1f2e", "/../../outside"])
def test_a_path_that_is_not_there_means_the_root_of_the_tree(groups, path):
    """A container is told where its group is on the machine, and sees it as the root."""
    groups(f"3:memory:{path}\n", memory={
        "memory.limit_in_bytes": str(2 * GIB), "memory.usage_in_bytes": str(3 * GIB),
    })  # fmt: skip

    assert found() == (8, 2, 0)


def test_half_a_core_is_one(groups):
    """There is always one worker."""
    groups("0::/\n", **{".": {"cpu.max": "50000 100000"} | memory_of(GIB, 0)})

    assert found()[0] == 1
    assert pool.workers_that_fit() == 1


def test_a_submission_stays_within_the_container(groups, monkeypatch):
    """Its own limit is three quarters of what there is, so that it ends and its grader does not."""
    monkeypatch.delenv("PAWMARK_MEMORY_GB", raising=False)
    monkeypatch.setattr(choice, "require", lambda: "bubblewrap")
    groups("0::/\n", **{".": memory_of(2 * GIB, 0)})

    assert RunSettings.here().limits.memory == 3 * GIB // 2
