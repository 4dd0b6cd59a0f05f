// What the tests hold every answer of the API against.
import { describe, expect, test } from "vitest";
import { problemWith } from "../../../tools/local/api-client.ts";

const timestamp = "2024-04-16 03:12:21.046000";
const instances = { status: "success", timestamp, message: "query success", desiredcapacity: 1 };
const ask = (status: number, body: unknown, path = "instances") => problemWith({ method: "GET", path, status, body });

describe("an answer of GET /instances", () => {
  test("as it is described", () => {
    expect(ask(200, instances)).toBeUndefined();
    expect(ask(200, instances, "/instances?x=1")).toBeUndefined();
  });

  test("with a field that is not described", () => {
    expect(ask(200, { ...instances, more: 1 })).toBe("GET /instances answered 200: more: is not described");
  });

  test("without a field, or with a wrong one", () => {
    const { message: _, ...less } = instances;
    expect(ask(200, less)).toContain("message: ");
    expect(ask(200, { ...instances, desiredcapacity: "1" })).toContain("desiredcapacity: ");
    expect(ask(200, { ...instances, timestamp: "now" })).toContain("timestamp: ");
  });

  test("with a status that is not described", () => {
    expect(ask(418, instances)).toBe("GET /instances answered 418: no such status is described");
  });

  test("of the route itself, or of API Gateway before it", () => {
    const said = { status: "Failed", error_message: "no", error_urls: [], request_id: "", message: "no" };
    expect(ask(403, said)).toBeUndefined();
    expect(ask(500, said)).toBeUndefined();
    expect(ask(500, { status: "failure", timestamp, message: "Internal error" })).toBeUndefined();
    expect(ask(403, { message: "Forbidden" })).toContain("status: ");
  });
});

test("fields that are not described are found in lists too", () => {
  const pop = {
    code: "SIN2-C1",
    city: null,
    country: null,
    regions: [],
    default_of: [],
    rec: null,
    rec_basis: null,
  };
  const row = { ...pop, latitude: null, longitude: null, basis: "here", last_resolved_at: null, colour: "red" };
  const body = { timestamp, count: 1, pops: [row] };
  expect(ask(200, body, "pops")).toBe("GET /pops answered 200: pops.0.colour: is not described");
});

test("a route that there is not answers 404, and nothing else", () => {
  const said = { status: "Failed", error_message: "There is no GET /nowhere", timestamp };
  expect(ask(404, said, "nowhere")).toBeUndefined();
  expect(ask(200, {}, "nowhere")).toContain("no such status");
});
