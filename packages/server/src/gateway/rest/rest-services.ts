import { createRegistry, type DescFile, type DescService, type Registry } from "@bufbuild/protobuf";
import * as contract from "@cinedeepmatch/contract";
import * as details from "@cinedeepmatch/contract/error-details";
import { bindMethod } from "./bind-method.js";
import type { Route } from "./route.js";
import { RouteTable } from "./route-table.js";

/** The services of the public API, those of tomorrow included. */
export const publicServices: readonly DescService[] = Object.values<unknown>(contract).filter(isService);

/** The types that answers and errors are made of. */
export const publicTypes: Registry = createRegistry(
  ...Object.values<unknown>(contract).filter(isFile),
  ...Object.values<unknown>(details).filter(isFile),
);

/** The routes of some services' methods. Throws where their `google.api.http` options make no sense together. */
export function routesOf(services: readonly DescService[]): { table: RouteTable<Route>; routes: readonly Route[] } {
  const table = new RouteTable<Route>();
  const routes = services.flatMap(({ methods }) => methods.flatMap(bindMethod));
  for (const route of routes) table.add(route.template, route.httpMethod, route);
  return { table, routes };
}

function isService(value: unknown): value is DescService {
  return (value as { kind?: unknown }).kind === "service";
}

function isFile(value: unknown): value is DescFile {
  return (value as { kind?: unknown }).kind === "file";
}
