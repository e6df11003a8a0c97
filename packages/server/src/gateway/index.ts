export type { OnRefused } from "../limits/front-door.js";
export { createGateway } from "./create-gateway.js";
export type { DemoOptions, DemoToken, GatewayOptions, RateLimit } from "./gateway-options.js";
