"""The data loop on a Ray cluster of two nodes: the same drives, and a lost node costs nothing but time."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from zhixing.dataloop.archive.archive import Archive
from zhixing.dataloop.fanout import Fanout
from zhixing.dataloop.ingest.ingest import ingest
from zhixing.errors import ServiceError
from zhixing.runtime.loop.mining import mine_archive
from zhixing.simulation.patterns.catalogue import pattern_named
from zhixing.testing.track_rows import going, write_table

ray: Any = pytest.importorskip("ray", reason="zhixing[scale] is not installed")
from ray.cluster_utils import Cluster  # noqa: E402

pytestmark = [
    pytest.mark.slow, pytest.mark.xdist_group("ray"), pytest.mark.filterwarnings("ignore"),
]  # fmt: skip


@pytest.fixture
def cluster() -> Iterator[Any]:
    nodes = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    nodes.add_node(num_cpus=1)
    ray.init(address=nodes.address, log_to_driver=False)
    yield nodes
    ray.shutdown()
    nodes.shutdown()


def recordings(folder: Path, count: int) -> Path:
    for k in range(count):
        write_table(folder / f"place_{k:03d}" / "tracks.csv", going(1, y_m=float(k)), going(2, y_m=k + 3.0))
    return folder


def test_a_cluster_makes_the_same_drives_and_hits(tmp_path: Path, cluster: Any) -> None:
    folder = recordings(tmp_path / "in", 40)
    alone, many = Archive(str(tmp_path / "alone")), Archive(str(tmp_path / "many"))
    ingest([folder], alone)
    report = ingest([folder], many, Fanout(on="ray"))
    assert list(many.drives) == list(alone.drives)
    assert report.num_drives == 40
    query = [pattern_named("rider-against-traffic").query()]
    keys = list(many.drives)
    assert mine_archive(many, query, keys, Fanout(on="ray")).hits == mine_archive(alone, query, keys).hits


def test_a_lost_node_costs_only_its_pieces(tmp_path: Path, cluster: Any) -> None:
    lost = cluster.add_node(num_cpus=1)
    folder, archive = recordings(tmp_path / "in", 160), Archive(str(tmp_path / "archive"))

    def lose() -> None:
        time.sleep(2.0)
        cluster.remove_node(lost, allow_graceful=False)

    thread = threading.Thread(target=lose)
    thread.start()
    ingest([folder], archive, Fanout(on="ray"))
    thread.join()
    assert len(archive.drives) == 160
    assert sum(len(source.drives) for source in archive.sources.values()) == 160


def test_a_cluster_that_is_not_there_is_said(tmp_path: Path) -> None:
    folder = recordings(tmp_path / "in", 1)
    with pytest.raises(ServiceError, match="no Ray cluster"):
        ingest([folder], Archive(str(tmp_path / "archive")), Fanout(on="ray://127.0.0.1:9"))
