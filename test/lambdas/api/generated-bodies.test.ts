import fc from "fast-check";
import { knownNames } from "../../../domain/pops/select.ts";
import { FUZZ_TIMEOUT_MS, fuzz } from "../../fuzz.ts";
import { world } from "./world.ts";

const RUNS = 2_500;

const anything = fc.anything({ withBigInt: false, withDate: false, maxDepth: 2 });
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

describe(`${RUNS} generated bodies`, () => {
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
        fuzz(RUNS),
      );
      // Generated bodies of which none is good would show nothing of the good ones.
      expect(accepted).toBeGreaterThan(RUNS / 100);
    },
    FUZZ_TIMEOUT_MS,
  );
});
