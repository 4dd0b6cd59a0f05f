import fc from "fast-check";
import { knownNames } from "../../../domain/pops/select.ts";
import { hostileBody } from "../../../tools/lab/load/hostile-bodies.ts";
import { FUZZ_TIMEOUT_MS, fuzz } from "../../fuzz.ts";
import { request } from "../items.ts";
import { world } from "./world.ts";

const RUNS = fuzz(2_500);

const anything = fc.anything({ withBigInt: false, withDate: false, maxDepth: 2 });
const field = <T>(good: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 4, arbitrary: good as fc.Arbitrary<unknown> }, { weight: 1, arbitrary: anything });
const instancesBody = fc.record(
  {
    DesiredCapacity: field(fc.integer({ min: -1, max: 301 })),
    req_id: field(fc.constantFrom("r1", "x")),
    force_stop: field(fc.boolean()),
  },
  { requiredKeys: [] },
);
/** What some field may have, or nearly. */
const word = fc.oneof(
  ...[fc.webUrl(), fc.domain(), fc.string()],
  fc.constantFrom(
    "ftp://a.example/",
    "/relative",
    "",
    " https://a.example/x y(1) ",
    "X-A: b",
    "Host: x",
    "A: b\r\nC: d",
  ),
  fc.constantFrom("pop", "country", "region", "edge", "regional", "EDGE"),
  fc.constantFrom(...(["pop", "country", "region"] as const).flatMap((type) => [...knownNames(type)])),
);
const FIELDS = [
  ...["url_list", "cf_domain", "target_type", "pops", "countries", "regions", "timeout", "header", "instance_count"],
  ...["need_invalidate", "invalidate", "verify", "downloads", "scope", "more"],
];
/** Good but for some fields, which may be anything, or lack. */
const prewarmBody = fc
  .tuple(
    fc.record({
      url_list: fc.array(fc.webUrl(), { minLength: 1, maxLength: 6 }),
      cf_domain: fc.domain(),
      pops: fc.subarray(["SIN2-C1", "ATL56-C1", "DFW55-C3"]),
      timeout: fc.integer({ min: 1, max: 10_080 }),
      instance_count: fc.integer({ min: 0, max: 300 }),
    }),
    fc.dictionary(
      fc.constantFrom(...FIELDS),
      fc.oneof(
        anything,
        fc.constant(undefined),
        fc.integer({ min: -1, max: 10_100 }),
        word,
        fc.array(word, { maxLength: 6 }),
      ),
      { maxKeys: 3 },
    ),
  )
  .map(([good, changes]) => ({ ...good, ...changes }));

/** As JSON, cut off somewhere, or not JSON at all. */
const text = (body: fc.Arbitrary<unknown>) =>
  fc.oneof(
    { weight: 8, arbitrary: body.map((value) => JSON.stringify(value) ?? "") },
    {
      weight: 1,
      arbitrary: fc.tuple(body, fc.nat()).map(([value, at]) => (JSON.stringify(value) ?? "").slice(0, at % 200)),
    },
    { weight: 1, arbitrary: fc.string() },
  );

describe(`${RUNS.numRuns} generated bodies`, () => {
  it(
    "POST /prewarm: a request is made, or refused with nothing made",
    async () => {
      let accepted = 0;
      await fc.assert(
        fc.asyncProperty(text(prewarmBody), async (body) => {
          const { call, requests, lists, timer, fleet, errors } = world();
          const { status, body: answer } = await call("POST /prewarm", body);
          expect([200, 400]).toContain(status);
          expect(errors).toEqual([]);
          const made = [requests.all().length, Object.keys(lists.objects).length, timer.schedules.size];
          expect(made).toEqual(status === 200 ? [1, 1, 1] : [0, 0, 0]);
          if (status === 200) accepted++;
          else {
            expect(fleet.capacity).toBe(1);
            expect(answer).toMatchObject({ status: "Failed", error_message: expect.stringMatching(/./) });
          }
        }),
        RUNS,
      );
      // Generated bodies of which none is good would show nothing of the good ones.
      expect(accepted).toBeGreaterThan(RUNS.numRuns / 100);
    },
    FUZZ_TIMEOUT_MS,
  );

  it(
    "POST /instances: the group changes, or nothing does",
    async () => {
      await fc.assert(
        fc.asyncProperty(text(instancesBody), async (body) => {
          const { call, requests, fleet, errors } = world();
          requests.set(request());
          const { status } = await call("POST /instances", body);
          expect([200, 400, 404]).toContain(status);
          expect(errors).toEqual([]);
          if (status !== 200) {
            expect(fleet.capacity).toBe(1);
            expect(requests.the()).toEqual(request());
          }
        }),
        RUNS,
      );
    },
    FUZZ_TIMEOUT_MS,
  );

  it.each(["GET /prewarm", "GET /summary", "GET /instances"])(
    "%s: any query string is answered",
    async (route) => {
      await fc.assert(
        fc.asyncProperty(fc.option(fc.dictionary(fc.constantFrom("req_id", "x"), fc.string())), async (query) => {
          const { call, errors } = world();
          const { status } = await call(route, undefined, query);
          expect(route === "GET /instances" ? [200] : [400, 404]).toContain(status);
          expect(errors).toEqual([]);
        }),
        RUNS,
      );
    },
    FUZZ_TIMEOUT_MS,
  );

  it(
    "a body with a fault is refused, whatever else is in it, and nothing is made",
    async () => {
      const { call, requests, lists, timer, fleet, errors } = world();
      await fc.assert(
        fc.asyncProperty(hostileBody, async ({ path, body }) => {
          const { status, body: answer } = await call(`POST /${path}`, body);
          expect([400, 404]).toContain(status);
          expect(JSON.stringify(answer)).toMatch(/"(error_message|message)":"[^"]/);
        }),
        { ...fuzz(500), timeout: 10_000 },
      );
      expect([requests.all().length, Object.keys(lists.objects), timer.schedules.size, fleet.capacity]).toEqual([
        0,
        [],
        0,
        1,
      ]);
      expect(errors).toEqual([]);
    },
    FUZZ_TIMEOUT_MS,
  );
});
