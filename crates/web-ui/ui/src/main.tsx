// The start of the pages in the browser.

import { LocationProvider } from "preact-iso";
import { render } from "preact";
import { App } from "./app.tsx";
import { BASE } from "./routes/base.ts";
import { checkSession, watchSession } from "./session/session.ts";
import { restoreTheme } from "./state/theme.ts";
import "./style/all.css";

restoreTheme();
watchSession();
void checkSession();

const root = document.getElementById("app");
if (root === null) throw new Error("index.html has no element with the id 'app'.");
render(
  <LocationProvider scope={`${BASE}/`}>
    <App />
  </LocationProvider>,
  root,
);
