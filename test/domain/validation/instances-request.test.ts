import { ApiError } from "../../../domain/validation/api-error.ts";
import { instancesBodySchema } from "../../../domain/validation/bodies.ts";
import { checkBody } from "../../../domain/validation/parse-body.ts";

const read = (body: object) => checkBody(instancesBodySchema, JSON.parse(JSON.stringify(body)));

describe("POST /instances", () => {
  it.each([
    { DesiredCapacity: 0 },
    { DesiredCapacity: 300 },
    { DesiredCapacity: 1, req_id: "r1" },
    { DesiredCapacity: 1, force_stop: false },
    { DesiredCapacity: 0, req_id: "r1", force_stop: true },
  ])("takes %j", (body) => expect(read(body)).toEqual(body));

  it("null leaves an optional field out", () =>
    expect(read({ DesiredCapacity: 1, req_id: null, force_stop: null })).toEqual({ DesiredCapacity: 1 }));

  const capacity = "DesiredCapacity: is required: a whole number from 0 to 300";
  it.each([
    [{}, capacity],
    [{ DesiredCapacity: "1" }, 'DesiredCapacity: must be a whole number from 0 to 300, not "1"'],
    [{ DesiredCapacity: 1.5 }, "DesiredCapacity: must be a whole number from 0 to 300, not 1.5"],
    [
      { desired_capacity: 1 },
      `${capacity}; unknown field 'desired_capacity' (did you mean DesiredCapacity?); the fields are DesiredCapacity, req_id, force_stop`,
    ],
    [{ DesiredCapacity: 301 }, "DesiredCapacity: must be a whole number from 0 to 300"],
    [{ DesiredCapacity: 1, req_id: "" }, "req_id: must not be empty"],
    [{ DesiredCapacity: 1, force_stop: "true" }, "force_stop: must be true or false"],
    [{ DesiredCapacity: 1, force_stop: true }, "req_id: is required with force_stop: the request to stop"],
    [{ req_id: 7, force_stop: 1 }, `${capacity}; req_id: must be a string; force_stop: must be true or false`],
    [[], "must be a JSON object"],
  ])("refuses %j: %s", (body, message) => expect(() => read(body)).toThrow(new ApiError(400, message)));
});
