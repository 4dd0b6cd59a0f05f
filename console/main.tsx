import "./api/jitless.ts";
import { render } from "preact";
import { App } from "./app.tsx";

render(<App />, document.body);
