import { createClient } from "@cinedeepmatch/sdk-web";
import { TransportProvider } from "@connectrpc/connect-query";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.js";
import { demoToken } from "./demo-token.js";
import "./style.css";

const client = createClient({ baseUrl: location.origin, token: demoToken });

// The SDK retries what is safe to retry, within a budget and as the server asks; twice of that would be too much.
const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: 60_000 } } });

createRoot(document.getElementById("root") as HTMLElement).render(
  <StrictMode>
    <TransportProvider transport={client.transport}>
      <QueryClientProvider client={queryClient}>
        <App />
      </QueryClientProvider>
    </TransportProvider>
  </StrictMode>,
);
