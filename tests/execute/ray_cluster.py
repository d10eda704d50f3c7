"""A cluster of two machines on this one, as a program; ends when its standard input does.

Prints its address; told ``kill``, it kills the one that is not the head and has no GPU, as a
power cut would, and says ``killed``.
"""

from __future__ import annotations

import socket
import sys
from contextlib import ExitStack
from typing import Any

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


def main() -> None:
    wait_for_no_agent()
    # Else a machine has what is free when it starts, which may be too little for any notebook.
    size = {"num_cpus": 1, "memory": 4 << 30, "object_store_memory": 100 << 20}
    head = {**size, "num_gpus": 1, "include_dashboard": False, **free_ports()}
    cluster = Cluster(initialize_head=True, head_node_args=head)
    other = cluster.add_node(**size, **free_ports())
    cluster.wait_for_nodes()
    print(cluster.address, flush=True)
    for _ in sys.stdin:
        cluster.remove_node(other, allow_graceful=False)
        print("killed", flush=True)
    cluster.shutdown()


if __name__ == "__main__":
    main()
