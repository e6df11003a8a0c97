/** Whom the gateway's demo tokens are for. */
export const DEMO_USER = "demo";

/** Gets the visitor's token from the gateway, as `npm start` allows; a real app asks its own back end. */
export async function demoToken(): Promise<string> {
  const answer = await fetch("/demo/session", { method: "POST" });
  if (!answer.ok) throw new Error(`The gateway gave no demo session (HTTP ${answer.status})`);
  return ((await answer.json()) as { token: string }).token;
}
