export { createGateway } from "./create-gateway.js";
export type { OnRefused } from "./front-door.js";
export type { DemoOptions, DemoToken, GatewayOptions, RateLimit } from "./gateway-options.js";
