import { Command } from "commander";
import type { DoctorWords } from "../doctor/check/options.ts";
import { withJson, withPlace } from "./options.ts";
import type { Run } from "./run.ts";

export function doctorCommand(run: Run): Command {
  const command = new Command("doctor")
    .description("check an account, a deployment and the edge; changes nothing")
    .optionsGroup("What to check (one or more; default: the deployment):")
    .option("--before", "whether the account is ready for a deployment")
    .option("--deployed", "whether the stack works")
    .option("--edge", "whether POPs resolve and respond; with --url")
    .optionsGroup("How:")
    .option("--url <urls...>", "an object of the distribution, public and cacheable; with --save, up to six")
    .option("--pops <codes>", "POPs, separated by commas (default with --edge: all POPs of the catalogue)")
    .option(
      "--save <path>",
      "with --edge: instead ask three POPs when they keep objects that nobody has requested, and write what they respond to this file",
    )
    .option(
      "--cf-domain <name>",
      "with --save: domain name of the distribution, if neither a CNAME nor the account's distributions identify it",
    )
    .option("--vpc <id>", "with --before: check an existing VPC; needs --subnets and --sg")
    .option("--subnets <ids>", "subnets of the VPC, separated by commas")
    .option("--sg <id>", "the security group of the instances")
    .option("--vpce <id>", "VPC endpoint of a private API");
  return withPlace(withJson(command, "print one JSON document instead of lines")).action((words: DoctorWords) =>
    run(async (shell) => (await import("../doctor/doctor.ts")).doctor(shell, words)),
  );
}
