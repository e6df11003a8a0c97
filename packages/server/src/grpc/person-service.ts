import {
  ErrorReason,
  ListPeopleRequestSchema,
  ListPersonCreditsRequestSchema,
  type PersonService,
} from "@cinedeepmatch/contract";
import type { ServiceImpl } from "@connectrpc/connect";
import type { CatalogStore } from "../matching/catalog-store.js";
import { ServiceError } from "../matching/service-error.js";
import { callerOf } from "./call-context.js";
import { pageTokens } from "./page-token.js";

const DEFAULT_PAGE_SIZE = 50;

/** Serves people from the catalogue's store. */
export function createPersonService(ports: { catalog: CatalogStore }): ServiceImpl<typeof PersonService> {
  const { catalog } = ports;
  const getPerson = async (tenant: string, id: string) => {
    const person = (await catalog.getPeople(tenant, [id])).get(id);
    if (person !== undefined) return person;
    throw new ServiceError(ErrorReason.PERSON_NOT_FOUND, `There is no person with the id "${id}".`, {
      metadata: { person_id: id },
    });
  };
  return {
    getPerson: (request, context) => getPerson(callerOf(context).tenant, request.id),

    async listPeople(request, context) {
      const tokens = pageTokens(ListPeopleRequestSchema, request);
      const limit = request.pageSize || DEFAULT_PAGE_SIZE;
      const query = { nameQuery: request.nameQuery, cursor: tokens.position, limit };
      const page = await catalog.listPeople(callerOf(context).tenant, query);
      return { people: page.items, nextPageToken: tokens.next(page.nextCursor) };
    },

    async listPersonCredits(request, context) {
      const { tenant } = callerOf(context);
      const tokens = pageTokens(ListPersonCreditsRequestSchema, request);
      await getPerson(tenant, request.personId);
      const query = { cursor: tokens.position, limit: request.pageSize || DEFAULT_PAGE_SIZE };
      const page = await catalog.listPersonCredits(tenant, request.personId, query);
      return { credits: page.items, nextPageToken: tokens.next(page.nextCursor) };
    },
  };
}
