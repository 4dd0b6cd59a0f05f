import { CfnParameter, Duration, Stack } from "aws-cdk-lib";
import { Construct } from "constructs";
import { consoleFolder } from "./console-files.ts";
import { PipelineFunction } from "./pipeline-function.ts";

/** The page for people: static files, and a function that may do nothing but write its log. */
export class Console extends Construct {
  readonly handler: PipelineFunction;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { folder, remove } = consoleFolder();
    try {
      this.handler = new PipelineFunction(this, "Page", {
        name: "console",
        timeout: Duration.seconds(5),
        memorySize: 256,
        environment: { CONSOLE: consoleParameter(this) },
        files: folder,
      });
    } finally {
      remove();
    }
  }
}

/**
 * The stack's `console`. The function is told, and the routes stay: a route that is taken away is served until the API is
 * deployed anew, which no parameter makes it.
 */
function consoleParameter(scope: Construct): string {
  return new CfnParameter(Stack.of(scope), "console", {
    default: "on",
    allowedValues: ["on", "off"],
    description:
      "Whether GET /console answers with a page to work with; it asks for the key, and shows nothing without",
  }).valueAsString;
}
