import { formatsOf } from "../../../console/format/formats.ts";

const en = formatsOf("en", "Asia/Shanghai");
const zh = formatsOf("zh", "Asia/Shanghai");
const AT = Date.UTC(2026, 10, 25, 11, 32, 5);

it("bytes have three digits and decimal units", () =>
  expect([1_000, 41_900_000_000].map((bytes) => en.bytes(bytes))).toEqual(["1.00 kB", "41.9 GB"]));

it("times are the reader's, with UTC beside: of a reader in UTC+8", () => {
  expect([en.clock(AT), en.utc(AT), en.zone(AT)]).toEqual(["19:32", "11:32 UTC", "UTC+8"]);
  expect([zh.clock(AT), zh.utc(AT)]).toEqual(["19:32", "11:32 UTC"]);
  expect([en, formatsOf("en", "UTC")].map((it) => it.besideClock(AT))).toEqual(["11:32 UTC", "UTC"]);
});

it("times are the reader's, with UTC beside: midnight is 00:00", () =>
  expect(en.clock(Date.UTC(2026, 10, 24, 16))).toBe("00:00"));

it("times are the reader's, with UTC beside: how long ago, in the largest unit that is whole", () => {
  expect(en.ago(840_000)).toBe("14 min ago");
  expect(zh.ago(840_000)).toBe("14 分钟前");
});

it("percent is rounded down, so that 100 means all", () =>
  expect([en.percent(99.99), en.percent(100), en.count(1_234_567)]).toEqual(["99%", "100%", "1,234,567"]));
