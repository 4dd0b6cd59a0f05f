import { useState } from "preact/hooks";
import type { Progress } from "../../client/answers.ts";
import { isTerminal } from "../../domain/request/lifecycle.ts";
import { RecList } from "../phone/rec-list.tsx";
import { usePhone } from "../phone/use-phone.ts";
import { PopDialog } from "../pop/pop-dialog.tsx";
import { PopsPanel } from "./pops-panel.tsx";

/** Warm where. Once the request has ended a POP can be opened; while it runs URLs are never told one by one. */
export function Where({ request }: { readonly request: Progress }) {
  const phone = usePhone();
  const [pop, setPop] = useState<string>();
  const onPop = isTerminal(request.status) ? setPop : undefined;
  return (
    <>
      {phone ? <RecList request={request} onPop={onPop} /> : <PopsPanel request={request} onPop={onPop} />}
      {pop === undefined ? null : <PopDialog id={request.request_id} pop={pop} onClose={() => setPop(undefined)} />}
    </>
  );
}
