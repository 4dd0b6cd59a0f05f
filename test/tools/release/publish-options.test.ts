import { UsageError } from "../../../tools/command-line.ts";
import { publishOptions, USAGE } from "../../../tools/release/publish-options.ts";

test.each([
  ["", ""],
  ["/", ""],
  ["v1", "v1/"],
  ["v1/", "v1/"],
  ["/v1", "v1/"],
  ["//tools//prewarm_1.2//", "tools/prewarm_1.2/"],
])("the prefix %j is %j", (given, prefix) => {
  expect(publishOptions(["--bucket", "my.bucket-1", "--prefix", given])).toEqual({ bucket: "my.bucket-1", prefix });
});

test("no prefix is an empty one; help is no options at all", () => {
  expect(publishOptions(["--bucket=my-bucket"])).toEqual({ bucket: "my-bucket", prefix: "" });
  expect(publishOptions(["--help"])).toBeUndefined();
});

test.each([
  [[], "No bucket is given"],
  [["--bucket", "My_Bucket"], "'My_Bucket' is not the name of a bucket"],
  [["--bucket", "s3://my-bucket"], "'s3://my-bucket' is not the name of a bucket"],
  [["--bucket", "my-bucket", "--prefix", "a/../b"], "'..' in the prefix: "],
  [["--bucket", "my-bucket", "--prefix", "it's"], "'it's' in the prefix: "],
  [["--bucket", "my-bucket", "--prefix", "$" + "{AWS::Region}"], "in the prefix: "],
  [["--bucket"], "Option '--bucket <value>' argument missing"],
  [["--bukcet", "my-bucket"], "Unknown option '--bukcet'"],
  [["my-bucket"], "Unexpected argument 'my-bucket'"],
])("%j: one line that says what is wrong, and how it is called", (args, says) => {
  const call = () => publishOptions(args);
  expect(call).toThrow(UsageError);
  expect(call).toThrow(says);
  expect(call).toThrow(new RegExp(`^[^\n]+\n\n${USAGE.replaceAll(/[[\]]/g, "\\$&")}$`));
});
