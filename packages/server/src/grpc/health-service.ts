import { health } from "@cinedeepmatch/contract/grpc";
import { Code, ConnectError, type ServiceImpl } from "@connectrpc/connect";

const { Health, HealthCheckResponse_ServingStatus: Status } = health;

/** The standard gRPC health service. An empty service name asks for the server as a whole. */
export function createHealthService(ports: {
  /** Whether matches can be answered now. */
  isReady: () => boolean;
  services: readonly string[];
}): Partial<ServiceImpl<typeof Health>> {
  const check = (service: string) => {
    if (service !== "" && !ports.services.includes(service)) throw new ConnectError("unknown service", Code.NotFound);
    return { status: ports.isReady() ? Status.SERVING : Status.NOT_SERVING };
  };
  return {
    check: ({ service }) => check(service),

    async *watch({ service }, { signal }) {
      let last: number | undefined;
      while (!signal.aborted) {
        const { status } = check(service);
        if (status !== last) yield { status };
        last = status;
        await new Promise((resolve) => setTimeout(resolve, 1_000));
      }
    },
  };
}
