"""Serves MiniStack, with one thread for each lane of an event source mapping on a DynamoDB stream.

MiniStack calls the functions of all streams one after the other, in one thread: a slow one delays all others. On AWS, each
mapping is read by itself, and ParallelizationFactor says how many batches of a shard run at once: items with the same
partition key keep their order, others do not wait for them. Here, each of those batches is a lane: a thread that reads the
stream for itself and takes the records of its own partition keys. What a lane does with them is MiniStack's own code.

Also adds the public parameter of Amazon Linux for arm64, which MiniStack lacks and nobody may put: AWS owns `/aws/service/`.

Arguments: those of hypercorn.
"""

import json
import sys
import threading
import time

import ministack.app  # noqa: F401  (first: it brings all services up in its own order)
from hypercorn.__main__ import main
from ministack.core import concurrency
from ministack.services import lambda_svc, ssm

# MiniStack knows that of x86_64 alone.
PUBLIC_AMI = {"/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64": "ami-0a2023a1b2c3d4e5f"}

# More would only make this machine busy.
MOST_LANES = 4
# Without news, a lane looks once in so many seconds: MiniStack's own pace.
LOOK_SECONDS = 1
# After news that were none for this lane. Each write to any table is news.
PAUSE_SECONDS = 0.05

NEEDED = ("_poll_dynamodb_streams", "_iter_all_esms", "_apply_filter_criteria", "_esms",
          "_dynamodb_stream_positions", "_dynamodb_stream_positions_lock", "_esm_backoff_until")


class News:
    """Counts wakes, so that none is missed by a lane that was at work when it came."""

    def __init__(self):
        self._changed = threading.Condition()
        self._count = 0

    @property
    def count(self):
        return self._count

    def tell(self):
        with self._changed:
            self._count += 1
            self._changed.notify_all()

    def wait(self, seen):
        with self._changed:
            return self._changed.wait_for(lambda: self._count != seen, LOOK_SECONDS)


class Keys:
    """Deals the partition keys of a mapping to its lanes, in turn: two requests in a row never share one."""

    def __init__(self, lanes):
        self._lanes = lanes
        self._lane_of = {}
        self._lock = threading.Lock()

    def lane_of(self, key):
        with self._lock:
            return self._lane_of.setdefault(key, len(self._lane_of) % self._lanes)


class Lane:
    """One lane of a mapping, until the mapping is deleted."""

    def __init__(self, streams, scoped_key, number, keys):
        self.number = number
        self.keys = keys
        self._streams = streams
        self._scoped_key = scoped_key
        self._id = f"{scoped_key[-1]}#{number}"

    def run(self):
        self._begin_where_the_mapping_does()
        while self._mapping() is not None:
            seen = self._streams.news.count
            try:
                worked = self._look()
            except Exception as error:  # as MiniStack's own loop: a fault of one pass must not end the lane
                lambda_svc.logger.error("stream lane %s: %s", self._id, error)
                worked = False
            if not worked and self._streams.news.wait(seen):
                time.sleep(PAUSE_SECONDS)
        self._positions().pop(self._position_key(), None)
        lambda_svc._esm_backoff_until._data.pop(self._position_key(), None)

    def alone(self):
        """The mapping as it is now, under this lane's id: what MiniStack notes of its reading, it notes for this lane."""
        esm = self._mapping()
        if esm is None:
            return
        account, region = self._scoped_key[:2]
        lane = {**esm, "UUID": self._id}
        yield account, region, lane
        if "LastProcessingResult" in lane:
            esm["LastProcessingResult"] = lane["LastProcessingResult"]

    def takes(self, record):
        keys = record["dynamodb"].get("Keys", {})
        partition_key = json.dumps(keys.get(self._streams.partition_key(record), keys), sort_keys=True)
        return self.keys.lane_of(partition_key) == self.number

    def _look(self):
        self._streams.here.lane = self
        return self._streams.poll()

    def _mapping(self):
        return lambda_svc._esms._data.get(self._scoped_key)

    def _positions(self):
        return lambda_svc._dynamodb_stream_positions._data

    def _position_key(self):
        return (*self._scoped_key[:2], self._id)

    def _begin_where_the_mapping_does(self):
        with lambda_svc._dynamodb_stream_positions_lock:
            start = self._positions().get(self._scoped_key)
            if start is not None:
                self._positions().setdefault(self._position_key(), start)


class Streams:
    """Stands in for MiniStack's poller of DynamoDB streams."""

    def __init__(self):
        self.news = News()
        self.here = threading.local()
        self.poll = lambda_svc._poll_dynamodb_streams
        self._all_mappings = lambda_svc._iter_all_esms
        self._matching = lambda_svc._apply_filter_criteria
        self._known = set()

    def install(self):
        lambda_svc._poll_dynamodb_streams = self.start_new_lanes
        lambda_svc._iter_all_esms = self.mappings
        lambda_svc._apply_filter_criteria = self.records
        wake = concurrency.esm_wake.set

        def wake_all():
            wake()
            self.news.tell()

        concurrency.esm_wake.set = wake_all

    def start_new_lanes(self):
        """Called by MiniStack's loop, which goes on with queues. A mapping has as many lanes for life as at first."""
        for scoped_key, esm in list(lambda_svc._esms._data.items()):
            if scoped_key in self._known or ":dynamodb:" not in esm.get("EventSourceArn", ""):
                continue
            self._known.add(scoped_key)
            lanes = min(int(esm.get("ParallelizationFactor") or 1), MOST_LANES)
            keys = Keys(lanes)
            for number in range(lanes):
                lane = Lane(self, scoped_key, number, keys)
                threading.Thread(target=lane.run, name=f"stream-lane-{number}", daemon=True).start()
        return False

    def mappings(self):
        lane = getattr(self.here, "lane", None)
        return self._all_mappings() if lane is None else lane.alone()

    def records(self, records, esm):
        lane = getattr(self.here, "lane", None)
        matching = self._matching(records, esm)
        return matching if lane is None else [record for record in matching if lane.takes(record)]

    def partition_key(self, record):
        """Name of the partition key of the record's table."""
        from ministack.services import dynamodb

        table = record["eventSourceARN"].split("/stream/")[0].split("/")[-1]
        return dynamodb._tables.get(table, {}).get("pk_name")


if __name__ == "__main__":
    if hasattr(ssm, "_PUBLIC_AMI_PARAMETERS"):
        ssm._PUBLIC_AMI_PARAMETERS.update(PUBLIC_AMI)
    else:
        print("This MiniStack has no public AMI parameters: deploy with the parameter amiId", file=sys.stderr)
    missing = [name for name in NEEDED if not hasattr(lambda_svc, name)]
    if missing:
        print(f"This MiniStack has no {', '.join(missing)}: slow functions of streams delay each other", file=sys.stderr)
    else:
        Streams().install()
    sys.exit(main(sys.argv[1:]))
