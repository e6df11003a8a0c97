import { createClient } from "@cinedeepmatch/sdk-web";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.js";
import { DemoSession } from "./demo-session.js";
import "./styles/page.css";
import "./styles/search.css";
import "./styles/movies.css";
import "./styles/panel.css";

const session = new DemoSession();
const client = createClient({ baseUrl: location.origin, token: session.token });

createRoot(document.getElementById("root") as HTMLElement).render(
  <StrictMode>
    <App client={client} session={session} />
  </StrictMode>,
);
