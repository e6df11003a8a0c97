import { createServer } from "node:net";
import { type Finding, findingsOf, type Patient } from "./finding.js";
import { isGatewayAt, isGrpcServerAt } from "./identify-server.js";

/** Whether the ports are free, or ours already. */
export async function checkPorts({ config }: Patient): Promise<readonly Finding[]> {
  const { host, gatewayPort, grpcPort, opsPort } = config;
  return [
    ...(await checkPort(host, { port: gatewayPort, name: "gateway", variable: "GATEWAY_PORT", isOurs: isGatewayAt })),
    ...(await checkPort(host, { port: grpcPort, name: "gRPC server", variable: "GRPC_PORT", isOurs: isGrpcServerAt })),
    // Without OPS_PORT a free port is found by itself.
    ...(opsPort === undefined
      ? []
      : await checkPort(host, { port: opsPort, name: "operations", variable: "OPS_PORT", isOurs: isGatewayAt })),
  ];
}

interface Port {
  readonly port: number;
  readonly name: string;
  readonly variable: string;
  readonly isOurs: (origin: string) => Promise<boolean>;
}

async function checkPort(host: string, { port, name, variable, isOurs }: Port): Promise<readonly Finding[]> {
  if (port === 0) return [];
  const { ok, problem } = findingsOf("ports");
  const code = await whyNot(host, port);
  if (code === undefined) return [ok(`Port ${port} (${name}) is free.`)];
  if (code === "EADDRINUSE" && (await isOurs(originOf(host, port)))) {
    return [ok(`Port ${port} (${name}) is served by CineDeepMatch.`)];
  }
  const another = `set ${variable} to another port`;
  if (code === "EADDRINUSE") {
    return [problem(`Port ${port} (${name}) is taken by another program.`, `Stop that program, or ${another}.`)];
  }
  if (code === "EACCES") {
    return [
      problem(`Port ${port} (${name}) needs rights that this user lacks.`, `Above 1023 none are needed: ${another}.`),
    ];
  }
  return [
    problem(`${host}:${port} (${name}) cannot be listened on: ${code}.`, "Set HOST to an address of this machine."),
  ];
}

/** Why a port cannot be listened on; undefined where it can. */
function whyNot(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    probe.listen({ host, port }, () => probe.close(() => resolve(undefined)));
  });
}

/** Where to call what listens on all addresses or on one. */
export function originOf(host: string, port: number): string {
  const reachable = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `http://${reachable.includes(":") ? `[${reachable}]` : reachable}:${port}`;
}
