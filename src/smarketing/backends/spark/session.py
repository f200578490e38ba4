"""The Spark a replay runs on: opened and closed here, or given by a notebook; what goes wrong with it, in words for the person."""

from __future__ import annotations

import os
import re
import shutil
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from smarketing.vocabulary.errors import MissingExtra, OutsideError, UsageError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

PARTS_OF_THE_EXTRA = ("pyspark", "pyarrow", "pandas")
"""Spark asks for pandas where a function takes Arrow, though none is made."""
HOW_IT_SPEAKS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "50000",
}
"""Settings of a session on which the types of the tables, and the size of what is sent to a task at a time, depend."""
AS_WE_START_IT = {"spark.ui.showConsoleProgress": "false"}
ON_THIS_MACHINE = {"spark.ui.enabled": "false", "spark.log.level": "ERROR"}
"""Elsewhere Spark's own pages and warnings say why a cluster keeps one waiting."""


@contextmanager
def opened(master: str | None) -> Iterator[SparkSession]:
    """A session of our own on `master` (left out: what Spark's configuration names, else all cores of this machine), stopped at the end.

    Raises MissingExtra, UsageError without a Java, OutsideError where nobody answers.
    """
    refuse_without_spark()
    session = start(master)
    try:
        yield session
    finally:
        session.stop()


def refuse_without_spark() -> None:
    """Raise MissingExtra or UsageError where Spark cannot start."""
    if not all(map(find_spec, PARTS_OF_THE_EXTRA)):
        raise MissingExtra(what="--engine spark", extra="spark")
    home = os.environ.get("JAVA_HOME")
    if shutil.which("java", path=os.path.join(home, "bin") if home else None) is None:
        where = f"there is none in JAVA_HOME, {home}" if home else "there is none on the PATH, and JAVA_HOME is not set"
        raise UsageError(f"--engine spark needs Java 17 or later; {where}. Install one, or let JAVA_HOME name it.")


def start(master: str | None) -> SparkSession:
    """Start Spark here as the driver; the workers run the Python of the same path unless PYSPARK_PYTHON names another."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("smarketing replay")
    if master is not None:
        builder = builder.master(master)
    settings = AS_WE_START_IT | (ON_THIS_MACHINE if (master or "local").startswith("local") else {})
    for name, value in settings.items():
        builder = builder.config(name, value)
    try:
        with without_warnings():
            return builder.getOrCreate()
    except (PySparkException, Py4JError, RuntimeError) as error:
        raise OutsideError(
            f'Spark did not start with the master "{master or "of its configuration"}": {reason(error)}'
        ) from error


@contextmanager
def speaking(session: SparkSession) -> Iterator[None]:
    """The session with HOW_IT_SPEAKS; what it had before is put back."""
    before = {name: session.conf.get(name) for name in HOW_IT_SPEAKS}
    try:
        for name, value in HOW_IT_SPEAKS.items():
            session.conf.set(name, value)
        with without_warnings():
            yield
    finally:
        for name, given in before.items():
            if given is not None:
                session.conf.set(name, given)


@contextmanager
def without_warnings() -> Iterator[None]:
    """Spark warns of pandas 3, of which it is asked nothing here."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="PySpark does not yet fully support pandas", category=FutureWarning)
        yield


@contextmanager
def said_plainly(facts: object) -> Iterator[None]:
    """What Spark raises as our errors. A mistake in our own task stays what it is."""
    from py4j.protocol import Py4JError
    from pyspark.errors import AnalysisException, PySparkException, PythonException

    try:
        yield
    except PythonException as error:
        if missing := re.search(r"ModuleNotFoundError: No module named '([^']+)'", str(error)):
            raise UsageError(
                f'the Python of Spark\'s workers has no "{missing[1]}". Install smarketing there, or let PYSPARK_PYTHON name a Python that has it.'
            ) from error
        raise
    except AnalysisException as error:
        if "PATH_NOT_FOUND" in str(error):
            raise UsageError(f'there are no facts at "{facts}"') from error
        raise OutsideError(f'Spark cannot read "{facts}": {reason(error)}') from error
    except (PySparkException, Py4JError) as error:
        raise OutsideError(f"Spark stopped: {reason(error)}") from error


def reason(error: BaseException) -> str:
    """The first line that says something."""
    java = getattr(error, "java_exception", None)
    text = str(java if java is not None else error)
    return next((line.strip() for line in text.splitlines() if line.strip()), type(error).__name__)
