import fc from "fast-check";
import { expiresAt, formatTimestamp, parseTimestamp } from "../../domain/timestamps.ts";

const instants = fc.integer({ min: 0, max: Date.parse("9999-12-31T23:59:59.999Z") });

it("timestamps are UTC with six digits behind the second", () => {
  expect(formatTimestamp(Date.parse("2024-04-16T03:12:21.046Z"))).toBe("2024-04-16 03:12:21.046000");
  expect(formatTimestamp(Date.parse("2024-04-16T05:12:21.046+02:00"))).toBe("2024-04-16 03:12:21.046000");
});

it("timestamps are read as the API's examples write them", () =>
  expect(parseTimestamp("2024-04-16 03:12:21.046535")).toBe(Date.parse("2024-04-16T03:12:21.046Z")));

it("timestamps come back as the instant they were made of, and sort as it does", () => {
  fc.assert(
    fc.property(instants, instants, (a, b) => {
      expect(parseTimestamp(formatTimestamp(a))).toBe(a);
      expect(formatTimestamp(a) < formatTimestamp(b)).toBe(a < b);
    }),
  );
});

it("items may go after thirty days, in whole seconds", () =>
  expect(expiresAt(Date.parse("2024-04-16T03:12:21.999Z"))).toBe(Date.parse("2024-05-16T03:12:21Z") / 1000));
