import type { CallMeasurements } from "../matching/measurements.js";
import { CallLimiter } from "./limit-calls.js";
import { measureCalls } from "./measure-calls.js";
import { createRequestGate } from "./request-gate.js";
import { type GrpcPortOptions, type GrpcServer, serveGrpc } from "./serve-grpc.js";
import { createServices, type ServicePorts } from "./services.js";

/** What a gRPC server is made of. */
export interface GrpcServerOptions extends GrpcPortOptions, ServicePorts {
  /** Limits per process, in memory, unless given. */
  readonly callLimiter?: CallLimiter;
  /** Hears of every call. */
  readonly measurements?: CallMeasurements;
}

/** Serves the API, behind its gate. */
export function startGrpcServer(options: GrpcServerOptions): Promise<GrpcServer> {
  const { verifiers, log, callLimiter = new CallLimiter(), measurements } = options;
  const gate = createRequestGate(verifiers, log, callLimiter);
  const requestGate = measurements ? measureCalls(gate, measurements) : gate;
  return serveGrpc(options, { services: createServices(options), requestGate });
}
