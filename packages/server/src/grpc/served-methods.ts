import { createServices, type ServicePorts } from "./services.js";

/**
 * The methods that this version of the server serves, as `cinedeepmatch.v1.MatchService/Match`: those that have a
 * handler. All others answer NOT_IMPLEMENTED.
 */
export const SERVED_METHODS: readonly string[] = createServices(inert() as ServicePorts).flatMap(
  ({ service, implementation }) =>
    service.methods
      .filter(({ localName }) => implementation[localName] !== undefined)
      .map(({ name }) => `${service.typeName}/${name}`),
);

/** Stands for every port while services are built and not called: everything in it is there, and is as inert. */
function inert(): unknown {
  const nothing: unknown = new Proxy(function nothing() {}, {
    get: (_target, key) => (key === Symbol.toPrimitive ? () => "" : nothing),
    apply: () => nothing,
    construct: () => nothing as object,
  });
  return nothing;
}
