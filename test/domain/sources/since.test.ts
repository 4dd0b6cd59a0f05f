import { expect, it } from "vitest";
import { isSince } from "../../../domain/sources/since.ts";

it.each([
  ["2024-05-01", "2024-05-01T23:00:00Z", true],
  ["2024-04-30", "2024-05-01", false],
  ["2024-05", "2024-05-20", true],
  ["2024-04", "2024-05-01", false],
  ["2024", "2024-12-31", true],
  ["2023", "2024-01-01", false],
  ["2024-05-01T10:00:00+02:00", "2024-05-01T08:00:00Z", true],
  ["2024-05-01T10:00:00+02:00", "2024-05-01T08:00:01Z", false],
  ["2024-05-01T10:00", "2024-05-01T10:00:00Z", true],
  ["2024-05-01T10:00:00.123456789z", "2024-05-01T11:00:00Z", false],
  ["yesterday", "2024-05-01", true],
  ["", "2024-05-01", true],
])("'%s' is %s or later: %s", (lastmod, since, yes) => expect(isSince(lastmod, since)).toBe(yes));
