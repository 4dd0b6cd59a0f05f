import { z } from "zod";
import { ApiError } from "../../../domain/validation/api-error.ts";
import { checkBody, parseJson } from "../../../domain/validation/parse-body.ts";
import { times } from "../../collect.ts";

const schema = z.object(
  { list: z.array(z.string("must be a string")), n: z.int("is required") },
  "must be a JSON object",
);
const GOOD = { list: ["https://a.example//b"], n: 1 };
const HINT = "(JSON has no comments: remove them)";

function refusalOf(body: string | null, isBase64 = false): ApiError {
  try {
    checkBody(schema, parseJson(body, isBase64));
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error("not refused");
}

describe("a body is read", () => {
  const text = JSON.stringify({ ...GOOD, more: "is not looked at" });
  it.each([
    ["as it is", text, false],
    ["with a byte order mark", `\uFEFF${text}`, false],
    ["with blanks around it", `\n\t ${text} \r\n`, false],
    ["from base64", Buffer.from(text).toString("base64"), true],
    ["from base64 with a byte order mark", Buffer.from(`\uFEFF${text}`).toString("base64"), true],
  ])("%s", (_, body, isBase64) => expect(checkBody(schema, parseJson(body, isBase64))).toEqual(GOOD));

  it("as UTF-8 where it comes in base64", () => {
    const body = Buffer.from(JSON.stringify({ list: ["日本"], n: 1 })).toString("base64");
    expect(checkBody(schema, parseJson(body, true))).toEqual({ list: ["日本"], n: 1 });
  });
});

it.each([
  ["none", null, false],
  ["an empty one", "", false],
  ["a blank one", " \n ", false],
  ["an empty one in base64", "", true],
])("a body is refused with 400: %s", (_, body, isBase64) => {
  const { statusCode, message } = refusalOf(body, isBase64);
  expect({ statusCode, message }).toEqual({
    statusCode: 400,
    message: "The request has no body; a JSON object is required",
  });
});

it.each(["{", "{'list': []}", '{"list": [],}', '{"a": "https://x.example//y"', "list=a&n=1", "<xml/>", "undefined"])(
  "a body is refused with 400 broken JSON: %s",
  (body) => {
    const { statusCode, message } = refusalOf(body);
    expect(statusCode).toBe(400);
    expect(message).toMatch(/^The body is not valid JSON: ./);
    expect(message).not.toContain(HINT);
  },
);

it.each([
  ["on a line of its own", '{\n  "DesiredCapacity": 1\n  // "force_stop": false\n}'],
  ["at the start", '// my list\n{"list": []}'],
  ["after a value", '{"n": 1, // one\n "list": []}'],
  ["after the last value", '{"n": 1 // one\n}'],
  ["after a text", '{"list": ["a" // first\n]}'],
  ["in a block", '{"n": 1 /* one */}'],
  ["in a block at a line's start", '{\n/* all */ "n": 1}'],
])("a body is refused with 400 comments, and says so: %s", (_, body) => {
  expect(refusalOf(body).statusCode).toBe(400);
  expect(refusalOf(body).message).toContain(HINT);
});

it.each([
  ["null", "must be a JSON object"],
  ["[]", "must be a JSON object"],
  ['"text"', "must be a JSON object"],
  ['{"list": ["a", 1, null], "n": 1}', "list[1]: must be a string; list[2]: must be a string"],
  ['{"list": [1]}', "list[0]: must be a string; n: is required"],
])("a body is refused with 400: %s: %s", (body, message) => expect(refusalOf(body).message).toBe(message));

it("of a body with very many faults, the first are told, and how many more there are", () => {
  const list = times(100_000, () => 1);
  const { message } = refusalOf(JSON.stringify({ list, n: 1 }));
  expect(message).toMatch(/^list\[0\]: must be a string; list\[1\]: .*; list\[49\]: must be a string; and 99950 more /);
  expect(message.length).toBeLessThan(2_000);
});

it.each([
  ["lists in lists", `${"[".repeat(21)}${"]".repeat(21)}`, "The body is nested 21 levels deep; at most 20"],
  ["objects in objects", '{"a":'.repeat(1_000_000), "The body is nested 1000000 levels deep; at most 20"],
  ["fields", `{${'"a":1,'.repeat(10_001)}"b":1}`, "The body has 10002 fields; at most 10000"],
])("a body that is too much for the parser is refused before it is parsed: %s", (_, body, message) =>
  expect(refusalOf(body)).toMatchObject({ statusCode: 400, message }),
);

it("a body that is too much for the parser is refused before it is parsed brackets and colons in strings do not count", () => {
  const list = times(20_000, () => 'a:[{"\\');
  expect(checkBody(schema, parseJson(JSON.stringify({ list, n: 1 }), false)).list).toHaveLength(20_000);
});

it.each([
  ["quotes that nobody closes", '\\"'],
  ["quotes, a line each", '"\n'],
  ["slashes", "/ "],
])("comments are looked for in one pass: %s", (_, text) => {
  // Each quote was once a new way through the rest of the text: it would take minutes, which is more than a test may.
  expect(refusalOf(`{${text.repeat(400_000)}`).message).not.toContain(HINT);
});
