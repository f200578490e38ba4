"""Spark for the tests: two threads in this process, or a cluster of a master and two workers, each started and stopped here."""

from __future__ import annotations

import gc
import os
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.spark.cluster import Cluster
from tests.spark.java import java_environment

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SMALL = "--driver-memory 1g --conf spark.sql.shuffle.partitions=2"
UNCOMPILED = "--conf spark.executorEnv.NUMBA_DISABLE_JIT=1"
"""A few facts are folded sooner than the fold is compiled."""


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of everything that runs here: nothing of a Spark that this machine may be set up for."""
    pytest.importorskip("pyspark", reason="needs the extra `spark`")
    java = java_environment()
    if java is None:
        if os.environ.get("CI"):
            pytest.fail("the tests on Spark need Java 17 or later; `make java` sees to one")
        pytest.skip("needs Java 17 or later (`make java`)")
    folder = tmp_path_factory.mktemp("spark")
    (folder / "conf").mkdir()
    own = {
        "SPARK_CONF_DIR": str(folder / "conf"), "SPARK_LOCAL_DIRS": str(folder), "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable,
        "PYSPARK_SUBMIT_ARGS": f"{SMALL} pyspark-shell",
    }  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("SPARK_", "PYSPARK_"))]:
            patch.delenv(name)
        for name, value in (own | java).items():
            patch.setenv(name, value)
        yield dict(os.environ)


@pytest.fixture(scope="module")
def session(environment: dict[str, str]) -> Iterator[SparkSession]:
    """Spark in two threads of this process."""
    from smarketing.backends.spark.session import opened

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_SUBMIT_ARGS", f"{UNCOMPILED} {environment['PYSPARK_SUBMIT_ARGS']}")
        with opened("local[2]") as spark:
            yield spark
        leave_java()


def leave_java() -> None:
    """Java ends with the tests that need it: its sockets would else be cleared away in the middle of others, with a warning that fails those."""
    from pyspark import SparkContext

    gateway: Any = SparkContext._gateway
    SparkContext._gateway = SparkContext._jvm = None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gateway.shutdown()
        gateway.proc.stdin.close()
        gateway.proc.wait(timeout=60)
        del gateway
        gc.collect()


@pytest.fixture(scope="module")
def cluster(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A master and two workers, each a process of its own."""
    folder: Path = tmp_path_factory.mktemp("cluster")
    with Cluster(folder, environment) as running:
        yield running
    assert running.left_over() == [], "a cluster that was stopped leaves no process"
