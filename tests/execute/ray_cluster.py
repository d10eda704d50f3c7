"""A cluster of three machines on this one, as a program; ends when its standard input does.

One leads, two execute. Prints its address; told the number of a process, it kills the machine
that this runs on, as a power cut would, and says ``killed``.
"""

from __future__ import annotations

import socket
import sys
from contextlib import ExitStack
from typing import Any

import psutil
from ray._private.node import Node
from ray._raylet import DASHBOARD_AGENT_LISTEN_PORT_NAME, persist_port
from ray.cluster_utils import Cluster

PORTS = ("metrics_agent_port", "metrics_export_port", "runtime_env_agent_port")


def free_ports() -> dict[str, int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in PORTS]
        for each in sockets:
            each.bind(("", 0))
        return {name: each.getsockname()[1] for name, each in zip(PORTS, sockets, strict=True)}


def wait_for_no_agent() -> None:
    """Let machines start without waiting for processes that only dashboards need.

    A machine gives each of them 15 seconds, which are too few where there is much to do.
    """
    start_raylet = Node.start_raylet

    def start(node: Any, *arguments: Any, **options: Any) -> None:
        folder = node.get_session_dir_path()
        persist_port(folder, node.node_id, DASHBOARD_AGENT_LISTEN_PORT_NAME, -1)
        start_raylet(node, *arguments, **options)

    Node.start_raylet = start


def raylet_of(machine: Any) -> int:
    """The process that started all others of a machine."""
    (raylet,) = machine.all_processes["raylet"]
    return int(raylet.process.pid)


def main() -> None:
    wait_for_no_agent()
    # Else a machine has what is free when it starts, which may be too little for any notebook.
    memory = {"memory": 4 << 30, "object_store_memory": 100 << 20}
    head = {**memory, "num_cpus": 0, "include_dashboard": False, **free_ports()}
    cluster = Cluster(initialize_head=True, head_node_args=head)
    machines = [
        cluster.add_node(**memory, num_cpus=1, num_gpus=1, **free_ports()) for _ in range(2)
    ]
    cluster.wait_for_nodes()
    print(cluster.address, flush=True)
    for line in sys.stdin:
        above = {process.pid for process in psutil.Process(int(line)).parents()}
        (machine,) = (each for each in machines if raylet_of(each) in above)
        cluster.remove_node(machine, allow_graceful=False)
        print("killed", flush=True)
    cluster.shutdown()


if __name__ == "__main__":
    main()
