import { Duration } from "aws-cdk-lib";
import { Construct } from "constructs";
import { consoleFolder } from "./console-files.ts";
import type { Parameters } from "./parameters.ts";
import { PipelineFunction } from "./pipeline-function.ts";

/** The page for people: static files, and a function that may do nothing but write its log. */
export class Console extends Construct {
  readonly handler: PipelineFunction;

  /**
   * The function reads the parameter `console`, and the routes stay: a route that is removed is served until the API is deployed
   * again, which no parameter causes.
   */
  constructor(scope: Construct, id: string, parameters: Pick<Parameters, "console">) {
    super(scope, id);
    const { folder, remove } = consoleFolder();
    try {
      this.handler = new PipelineFunction(this, "Page", {
        name: "console",
        timeout: Duration.seconds(5),
        memorySize: 256,
        environment: { CONSOLE: parameters.console.valueAsString },
        files: folder,
      });
    } finally {
      remove();
    }
  }
}
