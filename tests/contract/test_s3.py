"""An archive in a bucket, on a server that speaks S3: everything is done there as in a folder."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from zhixing.dataloop.archive.archive import Archive
from zhixing.dataloop.archive.handout import LeavingRules, hand_out
from zhixing.dataloop.archive.retention import purge
from zhixing.dataloop.archive.sql import ask
from zhixing.dataloop.gate import GateRules
from zhixing.dataloop.ingest.ingest import Tags, ingest
from zhixing.datatypes.query_json import from_json
from zhixing.errors import InputError, RecordingError
from zhixing.runtime.loop.mining import mine_archive
from zhixing.runtime.loop.recipes import How
from zhixing.runtime.loop.run import LoopPlan, run_loop
from zhixing.testing.small_files import write_task
from zhixing.testing.track_rows import going, write_table

pytest.importorskip("s3fs", reason="s3fs is not installed: pip install zhixing[s3]")
pytest.importorskip("moto.server", reason="moto is not installed: pip install moto[s3,server]")

pytestmark = pytest.mark.slow
FAST = (
    '{"name":"fast","roles":[{"name":"car"}],"condition":'
    '{"kind":"compare","measure":"speed_mps","of":["car"],"at_least":1}}'
)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    import fsspec  # noqa: PLC0415
    from moto.server import ThreadedMotoServer  # noqa: PLC0415

    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL_S3", f"http://{host}:{port}")
        for name, value in {
            "ACCESS_KEY_ID": "test",
            "SECRET_ACCESS_KEY": "test",
            "DEFAULT_REGION": "cn-north-1",
        }.items():
            patch.setenv(f"AWS_{name}", value)
        fsspec.filesystem("s3").mkdir("recordings", region_name="cn-north-1")
        yield "s3://recordings"
    running.stop()


def test_recordings_come_in_are_found_asked_and_removed(tmp_path: Path, server: str) -> None:
    url = f"{server}/one"
    for k in range(3):
        write_table(tmp_path / "in" / f"tracks_{k}.csv", going(k + 1), going(k + 11, y_m=20.0))
    (tmp_path / "in" / "broken.mcap").write_bytes(b"no recording")
    tags = Tags(region="CN", keep_until="2020-01-01")
    first = ingest([tmp_path / "in"], Archive(url), tags=tags)
    assert (first.num_drives, len(first.refused)) == (3, 1)
    archive = Archive(url)
    assert ingest([tmp_path / "in"], archive, tags=tags).num_known == 4
    local = Archive(str(tmp_path / "local"))
    ingest([tmp_path / "in"], local, tags=tags)
    assert set(local.drives) == set(archive.drives)
    query = from_json(FAST)
    keys = sorted(archive.drives)
    found = mine_archive(archive, [query], keys)
    assert found.hits == mine_archive(local, [query], keys).hits
    assert found.num_hits == 6
    sql = "SELECT drive, count(*) FROM states GROUP BY drive ORDER BY drive"
    assert ask(archive, sql) == ask(local, sql)
    for attack in ("SELECT content FROM read_text('/etc/hostname')", "COPY (SELECT 1) TO 's3://recordings/evil.csv'"):
        with pytest.raises(InputError):
            ask(archive, attack)
    rules = LeavingRules(regions={})
    done = hand_out(
        archive,
        keys[:1],
        f"{server}/two",
        rules,
        region="CN",
        who="Li Wei",
        what_for="study",
    )
    assert done.record.drives == ()  # their date is over
    assert len(purge(archive, date(2026, 1, 1))) == 3
    assert Archive(url).drives == {}


def test_the_loop_leaves_the_same_bytes_in_a_bucket(tmp_path: Path, server: str) -> None:
    for k in range(2):
        write_task(tmp_path / "in" / "family" / f"task_{k}", x_m=30.0 + k)
    plan = LoopPlan(
        candidate=How(planner="idm"), incumbent=How(planner="idm", is_checked=False), queries=(from_json(FAST),),
        rules=GateRules(least_scenarios=2),
    )  # fmt: skip
    in_bucket = run_loop([tmp_path / "in"], Archive(f"{server}/loop"), plan)
    in_folder = run_loop([tmp_path / "in"], Archive(str(tmp_path / "archive")), plan)
    assert in_bucket.judged.html == in_folder.judged.html
    again = run_loop([tmp_path / "in"], Archive(f"{server}/loop"), plan)
    assert again.judged.key == in_bucket.judged.key


def test_a_bucket_that_is_not_there_is_said_to_be_so(server: str) -> None:
    assert server
    archive = Archive("s3://nobody-has-this/one")
    with pytest.raises(RecordingError, match="nobody-has-this"):
        archive.storage.write("commits/x.json", b"{}")
