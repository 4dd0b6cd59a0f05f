import { ROOT } from "../local/paths.ts";
import { lintFaults } from "./lint.ts";

// `npm run test:rest openapi`
const faults = await lintFaults(`${ROOT}docs/openapi.json`);
for (const fault of faults) console.error(fault);
console.log(faults.length === 0 ? "docs/openapi.json: nothing to say" : `docs/openapi.json: ${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;
