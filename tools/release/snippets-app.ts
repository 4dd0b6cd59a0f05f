import { App } from "aws-cdk-lib";
import { snippets } from "./snippets.ts";

// The CDK app of what the documents show, for `npm run test:rest templates`.
snippets(new App());
