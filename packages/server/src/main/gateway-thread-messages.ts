import type { DemoToken } from "../gateway/index.js";
import type { Lane } from "../limits/lane-room.js";
import type { Config } from "./config.js";

/** What a gateway's thread is started with. */
export interface GatewayThreadSetup {
  readonly config: Config;
  readonly upstream: string;
  readonly operations: string;
  readonly leastAtOnce: number;
  readonly demo: boolean;
}

/** What the thread says. */
export type FromGatewayThread =
  | { readonly kind: "ready"; readonly url: string }
  | { readonly kind: "refused"; readonly lane: Lane }
  /** Wants a token for the demo page. */
  | { readonly kind: "mint"; readonly id: number };

/** What the thread is told. */
export type ToGatewayThread =
  | { readonly kind: "close" }
  /** Without a token where there is none. */
  | { readonly kind: "minted"; readonly id: number; readonly token?: DemoToken };
