import fc from "fast-check";
import { durationSeconds, integerOf } from "../../../probe/sources/mpd.ts";
import { readOne } from "./site.ts";

it.each([
  ["PT1H2M3.5S", 3_723.5],
  [`PT1.${"3".repeat(40)}S`, 1.3333333333333333],
  [`PT1.${"3".repeat(41)}S`, undefined],
  ["P1DT1S", 86_401],
  ["P1Y2M", 36_720_000],
  ["-PT1S", undefined],
  ["PT", undefined],
])("%s is %s seconds", (text, seconds) => expect(durationSeconds(text)).toBe(seconds));

it.each([
  ["2000000.0", 2_000_000n],
  [" +5.00 ", 5n],
  ["-4.0", -4n],
  ["1.50E1", 15n],
  ["1200e-2", 12n],
  ["18446744073709551615", 18_446_744_073_709_551_615n],
  ["18446744073709551616", undefined],
  ["1200e-3", undefined],
  ["", undefined],
  ["1,000", undefined],
])("the number %j is the integer %s", (text, value) => expect(integerOf(text)).toBe(value));

it("reads an integer in all notations", () => {
  const zeros = fc.nat(20).map((n) => "0".repeat(n));
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 64n) + 1n, max: 2n ** 64n - 1n }), zeros, (value, zeros) => {
      expect(integerOf(`${value}.${zeros}`)).toBe(value);
      expect(integerOf(`${value}${zeros}e-${zeros.length}`)).toBe(value);
    }),
  );
});

/** The URLs of a representation in a period of 11 s, without the manifest. */
async function named(template: string, timeline = "", period = ' duration="PT11S"') {
  const segments = timeline === "" ? "" : `<SegmentTimeline>${timeline}</SegmentTimeline>`;
  const { urls } = await readOne(
    "dash",
    `<MPD><Period${period}><AdaptationSet><Representation id="hd" bandwidth="5000"><SegmentTemplate ${template}>${segments}</SegmentTemplate></Representation></AdaptationSet></Period></MPD>`,
  );
  return urls.slice(1).map((it) => it.replace("http://site.test/", ""));
}

describe("a template", () => {
  it.each([
    ["$Bandwidth%08d$-$Number%05d$-$Time%03d$", "00005000-00007-90000"],
    ["a$$b$$$Time$", "a$b$90000"],
    ["plain.mp4", "plain.mp4"],
  ])("%s is %s", async (text, filled) => {
    expect(await named(`startNumber="7" media="${text}"`, '<S t="90000" d="1"/>')).toEqual([filled]);
  });

  it.each([...["$Number", "$Number%5d$", "$$$"], `${"x".repeat(8_190)}$Number$`, `${"x".repeat(8_100)}$Number%099d$`])(
    "%s is refused",
    async (text) => {
      await expect(named(`media="${text}"`)).rejects.toThrow("has a template that is too long, or has an identifier");
    },
  );

  it.each([
    ["$Time$", "-20"],
    ["$Time%05d$", "-0020"],
  ])("%s of the time -20 is %s", async (text, filled) => {
    expect(await named(`media="${text}"`, '<S t="-20" d="1"/>')).toEqual([filled]);
  });
});

describe("a timeline", () => {
  it.each([
    ["repeats", '<S t="0" d="2" r="2"/><S d="3"/>', ["0", "2", "4", "6"]],
    ["begins late", '<S t="16000000000000001" d="2" r="1"/>', ["16000000000000001", "16000000000000003"]],
    ["repeats up to the next entry", '<S t="0" d="2" r="-1"/><S t="7" d="1"/>', ["0", "2", "4", "6", "7"]],
    ["repeats up to the period's end", '<S t="2" d="3" r="-1"/>', ["2", "5", "8"]],
  ])("%s", async (_, timeline, times) => expect(await named('media="$Time$"', timeline)).toEqual(times));

  it.each([
    ["has a duration of 0", '<S t="0" d="0"/>', undefined],
    ["has no duration", '<S t="0"/>', undefined],
    ["runs backwards", '<S t="10" d="1" r="-1"/><S t="5" d="1"/>', undefined],
    ["repeats up to an unknown end", '<S t="0" d="3" r="-1"/>', ""],
  ])("that %s is refused", async (_, timeline, period) => {
    await expect(named('media="$Time$"', timeline, period)).rejects.toThrow("does not say how many segments it has");
  });
});

it.each([
  [' duration="PT10.000000001S"', "2", ["1", "2", "3", "4", "5"]],
  [' duration="PT11S"', "4", ["1", "2", "3"]],
  [' duration="PT0S"', "2", []],
])("a period%s of segments of %s s has %s", async (period, seconds, numbers) => {
  expect(await named(`duration="${seconds}" media="$Number$"`, "", period)).toEqual(numbers);
});

it("refuses segments without a duration or with an impossible count", async () => {
  await expect(named('duration="0" media="$Number$"')).rejects.toThrow("does not say how many segments it has");
  await expect(named('startNumber="5" endNumber="3" media="$Number$"')).rejects.toThrow("does not say how many");
});
